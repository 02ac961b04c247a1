"""A work comes back to its station by an order: its next version is transferred there, by other hands."""

from dataclasses import dataclass

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, NotFound
from examday.domain.messages import N_
from examday.domain.travel.orders import OrderedWork, work_of
from examday.services.appeals.order.hands import check_named, give
from examday.services.custody import papers
from examday.services.custody.booklets import advance, require
from examday.services.travel.orders.obeying import Order, by_the_centre, note
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import CENTRE, STATION
from examday.storage.tables import Booklet
from examday.storage.tables_travel import WorkKeeper


@dataclass(frozen=True)
class Outlook:
    """What carrying the order out would do here."""

    work: OrderedWork
    place: str
    """Seat and room of the candidate, as people look for the paper: nobody at the point knows
    ids."""


def look(uow: UnitOfWork, order: Order) -> Outlook:
    """Say what would be done. Conflict where the work is not as the centre has it."""
    work = work_of(order.letter)
    booklet = _due(uow, uow.session.get(Booklet, work.booklet), work)
    return Outlook(work, f"{booklet.seat.room.number}, {booklet.seat.place}")


def carry_out(
    uow: UnitOfWork,
    order: Order,
    transferrer: str,
    second_reader: str,
    asked: bool = False,
) -> Booklet:
    """Take the work back and reopen it as the next version, for two people who had no part before.

    `asked`: both said so, which counts where no record tells. Errors: those of `check_named`;
    Conflict where the work is not as the centre has it.
    """
    require(uow, "travel.carry")
    uow.queue("centre")
    work = work_of(order.letter)
    booklet = _due(uow, uow.hold(Booklet, work.booklet), work)
    check_named(uow, booklet, transferrer, second_reader, asked)
    keeper = uow.get(WorkKeeper, booklet.id)
    keeper.keeper, keeper.at = STATION, uow.now()
    # Before anything else is written: from here on the station writes the work again.
    uow.session.flush()
    booklet.hold = work.hold
    with by_the_centre(uow):
        advance(uow, booklet, "retransfer", order=order.number)
    # With forms of its own: what was signed stays as evidence.
    papers.new_forms(uow, booklet)
    give(uow, booklet, transferrer, second_reader)
    note(uow, order, f"booklet:{booklet.id}")
    return booklet


def _due(uow: UnitOfWork, booklet: Booklet | None, work: OrderedWork) -> Booklet:
    if booklet is None or (booklet.code or "") != work.code:
        raise NotFound(
            N_("The work %(code)s is not here."),
            code="no-work",
            advice=N_(
                "Nothing was changed. Call the centre: the order names a work of another point."
            ),
            params={"code": work.code},
        )
    keeper = uow.session.get(WorkKeeper, booklet.id)
    is_given = keeper is not None and keeper.keeper == CENTRE
    if not is_given or booklet.version != work.version or booklet.state != State.HANDED_OVER:
        raise Conflict(
            N_(
                "The work %(code)s is not as the centre has it: here it is version %(here)s, in the order %(said)s."
            ),
            code="other-version",
            advice=N_(
                "Nothing was changed. Send to the centre what is here, and let it write the order anew."
            ),
            params={"code": work.code, "here": booklet.version, "said": work.version},
        )
    return booklet
