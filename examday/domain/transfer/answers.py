"""The answers of one booklet as data: what a value is, and where two readings differ.

The rule above all others (design rules of the programmes compared in [31], [33], [95]): a transfer
is verbatim. Nothing is trimmed, corrected or filled in; an empty field is a statement («blank»),
and so is a field nobody can read.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, cast

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.fields import FieldList, is_long, is_replacement, sheet_order
from examday.domain.transfer.readings import CheckData, DecisionData, FieldsData, ValueData

PAGE_BREAK = "\f"
"""Between the pages of a long answer: where the candidate began a new sheet is part of it."""


class Mark(StrEnum):
    """What a reader saw instead of plain characters; each is a value of its own."""

    BLANK = "blank"
    """Said, not left out: an empty input may only have been forgotten."""
    ILLEGIBLE = "illegible"
    """Nobody guesses: it is drawn onto the copy as it is, and stays for the experts."""
    CROSSED_OUT = "crossed_out"
    """The candidate took it back; not blank, because an appeal may ask what stood there."""
    OUTSIDE_FIELD = "outside_field"
    """Belongs to the task all the same [28]; a machine would not find it there."""
    GRAPHIC = "graphic"
    """Drawings and formulas cannot be keyed in, so cannot be compared by the program."""


MARK_NAMES: dict[Mark, str] = {
    Mark.BLANK: N_("blank"),
    Mark.ILLEGIBLE: N_("illegible"),
    Mark.CROSSED_OUT: N_("crossed out"),
    Mark.OUTSIDE_FIELD: N_("written outside the field"),
    Mark.GRAPHIC: N_("drawing or formula"),
}
WITHOUT_TEXT = frozenset({Mark.BLANK, Mark.CROSSED_OUT})
"""A blank field holds nothing; what a candidate crossed out is not part of the answer and is not
copied."""


@dataclass(frozen=True)
class Value:
    """What one person read in one field.

    `task` only in replacement rows: the task number the candidate wrote, as written. `override`:
    why a warned-of character was kept; it belongs to the entry and not to what was read, so it is
    left out of comparisons.
    """

    text: str = ""
    mark: Mark | None = None
    """None where the text says it all; never for a field that was left open."""
    task: str = ""
    override: str = field(default="", compare=False)

    @property
    def empty(self) -> bool:
        """Nothing was entered at all, not even that the field is blank."""
        return not self.text and not self.task and self.mark is None

    def plain(self, field_id: str) -> ValueData:
        """Return the value as stored.

        The task is there only in replacement rows, the reason only when there is one.
        """
        stored: ValueData = {"text": self.text, "mark": self.mark.value if self.mark else None}
        if is_replacement(field_id):
            stored["task"] = self.task
        if self.override:
            stored["override"] = self.override
        return stored


BLANK = Value(mark=Mark.BLANK)
"""«Nothing stands there» is a reading like any other; an entry left empty is none."""
Values = Mapping[str, Value]
"""Field id → value. A mapping, not a dict: functions here change nothing in place."""


def read_value(field_id: str, stored: ValueData) -> Value:
    """Return a stored value back as a `Value`; ValueError for an unknown mark."""
    mark = stored.get("mark")
    return Value(
        str(stored.get("text", "")),
        Mark(mark) if mark else None,
        str(stored.get("task", "")) if is_replacement(field_id) else "",
        str(stored.get("override", "")),
    )


def read_values(stored: Mapping[str, ValueData]) -> dict[str, Value]:
    """Return all stored values of a reading, in the order of the sheet.

    Sorted anew: a reading that came in a bundle has its fields by their names, where 10 comes before 2.
    """
    return {
        field_id: read_value(field_id, stored[field_id])
        for field_id in sorted(stored, key=sheet_order)
    }


def plain_values(values: Values) -> FieldsData:
    """Return all values as stored."""
    return {field_id: value.plain(field_id) for field_id, value in values.items()}


def one_spelling(text: str) -> str:
    """Return the same seen characters in one encoding.

    Letters are composed (й is one character, not и with a breve) and line ends are single. What a
    browser or a keyboard adds on its way is undone; what the person entered is not touched.
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def writable(values: Values) -> Values:
    """Return the values themselves.

    Invalid when one holds a character that nobody can have written (control characters).
    """
    for field_id, value in values.items():
        # Long answers have lines, pages and indents. A row of cells has none of them: there they
        # are slips.
        allowed = "\n\f\t" if is_long(field_id) else ""
        if any(
            unicodedata.category(c) in ("Cc", "Cs") and c not in allowed
            for c in value.text + value.task
        ):
            raise Invalid(
                N_("The entry holds a character that cannot stand on paper."),
                code="control",
                advice=N_("Type the answer again by hand."),
                params={"fields": [field_id]},
            )
    return values


def complete(fields: FieldList, values: Values) -> dict[str, Value]:
    """Return the values of a whole reading, in field order.

    Invalid when a field is missing, empty or not of this exam, or when a mark contradicts its text:
    a reading that is handed in says something of every field.
    """
    unknown = sorted(set(values) - set(fields.ids))
    missing = [f for f in fields.ids if values.get(f, Value()).empty]
    # «Blank» with text is two statements; the program does not choose between them.
    wrong = [f for f, v in values.items() if v.mark in WITHOUT_TEXT and (v.text or v.task)]
    if unknown:
        raise Invalid(
            N_("These fields are not part of this exam: %(fields)s."),
            params={"fields": ", ".join(unknown)},
        )
    if missing:
        raise Invalid(
            N_("Fields in which nothing is entered: %(number)s."),
            code="incomplete",
            advice=N_("Enter what stands there, or say that they are blank."),
            params={"number": len(missing), "fields": missing},
        )
    if wrong:
        raise Invalid(
            N_("A field cannot be blank or crossed out and hold text at the same time."),
            params={"fields": wrong},
        )
    writable(values)
    return {f: values[f] for f in fields.ids}


def compare(fields: FieldList, one: Values, other: Values) -> list[str]:
    """Return the fields in which two readings differ, in field order.

    A mark is a value: blank is not illegible, and blank is not an empty text; task numbers count as
    written («8» is not «08»).
    """
    return [f for f in fields.ids if one.get(f) != other.get(f)]


class Choice(StrEnum):
    """Whose reading a decision follows."""

    OWN = "own"
    """Needs no reason: it was given before either key-in was shown."""
    FIRST = "first"
    SECOND = "second"
    OTHER = "other"
    """None of the three: needs its value, and a reason."""
    PLACES = "places"
    """Of a long answer: each place where the two differ was decided by itself."""


OF_ONE = (Choice.OWN, Choice.FIRST, Choice.SECOND, Choice.OTHER)
"""What can be chosen for one field or one place: deciding place by place makes sense for a whole
text alone."""


class Deciding(Protocol):
    """How the value of a differing field comes about: one decision, or one for each place."""

    @property
    def missing(self) -> Sequence[str]:
        """Places that nobody has decided yet."""

    def result(self, first: Value, second: Value) -> Value:
        """Return the decided value."""

    def plain(self, field_id: str) -> DecisionData:
        """Return the decision as stored."""


@dataclass(frozen=True)
class Decision:
    """A third person's decision on one differing field.

    `own` was given before either value was shown. `value` is there only with the choice OTHER.
    `reason` is needed when the decision leaves the own reading.
    """

    own: Value
    choice: Choice
    value: Value | None = None
    """Typed by the person who decides, so it is asked for with that choice alone."""
    reason: str = ""

    @property
    def missing(self) -> Sequence[str]:
        """Nothing: a single decision answers its question."""
        return ()

    def plain(self, field_id: str) -> DecisionData:
        """Return the decision as stored with the settled reading."""
        return {
            "choice": self.choice.value,
            "own": self.own.plain(field_id),
            "reason": self.reason,
        }

    def result(self, first: Value, second: Value) -> Value:
        """Return the decided value. Invalid when OTHER lacks its value, or a reason is missing."""
        options: dict[Choice, Value | None] = {
            Choice.OWN: self.own,
            Choice.FIRST: first,
            Choice.SECOND: second,
            Choice.OTHER: self.value,
        }
        # Falls through as an unknown choice: «place by place» answers no single question.
        chosen = options.get(self.choice)
        if chosen is None or chosen.empty:
            raise Invalid(
                N_("A decision for «something else» must say what stands on the sheet."),
                code="no-value",
            )
        # Leaving one’s own blind reading is where a decision could be led by the others.
        if chosen != self.own and not self.reason.strip():
            raise Invalid(
                N_("Say why the decision differs from your own first reading."),
                code="no-reason",
                advice=N_("One short sentence is enough; it stands in the record."),
            )
        return chosen


@dataclass(frozen=True)
class Ruling:
    """A choice for one field as it was sent: whose reading, and why."""

    choice: Choice
    value: Value | None = None
    """Counts only with the choice OTHER: a form sends its input fields whatever was chosen."""
    reason: str = ""


def decisions_of(rulings: Mapping[str, Ruling], own: Values) -> dict[str, Decision]:
    """Join the choices with the own reading that was handed in before them.

    Raises Invalid «agreed» for a field that the own reading does not hold, since only differing
    fields were read.
    """
    for field_id in rulings:
        if field_id not in own:
            raise _agreed([field_id])
    return {
        field_id: Decision(
            own[field_id],
            ruling.choice,
            ruling.value if ruling.choice is Choice.OTHER else None,
            ruling.reason.strip(),
        )
        for field_id, ruling in rulings.items()
    }


def _agreed(fields: list[str]) -> Invalid:
    return Invalid(
        N_("Both key-ins agree on a field that is to be changed: %(fields)s."),
        code="agreed",
        params={"fields": ", ".join(fields)},
    )


def settle(
    fields: FieldList,
    first: Values,
    second: Values,
    decisions: Mapping[str, Deciding],
) -> dict[str, Value]:
    """Return the settled content: what both read, and the decision wherever they differ.

    Invalid when a difference is not decided, or when a field on which both agree would be changed:
    nobody can invent a value here.
    """
    differing = compare(fields, first, second)
    open_ones = [
        one for f in differing for one in (decisions[f].missing if f in decisions else (f,))
    ]
    if open_ones:
        raise Invalid(
            N_("Differences still to be decided: %(number)s."),
            code="open",
            params={"number": len(open_ones), "fields": open_ones},
        )
    if extra := sorted(set(decisions) - set(differing)):
        raise _agreed(extra)
    decided = _decided({f: decisions[f] for f in fields.ids if f in decisions}, first, second)
    return {f: decided.get(f, first[f]) for f in fields.ids}


def _decided(
    decisions: Mapping[str, Deciding],
    first: Values,
    second: Values,
) -> dict[str, Value]:
    """Return the decided values. A refusal names all fields, or places of them, that lack the same:
    told one after the other they cost a page each.
    """
    found, refused = dict[str, Value](), list[Invalid]()
    for field_id, decision in decisions.items():
        try:
            found[field_id] = decision.result(first[field_id], second[field_id])
        except Invalid as error:
            error.params.setdefault("fields", [field_id])
            refused.append(error)
    if refused:
        raise together(refused)
    return found


def together(refused: Sequence[Invalid]) -> Invalid:
    """Return the first refusal, with the fields of all that lack the same."""
    alike = [error for error in refused if error.code == refused[0].code]
    refused[0].params["fields"] = [
        f for error in alike for f in cast(list[str], error.params["fields"])
    ]
    return refused[0]


class Seen(StrEnum):
    """What the verifying person says of one field of the copy."""

    OK = "ok"
    """A statement about one field, since «all right» for many at once is looked at less closely:
    that is `bulk`, and bounded."""
    DIFFERS = "differs"
    """With what stands there, so that the copier sees the slip and not only its place."""
    CANNOT_SEE = "cannot_see"
    """Proves nothing, so it sends the copy back like a difference."""


@dataclass(frozen=True)
class Check:
    """One field of the copy held against the settled value.

    `value`: what stands on the copy when it differs. `bulk`: confirmed together with others, which
    the machine found equal above the bound or which are a block of blank replacement rows.
    """

    seen: Seen
    value: Value | None = None
    """None where the copy shows the settled value, so that nothing is typed twice."""
    bulk: bool = False

    def plain(self, field_id: str) -> CheckData:
        """Return the check as stored."""
        return {
            "seen": self.seen.value,
            "bulk": self.bulk,
            "value": self.value.plain(field_id) if self.value else None,
        }


def check_together(checks: Mapping[str, Check], foldable: Collection[str]) -> None:
    """Raise Invalid when fields were confirmed together that must be looked at one by one.

    `foldable`: fields on which machine and settled value agree above the bound, and the blank
    replacement rows.
    """
    unfounded = [f for f, check in checks.items() if check.bulk and f not in foldable]
    if unfounded:
        raise Invalid(
            N_("These fields must be looked at one by one: %(fields)s."),
            code="not-together",
            params={"fields": ", ".join(unfounded)},
        )


def check_pictured(checks: Mapping[str, Check], unseen: Collection[str]) -> None:
    """Raise Invalid when something is said of a field whose sheet is on no picture.

    Of the fields in `unseen` only «cannot be seen» is true; one that was not looked at is left to
    `judge`.
    """
    claimed = [f for f in unseen if f in checks and checks[f].seen is not Seen.CANNOT_SEE]
    if claimed:
        raise Invalid(
            N_("The sheet with these fields is on no picture: only «cannot be seen» can be said."),
            code="no-picture",
            advice=N_("Have the missing sheet of the copy scanned, or say «cannot be seen»."),
            params={"fields": sorted(claimed)},
        )


def judge(fields: FieldList, settled: Values, checks: Mapping[str, Check]) -> list[str]:
    """Return the fields in which the copy is not proven true; empty = verified.

    Invalid when a field was not looked at, or when «differs» comes without what is seen, or with
    the very value that should stand there.
    """
    open_ones = [f for f in fields.ids if f not in checks]
    if open_ones:
        raise Invalid(
            N_("Fields of the copy still to be checked: %(number)s."),
            code="open",
            params={"number": len(open_ones), "fields": open_ones},
        )
    differing = {f: checks[f].value for f in fields.ids if checks[f].seen is Seen.DIFFERS}
    # A difference without its value could not be told from a slip of the mouse.
    if unsaid := [f for f, value in differing.items() if value is None or value.empty]:
        raise Invalid(
            N_("Say what stands on the copy in the fields that differ."),
            code="no-value",
            params={"fields": unsaid},
        )
    if same := [f for f, value in differing.items() if value == settled[f]]:
        raise Invalid(
            N_("Fields are marked as different, but the same value was entered."),
            code="same-value",
            params={"fields": same},
        )
    return [f for f in fields.ids if checks[f].seen is not Seen.OK]


def progress(ids: Collection[str], values: Values) -> tuple[int, int]:
    """Return how many of these fields have something entered, of how many."""
    entered = [f for f in ids if not values.get(f, Value()).empty]
    return len(entered), len(ids)


def count_replacements(values: Values) -> int:
    """Return how many replacement rows are filled.

    It is the lead organiser's number in the box of the form [G2].
    """
    return sum(
        1
        for f, v in values.items()
        if is_replacement(f) and v.mark is not Mark.BLANK and v.mark is not Mark.CROSSED_OUT
    )
