"""What a station does with an order of its centre: looks at it, and carries it out after a yes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.events import Event, read_data
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import require_next, require_same
from examday.services.ledger.writing import of_chain
from examday.services.travel.joining import centre_of
from examday.services.travel.letters import require_signed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import EventRow

A_FEW = 10
"""Entries that are read at first: the newest is of this centre, unless the station changed its centre."""

CENTRE = Actor.system("centre")
"""Who acts where the centre's order takes a step that nobody at a point may take by themselves."""


@dataclass(frozen=True)
class Order:
    """An order that is for this station, and whole."""

    letter: Letter
    number: int
    kind: str
    new: bool
    """False: it was carried out before, and a file that is brought in again changes nothing."""


def read(uow: UnitOfWork, letter: Letter) -> Order:
    """The order in a letter. Conflict for one to another station, an older one, or another than was
    carried out under its number; Invalid where another than the centre wrote it, or it was changed.
    """
    centre = centre_of(uow)
    if centre is None or letter["station"] != centre.id:
        raise Conflict(
            N_("This order is for another station: %(station)s of the point %(site)s."),
            code="other-station",
            advice=N_("Nothing was changed. Take it to the laptop of that point."),
            params={"station": letter["station"], "site": letter["site"]},
        )
    require_signed(letter, centre.public_key)
    number, (done, done_at) = int(str(letter["number"])), _last_done(uow, centre.id)
    require_next(number, done)
    if number == done:
        require_same(number, letter["at"], done_at)
    return Order(letter, number, str(letter["order"]), number > done)


def _last_done(uow: UnitOfWork, centre: str) -> tuple[int, str]:
    """Number of the last order that was carried out, and when the centre wrote it."""
    of = select(EventRow.data).where(of_chain(EventRow, ""), EventRow.kind == Event.TRAVEL_OBEY)
    # None is carried out after a newer one, so the newest entry of this centre has the last number.
    newest = uow.session.scalars(
        of.order_by(EventRow.seq.desc()).execution_options(yield_per=A_FEW)
    )
    with newest:
        for told in newest:
            one = dict[str, Any](read_data(told))
            if one["centre"] == centre:
                return int(one["number"]), str(one["at"])
    return 0, ""


def note(uow: UnitOfWork, order: Order, subject: str) -> None:
    """Note that an order was carried out: it is not carried out again.

    Conflict where a newer one was carried out since this one was read.
    """
    done, _at = _last_done(uow, str(order.letter["station"]))
    require_next(order.number, done)
    uow.record(
        Event.TRAVEL_OBEY,
        subject,
        number=order.number,
        order=order.kind,
        centre=str(order.letter["station"]),
        at=order.letter["at"],
    )


@contextmanager
def by_the_centre(uow: UnitOfWork) -> Iterator[None]:
    """Take the steps inside by the centre's order; who carried it out stands beside them."""
    before, uow.actor = uow.actor, CENTRE
    try:
        yield
    finally:
        uow.actor = before
