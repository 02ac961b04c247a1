"""Readings of the disputed version: the latest of each source, and those of the hearing."""

from collections.abc import Mapping

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals.notes import Corrected
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.domain.transfer.readings import hearing_source
from examday.services.appeals.decision.fields_read import Fields, check_field, on_form
from examday.services.appeals.hearing.correcting import correct
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_appeal import Appeal


def contents(uow: UnitOfWork, booklet_id: str, version: int) -> dict[str, Reading]:
    """Return the latest reading of each source for one transfer version."""
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == booklet_id, Reading.version == version)
        .order_by(Reading.round)
    )
    # Rounds come in ascending order, so that the last one of a source stays.
    return {row.source: row for row in rows}


def add_reading(
    uow: UnitOfWork,
    appeal: Appeal,
    source: str,
    last_round: int,
    content: Mapping[str, object],
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


def add_new_reading(
    uow: UnitOfWork,
    appeal: Appeal,
    source: str,
    content: Mapping[str, object],
) -> Reading | None:
    """Add a reading of this content; None when the latest of the source says the same."""
    known = contents(uow, appeal.booklet_id, appeal.version).get(source)
    if known is not None and known.sha256 == digest(content):
        return None
    return add_reading(uow, appeal, source, known.round if known else 0, content)


def read_at_hearing(
    uow: UnitOfWork,
    appeal_id: str,
    side: str,
    fields: Fields,
    reason: str = "",
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
    fields = on_form(appeal, fields)
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


def _as_read(value: Mapping[str, object]) -> dict[str, str]:
    """Return what a reading says of a field, without how sure it is."""
    return {key: str(value.get(key) or "") for key in ("text", "mark", "task")}
