"""Readings of the disputed version: the latest of each source, and those of the hearing."""

from collections.abc import Mapping

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals.notes import Corrected
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.ledger import digest
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
from examday.domain.transfer.readings import hearing_source
from examday.services.appeals.hearing.correcting import correct
from examday.services.custody.booklets import require
from examday.services.transfer.desks.entries import as_on_form
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_appeal import Appeal

Fields = Mapping[str, Mapping[str, object]]
"""Field → what a reading holds of it: text, mark, task, certainty."""
MOST_TASKS = 60
"""No exam has more tasks; a larger number is a slip."""


def contents(uow: UnitOfWork, booklet_id: str, version: int) -> dict[str, Reading]:
    """Return the latest reading of each source for one transfer version."""
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == booklet_id, Reading.version == version)
        .order_by(Reading.round)
    )
    # Rounds come in ascending order, so the last one of a source stays.
    return {row.source: row for row in rows}


def add_reading(
    uow: UnitOfWork, appeal: Appeal, source: str, last_round: int, content: Mapping[str, object]
) -> Reading:
    """Add one more reading of the disputed version; earlier ones stay."""
    return uow.add(
        Reading(
            booklet_id=appeal.booklet_id,
            version=appeal.version,
            source=source,
            round=last_round + 1,
            person_id=uow.actor.person_id,
            content=dict(content),
            sha256=digest(content),
            at=uow.now(),
        )
    )


def read_at_hearing(
    uow: UnitOfWork, appeal_id: str, side: str, fields: Fields, reason: str = ""
) -> Reading:
    """Record what members read on the original or the form at the hearing.

    For works transferred before the system existed, or in place of a weak machine reading. `side`:
    original or copy. Conflict unless the hearing is open; Invalid for a field that is none, and
    without a reason when a field was read otherwise before.
    """
    require(uow, "appeal.decide")
    appeal = uow.hold(Appeal, appeal_id)
    # Another case about the same work may bring readings too; their rounds must not meet.
    uow.hold(Booklet, appeal.booklet_id)
    if side not in ("original", "copy") or appeal.state != case.CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    for field in fields:
        check_field(appeal, field)
    fields = _on_form(appeal, fields)
    last = contents(uow, appeal.booklet_id, appeal.version).get(hearing_source(side))
    known: Fields = last.content["fields"] if last else {}
    for field, value in fields.items():
        if field in known and _as_read(known[field]) != _as_read(value):
            values = (_as_read(known[field]), _as_read(value))
            correct(uow, appeal, Corrected.READING, f"{side}:{field}", values, reason)
    # A round holds all fields read so far: the latest round alone is what counts.
    content = {"fields": {**known, **fields}}
    row = add_reading(uow, appeal, hearing_source(side), last.round if last else 0, content)
    uow.record(
        Event.APPEAL_READ,
        f"appeal:{appeal.id}",
        side=side,
        fields=sorted(fields),
        sha256=row.sha256,
    )
    return row


def _on_form(appeal: Appeal, fields: Fields) -> Fields:
    """Return the fields in the characters of the exam's form, as every other reading has them.

    «кислород» typed in small letters would else differ from «КИСЛОРОД» and look like a defect.
    """
    values = {field: _value(field, value) for field, value in fields.items()}
    on_form = as_on_form(appeal.booklet, values)
    return {field: dict(value.plain(field)) for field, value in on_form.items()}


def _value(field: str, sent: Mapping[str, object]) -> Value:
    """Return what was read in one field; Invalid for a mark that there is not."""
    mark = str(sent.get("mark") or "")
    if mark and mark not in set(Mark):
        raise Invalid()
    task = str(sent.get("task") or "") if is_replacement(field) else ""
    override = str(sent.get("override") or "")
    return Value(str(sent.get("text") or ""), Mark(mark) if mark else None, task, override)


def _as_read(value: Mapping[str, object]) -> dict[str, str]:
    """Return what a reading says of a field, without how sure it is."""
    return {key: str(value.get(key) or "") for key in ("text", "mark", "task")}


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
