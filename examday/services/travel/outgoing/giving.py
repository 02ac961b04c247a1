"""Gives the works that have left the point to the centre, from this entry of the ledger on."""

from sqlalchemy import func, select

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody.booklets import require
from examday.services.ledger import tree
from examday.services.ledger.writing import last_entry
from examday.services.travel.joining import require_centre
from examday.services.travel.outgoing.due import to_be_given
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import CENTRE
from examday.storage.tables import Booklet
from examday.storage.tables_travel import Centre, Receipt, WorkKeeper


def give(uow: UnitOfWork, first: int | None) -> tuple[Centre, int, int]:
    """Note that all from an entry on is written for the centre, by default what it has not confirmed.

    Return the centre, that entry, and how many works are the centre's from now on. Forbidden;
    Conflict without a centre.
    """
    require(uow, "travel.carry")
    uow.queue("centre")
    centre = require_centre(uow)
    start = first or next_entry(uow, centre)
    _require_entry(uow, start)
    given = _give(uow)
    _name_the_tree(uow)
    uow.record(Event.TRAVEL_SEND, f"centre:{centre.id}", first=start, works=given)
    return centre, start, given


def _name_the_tree(uow: UnitOfWork) -> None:
    """The root over all before: by it the centre shows a work months later without the other entries."""
    if root := tree.root_now(uow):
        uow.record(Event.LEDGER_TREE, f"tree:{root['size']}", **root)


def _require_entry(uow: UnitOfWork, start: int) -> None:
    """Conflict behind the end of the ledger: a bundle of nothing would look like one of something."""
    end = last_entry(uow.session, uow.site)
    last = end.seq if end else 0
    if start > last + 1:
        raise Conflict(
            N_("The ledger ends at entry %(last)s: there is no entry %(first)s to send from."),
            code="no-entry",
            advice=N_("Leave --from out: what the centre has not confirmed is written."),
            params={"first": start, "last": last},
        )


def next_entry(uow: UnitOfWork, centre: Centre) -> int:
    """The first entry that the centre has not confirmed."""
    of = select(func.max(Receipt.last)).where(Receipt.centre_id == centre.id)
    return (uow.session.scalar(of) or 0) + 1


def _give(uow: UnitOfWork) -> int:
    """Works that have left the point are the centre's from here on; how many these are."""
    works = uow.hold_all(Booklet, uow.session.scalars(to_be_given()))
    for work in works:
        keeper = uow.session.get(WorkKeeper, work.id)
        if keeper is None:
            uow.add(WorkKeeper(booklet_id=work.id, keeper=CENTRE, at=uow.now()))
        else:
            keeper.keeper, keeper.at = CENTRE, uow.now()
    return len(works)
