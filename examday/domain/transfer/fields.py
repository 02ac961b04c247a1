"""The fields of a form: how a field is named in what is stored, and what people call it.

A field id is stored as text: "7" (short answer), "replacement:2" (second row of «Замена ошибочных
ответов»), "long:27" (long answer of task 27), "header:subject" (registration field). A place of a
long answer, where two entries of it differ, is "long:27/1"; it is of the field's kind, and no field
of its own. Only this module knows that spelling.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from examday.domain.errors import Invalid
from examday.domain.messages import N_, Msgid

MOST_SHORT_ANSWERS = 40
"""So many rows the form has [G2]: a higher number is a slip."""
ROWS_IN_COLUMN = 20
"""The rows of short answers stand in two columns, 1–20 and 21–40 [G2]; whoever copies or reads back goes
down the first, then down the second."""
REPLACEMENT_ROWS = 6
"""R27: the form has six rows for replaced answers [G2], so a seventh is a slip."""


class Group(StrEnum):
    """Which part of the form a field belongs to, in the order of the sheet."""

    HEADER = "header"
    """Copied as well: the transfer includes the registration fields [1][4]."""
    SHORT = "short"
    REPLACEMENT = "replacement"
    LONG = "long"
    """Free writing on form № 2: no machine reads it well enough to be of help, so it is only
    shown."""


@dataclass(frozen=True)
class FieldId:
    """One field. `key`: the number of the task or of the row, or the name of a registration field."""

    group: Group
    key: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the field that `text` names; ValueError when it names none.

        >>> FieldId.parse("long:27").number
        27
        """
        group, colon, key = text.rpartition(":")
        # ASCII: «²» and Eastern digits are digits to Python, and numbers to nobody here.
        numbered = key.isascii() and key.isdigit()
        if not colon and numbered:
            return cls(Group.SHORT, key)
        if group in (Group.REPLACEMENT, Group.LONG) and numbered:
            return cls(Group(group), key)
        if group == Group.HEADER and key:
            return cls(Group.HEADER, key)
        raise ValueError(f"no field id: {text!r}")

    def __str__(self) -> str:
        return self.key if self.group is Group.SHORT else f"{self.group}:{self.key}"

    @property
    def number(self) -> int:
        """The number of the task or of the row; 0 for a registration field."""
        return 0 if self.group is Group.HEADER else int(self.key)


def short_answer(task: int) -> str:
    """Return the field id of a short answer."""
    return str(FieldId(Group.SHORT, str(task)))


def replacement_row(row: int) -> str:
    """Return the field id of a row of «Замена ошибочных ответов», counted from 1."""
    return str(FieldId(Group.REPLACEMENT, str(row)))


def long_answer(task: int) -> str:
    """Return the field id of a long answer."""
    return str(FieldId(Group.LONG, str(task)))


def header_field(name: str) -> str:
    """Return the field id of a registration field."""
    return str(FieldId(Group.HEADER, name))


REGION_FIELD, SUBJECT_FIELD, NAME_FIELD = HEADER = tuple(
    header_field(n) for n in ("region", "subject", "name")
)

HEADER_NAMES: dict[str, Msgid] = {
    REGION_FIELD: N_("Region code"),
    SUBJECT_FIELD: N_("Subject code"),
    NAME_FIELD: N_("Name of the subject"),
}
"""What people call the registration fields; their ids are stored, and never shown."""

NUMBERED_NAMES: dict[Group, Msgid] = {
    Group.SHORT: N_("Task %(number)s"),
    Group.REPLACEMENT: N_("Replacement, row %(number)s"),
    Group.LONG: N_("Long answer, task %(number)s"),
}


PLACE_NAME = N_("Long answer, task %(number)s: place %(place)s")


def place_of(field_id: str, number: int) -> str:
    """Return the id of a place of a long answer, counted from 1."""
    return f"{field_id}/{number}"


def field_of(text: str) -> str:
    """Return the field that the id of a field or of a place belongs to."""
    return text.partition("/")[0]


def field_words(field_id: str) -> tuple[Msgid, dict[str, str]]:
    """Return what people call a field or a place: a msgid and its values.

    An id that is none is shown as a task.
    """
    if field_id in HEADER_NAMES:
        return HEADER_NAMES[field_id], {}
    whole, slash, place = field_id.partition("/")
    if slash and is_long(field_id):
        return PLACE_NAME, {"number": FieldId.parse(whole).key, "place": place}
    group = group_of(field_id)
    # Old exports may name fields of forms that we do not know: shown, never dropped.
    if group is None or group is Group.HEADER:
        return NUMBERED_NAMES[Group.SHORT], {"number": field_id}
    return NUMBERED_NAMES[group], {"number": FieldId.parse(field_id).key}


def group_of(field_id: str) -> Group | None:
    """Return the part of the form that a field or a place belongs to; None for no such id."""
    whole, slash, place = field_id.partition("/")
    try:
        group = FieldId.parse(whole).group
    except ValueError:
        return None
    # Only long answers are cut into places, so «7/1» names nothing.
    is_place = group is Group.LONG and place.isascii() and place.isdigit()
    return group if is_place or not slash else None


def is_right(field_id: str) -> bool:
    """Return whether it is a short answer of the second column of the form."""
    return is_short(field_id) and FieldId.parse(field_id).number > ROWS_IN_COLUMN


def is_header(field_id: str) -> bool:
    """Return whether it is a registration field at the head of the form."""
    return group_of(field_id) is Group.HEADER


def is_short(field_id: str) -> bool:
    """Return whether it is a short answer (form № 1)."""
    return group_of(field_id) is Group.SHORT


def is_replacement(field_id: str) -> bool:
    """Return whether it is a row of «Замена ошибочных ответов»."""
    return group_of(field_id) is Group.REPLACEMENT


def is_long(field_id: str) -> bool:
    """Return whether it is a long answer (form № 2), several lines and pages."""
    return group_of(field_id) is Group.LONG


def sheet_order(field_id: str) -> tuple[int, str, int]:
    """Return the sort key of a field in the order of the sheet.

    Registration fields come first, then short answers, replacement rows, long answers, and ids
    that name no field.
    """
    group = group_of(field_id)
    if group is None:
        # One more than the last group: ids that name no field stand at the end.
        return len(Group), field_id, 0
    field = FieldId.parse(field_of(field_id))
    if field_id in HEADER:
        return list(Group).index(group), "", HEADER.index(field_id)
    return list(Group).index(group), "" if field.number else field_id, field.number


@dataclass(frozen=True)
class FieldList:
    """The fields of one exam, in the order in which a person reads the sheet."""

    tasks: int
    long_tasks: tuple[int, ...] = ()
    replacement_rows: int = REPLACEMENT_ROWS
    """Of form № 1; forms of essays and of ГВЭ have none, and their desks must not offer any."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Header, short answers 1…n, the replacement rows, long answers."""
        return (
            *HEADER,
            *(short_answer(n) for n in range(1, self.tasks + 1)),
            *(replacement_row(n) for n in range(1, self.replacement_rows + 1)),
            *(long_answer(n) for n in self.long_tasks),
        )


def fields_of(
    tasks: int,
    long_tasks: Iterable[int | str] = (),
    replacement_rows: int = REPLACEMENT_ROWS,
) -> FieldList:
    """Return the field list of an exam with `tasks` short answers and these long tasks.

    Invalid when the form has not so many rows.
    """
    if not 0 <= tasks <= MOST_SHORT_ANSWERS:
        raise Invalid(
            N_("The form has rows for 1 to 40 short answers, not %(tasks)s."),
            params={"tasks": tasks},
        )
    return FieldList(tasks, tuple(int(n) for n in long_tasks), replacement_rows)
