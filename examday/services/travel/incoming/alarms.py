"""Alarms about what came in, and what is still missing before what came."""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, select, tuple_

from examday.domain.events import Event
from examday.domain.ledger import Subject
from examday.domain.people.roles import Actor
from examday.services.travel.incoming.following import Fork, Gap
from examday.services.travel.incoming.sender import Known
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Arrival, Station


def note_fork(
    store: Store,
    actor: Actor,
    known: Known,
    fork: Fork,
) -> None:
    """Note two histories once, in the chain of the point."""
    subject = f"station:{known.station}"
    with store.begin(actor) as uow:
        uow.queue(f"arrivals {known.station}")
        before = select(EventRow.data).where(
            EventRow.kind == Event.ALARM_FORK, EventRow.subject == subject
        )
        told = {json.loads(data).get("theirs") for data in uow.session.scalars(before)}
        if fork.theirs not in told:
            uow.record(Event.ALARM_FORK, subject, entry=fork.entry, theirs=fork.theirs)


class Missing(NamedTuple):
    """Entries of a station that have not come, though a bundle with later ones has."""

    station: str
    first: int
    last: int


def note_gap(
    store: Store,
    actor: Actor,
    known: Known,
    gap: Gap,
) -> None:
    """Note once that entries are missing, in the chain of the point."""
    with store.begin(actor) as uow:
        uow.queue(f"arrivals {known.station}")
        told = missing(uow).get(known.point, ())
        if all(one.station != known.station or one.last < gap.last for one in told):
            subject = f"station:{known.station}"
            uow.record(Event.TRAVEL_GAP, subject, first=gap.first, last=gap.last)


def missing(uow: UnitOfWork) -> Mapping[str, list[Missing]]:
    """What is missing now, by point: until the entries come or the station is revoked.

    As many queries for all stations as for one.
    """
    ends = select(Arrival.station_id, func.max(Arrival.last)).group_by(Arrival.station_id)
    here = {station: last for station, last in uow.session.execute(ends)}
    may_send = set(uow.session.scalars(select(Station.id).where(Station.revoked_at.is_(None))))
    # What was noted last of a station holds: of those before not one is read.
    newest = (
        select(EventRow.site, EventRow.chain, func.max(EventRow.seq))
        .where(EventRow.kind == Event.TRAVEL_GAP)
        .group_by(EventRow.site, EventRow.chain, EventRow.subject)
    )
    noted = select(EventRow).where(tuple_(EventRow.site, EventRow.chain, EventRow.seq).in_(newest))
    found: dict[tuple[str, str], Missing] = {}
    for entry in uow.session.scalars(noted):
        station = Subject.parse(entry.subject).key
        first, last = here.get(station, 0) + 1, int(json.loads(entry.data)["last"])
        if station in may_send and last >= first:
            found[entry.site, station] = Missing(station, first, last)
    by_point: dict[str, list[Missing]] = defaultdict(list)
    for (point, _station), one in sorted(found.items()):
        by_point[point].append(one)
    return by_point
