"""What a signer hears before signing: the content in plain words and numbers."""

from collections.abc import Mapping
from typing import NamedTuple

from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value
from examday.domain.transfer.fields import (
    NAME_FIELD,
    REGION_FIELD,
    REPLACEMENT_ROWS,
    SUBJECT_FIELD,
    FieldId,
    Group,
    is_header,
    is_long,
    is_replacement,
    is_right,
    is_short,
)
from examday.domain.transfer.signing import ReadBack
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.transfer.desks.signing import Sheet

HEADERS = {
    REGION_FIELD: N_("region"),
    SUBJECT_FIELD: N_("subject code"),
    NAME_FIELD: N_("subject"),
}
"""Short names: spoken one after the other, the long ones of the form tire the listener."""


def lines(work: Sheet) -> list[str]:
    """Return the content in plain words and numbers, as it is read aloud."""
    n = work.numbers
    said = [
        _(
            "Sheet %(code)s, transfer version %(version)s.",
            code=spaced(work.content.code),
            version=work.content.version,
        ),
    ]
    # Of what the form has no place for nothing is said: an essay has no tasks, ГВЭ no replacements.
    if any(map(is_short, work.values)):
        said.append(_how_many(n))
    if any(map(is_replacement, work.values)):
        said.append(_replaced(n.replaced))
    if n.long_answers:
        said.append(ngettext("%(n)s long answer.", "%(n)s long answers.", n.long_answers))
    said += [f"{_(MARK_NAMES[mark]).capitalize()}: {count}." for mark, count in n.marked.items()]
    said.append(
        _(
            "Pages: %(originals)s of the original, %(copies)s of the copy.",
            originals=n.originals,
            copies=n.copies,
        )
    )
    said.append(
        _(
            "A second person compared the copy with the settled answers field by field and found no difference."
        )
    )
    return said


def _how_many(n: ReadBack) -> str:
    total = n.answers + n.blank
    answered = ngettext(
        "Of %(total)s tasks %(n)s holds an answer",
        "Of %(total)s tasks %(n)s hold an answer",
        n.answers,
        total=total,
    )
    return answered + ", " + ngettext("%(n)s is blank.", "%(n)s are blank.", n.blank)


def _replaced(number: int) -> str:
    # Zero is said too: the box of the form is filled with it, and silence is no number.
    if not number:
        return _("The candidate replaced no answer.")
    return ngettext(
        "%(n)s answer was replaced by the candidate.",
        "%(n)s answers were replaced by the candidate.",
        number,
    )


Answer = tuple[str, Value, str]
"""Label, value, and mark in words: a listener gets the three apart."""


class Column(NamedTuple):
    """One part of the form. `half`: one of the two columns of short answers, side by side."""

    title: str
    half: bool
    answers: list[Answer]


def answers(values: Mapping[str, Value]) -> list[Column]:
    """Return every field that holds something, in columns as the form has them, with their titles.

    Down the first column, then down the second: eye, finger and voice go the same way.
    """
    columns: dict[str, Column] = {}
    both = any(map(is_right, values))
    for field_id, value in values.items():
        # A blank replacement row is left out: there are six, and nobody listens to six times
        # nothing. One that nobody can read, or that was crossed out, is not blank.
        if is_replacement(field_id) and value.mark is Mark.BLANK:
            continue
        said = _(MARK_NAMES[value.mark]) if value.mark else ""
        title, half = _column(field_id, both), FieldId.parse(field_id).group is Group.SHORT
        column = columns.setdefault(title, Column(title, half, []))
        column.answers.append((_label(field_id, value), value, said))
    return list(columns.values())


def _column(field_id: str, both: bool) -> str:
    """Return the title of the part of the form in which a field stands.

    `both`: whether the exam fills both columns of short answers.
    """
    if is_header(field_id):
        return _("Head of the form")
    if is_replacement(field_id):
        return _("Replacement of wrong answers")
    if is_long(field_id):
        return _("Long answers")
    if is_right(field_id):
        return _("Tasks 21–40")
    return _("Tasks 1–20") if both else _("Short answers")


def _label(field_id: str, value: Value) -> str:
    """Return the field as it is read aloud before signing."""
    number = FieldId.parse(field_id).key
    if is_replacement(field_id):
        if not value.task:
            return _("replacement %(row)s of %(rows)s", row=number, rows=REPLACEMENT_ROWS)
        return _(
            "replacement %(row)s of %(rows)s, task %(task)s",
            row=number,
            rows=REPLACEMENT_ROWS,
            task=value.task,
        )
    if is_long(field_id):
        return _("long answer %(task)s", task=number)
    return _(HEADERS[field_id]) if is_header(field_id) else field_id
