"""What was read at the hearing, checked against the form and in its characters."""

from collections.abc import Mapping

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.answers import Mark, Value
from examday.domain.transfer.fields import (
    HEADER_NAMES,
    MOST_SHORT_ANSWERS,
    REPLACEMENT_ROWS,
    FieldId,
    Group,
    group_of,
    is_replacement,
)
from examday.services.transfer.desks.entries import as_on_form
from examday.storage.tables_appeal import Appeal

Fields = Mapping[str, Mapping[str, object]]
"""Field → what a reading holds of it: text, mark, task, certainty. Typed loosely, because machines
and people store different parts."""
MOST_TASKS = 60
"""No exam has more tasks; a larger number is a slip."""


def on_form(appeal: Appeal, fields: Fields) -> Fields:
    """Return the fields in the characters of the exam's form, as every other reading has them.

    «кислород» typed in small letters would else differ from «КИСЛОРОД» and look like a defect.
    """
    values = {field: _value(field, value) for field, value in fields.items()}
    folded = as_on_form(appeal.booklet, values)
    return {field: dict(value.plain(field)) for field, value in folded.items()}


def _value(field: str, sent: Mapping[str, object]) -> Value:
    """Return what was read in one field; Invalid for a mark that there is not."""
    mark = str(sent.get("mark") or "")
    if mark and mark not in set(Mark):
        raise Invalid()
    task = str(sent.get("task") or "") if is_replacement(field) else ""
    override = str(sent.get("override") or "")
    return Value(str(sent.get("text") or ""), Mark(mark) if mark else None, task, override)


def check_field(appeal: Appeal, field: str) -> None:
    """Invalid unless `field` is a field of this exam's form."""
    group = group_of(field)
    number = 0 if group is None else FieldId.parse(field).number
    fits = {
        Group.HEADER: field in HEADER_NAMES,
        Group.SHORT: 1 <= number <= MOST_SHORT_ANSWERS,
        Group.REPLACEMENT: 1 <= number <= REPLACEMENT_ROWS,
        Group.LONG: number in appeal.exam.long_tasks or 1 <= number <= MOST_TASKS,
    }
    if group is None or not fits[group]:
        raise Invalid(
            N_("There is no task «%(field)s» in this work."),
            code="no-field",
            field="field",
            advice=N_("Choose the part of the form and the number of the task or row."),
            params={"field": field},
        )
