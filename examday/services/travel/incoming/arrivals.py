"""What was taken in of a station: the centre notes each bundle in the chain of the point."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.ledger import Subject
from examday.services.ledger.writing import of_chain
from examday.services.travel.incoming.opened import Opened
from examday.services.travel.incoming.sender import Known
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import CENTRE
from examday.storage.tables import Booklet, EventRow, Exam
from examday.storage.tables_travel import Arrival, WorkKeeper


class Counted(NamedTuple):
    """What was counted while a bundle was taken in."""

    given: int
    """Real works that the centre keeps of the station from this bundle on (`works_given`): the
    receipt tells it."""
    rows: int
    clock_s: int


def last(uow: UnitOfWork, station: str) -> Arrival | None:
    """The newest bundle of a station that was taken in."""
    of = select(Arrival).where(Arrival.station_id == station)
    return uow.session.scalars(of.order_by(Arrival.last.desc()).limit(1)).first()


def entry_of(uow: UnitOfWork, arrival: Arrival) -> EventRow:
    """The newest entry in which the centre witnesses the station of this bundle."""
    of = select(EventRow).where(
        of_chain(EventRow, uow.site),
        EventRow.kind == Event.TRAVEL_RECEIVE,
        EventRow.subject == f"station:{arrival.station_id}",
    )
    return uow.session.scalars(of.order_by(EventRow.seq.desc()).limit(1)).one()


def kept_before(uow: UnitOfWork, rows: Iterable[str]) -> set[str]:
    """Works of these rows, which are about to be written, that were given to the centre once."""
    told = select(WorkKeeper.booklet_id)
    return set(uow.session.scalars(told)).intersection(_works(rows))


def works_given(
    uow: UnitOfWork,
    rows: Iterable[str],
    before: Collection[str],
) -> int:
    """Real works that are the centre's for the first time by these rows, which were written just now.

    Not by counting before and after: another station of the point may send meanwhile. `before`:
    works that come back from an order and were counted when they came first.
    """
    works = (
        select(WorkKeeper.booklet_id)
        .join(Booklet, Booklet.id == WorkKeeper.booklet_id)
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(WorkKeeper.keeper == CENTRE, Exam.training.is_(False))
    )
    written = _works(rows) - set(before)
    return len(written.intersection(uow.session.scalars(works)))


def _works(rows: Iterable[str]) -> set[str]:
    subjects = map(Subject.parse, rows)
    return {key for kind, key in subjects if kind == WorkKeeper.__tablename__}


def note(
    uow: UnitOfWork,
    bundle: Opened,
    known: Known,
    counted: Counted,
) -> int:
    """Note a bundle whose rows were written; return how many real works the centre keeps of the
    station.
    """
    said, before = bundle.manifest, last(uow, known.station)
    works = (before.facts["works"] if before else 0) + counted.given
    told = {
        "first": known.last + 1,
        "last": said.last,
        "root": said.root,
        "bundle": bundle.sha256(),
    }
    facts = {
        "works": works,
        "rows": counted.rows,
        "days": dict(said.days),
        "training": dict(said.training),
        "clock_s": counted.clock_s,
    }
    uow.add(Arrival(station_id=known.station, facts=facts, at=uow.now(), **told))
    uow.record(Event.TRAVEL_RECEIVE, f"station:{known.station}", works=works, **told)
    return works
