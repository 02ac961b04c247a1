"""Gives the works that were handed over to the centre, from this entry of the ledger on."""

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.services.custody.booklets import require
from examday.services.travel.joining import require_centre
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import CENTRE
from examday.storage.tables import Booklet
from examday.storage.tables_travel import Centre, Receipt, WorkKeeper


def give(uow: UnitOfWork, first: int | None) -> tuple[Centre, int, int]:
    """Note that all from an entry on is written for the centre, by default what it has not confirmed.

    Return the centre, that entry, and how many works are the centre's from now on. Forbidden;
    Conflict without a centre.
    """
    require(uow, "ledger.export")
    uow.queue("centre")
    centre = require_centre(uow)
    given = _give(uow)
    start = first or _confirmed(uow, centre) + 1
    uow.record(Event.TRAVEL_SEND, f"centre:{centre.id}", first=start, works=given)
    return centre, start, given


def _confirmed(uow: UnitOfWork, centre: Centre) -> int:
    """The last entry that the centre has confirmed."""
    of = select(func.max(Receipt.last)).where(Receipt.centre_id == centre.id)
    return uow.session.scalar(of) or 0


def _give(uow: UnitOfWork) -> int:
    """Works that were handed over are the centre's from here on; how many these are."""
    there = select(WorkKeeper.booklet_id).where(WorkKeeper.keeper == CENTRE)
    handed = select(Booklet.id).where(Booklet.state == State.HANDED_OVER, Booklet.id.not_in(there))
    works = uow.hold_all(Booklet, uow.session.scalars(handed))
    for work in works:
        keeper = uow.session.get(WorkKeeper, work.id)
        if keeper is None:
            uow.add(WorkKeeper(booklet_id=work.id, keeper=CENTRE, at=uow.now()))
        else:
            keeper.keeper, keeper.at = CENTRE, uow.now()
    return len(works)
