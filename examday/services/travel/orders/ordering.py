"""The centre hands a work back to its station: it is transferred again there."""

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event, read_data
from examday.domain.messages import N_
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import TRANSFER
from examday.services.custody.booklets import require
from examday.services.travel.orders.numbered import begun, written
from examday.services.travel.orders.whose import require_station, station_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import CENTRE, STATION
from examday.storage.tables import Booklet, EventRow
from examday.storage.tables_travel import WorkKeeper


def order_transfer(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
) -> Letter:
    """Hand a work back to its station for the next version: it is transferred again there.

    The station writes it from here on, until its next bundle returns it. Asked again, the same
    letter is written again: the first may be lost. It is numbered anew where a later order was
    written. Forbidden; Invalid without a reason; Conflict for
    a work that is not the centre's, or that the centre has transferred again itself.
    """
    require(uow, "travel.order")
    # Two orders with one number: the second would be taken for the first, and never carried out.
    uow.queue("orders")
    booklet = uow.hold(Booklet, booklet_id)
    keeper = uow.session.get(WorkKeeper, booklet.id)
    if keeper is not None and keeper.keeper == STATION and (waiting := _waiting(uow, booklet)):
        return written(uow, _as_next(uow, booklet, waiting))
    if not reason.strip():
        raise Invalid(
            N_("The order needs a reason."),
            code="no-reason",
            advice=N_(
                "Write one sentence: what is wrong with the transfer. It stands in the ledger."
            ),
        )
    if keeper is None or keeper.keeper != CENTRE or booklet.state != State.HANDED_OVER:
        raise _not_here()
    station = require_station(uow, station_of(uow, booklet))
    keeper.keeper, keeper.at = STATION, uow.now()
    told = begun(uow, station, TRANSFER) | {
        "booklet": booklet.id,
        "code": booklet.code or "",
        "version": booklet.version,
        "hold": booklet.hold,
        "reason": reason.strip(),
    }
    uow.record(Event.TRAVEL_ORDER, f"booklet:{booklet.id}", **told)
    return written(uow, told)


def _waiting(uow: UnitOfWork, booklet: Booklet) -> dict[str, object] | None:
    """The order that handed the work back; None once its new version has come: it was carried out."""
    of = select(EventRow.data).where(
        EventRow.site == uow.site,
        EventRow.chain == "",
        EventRow.kind == Event.TRAVEL_ORDER,
        EventRow.subject == f"booklet:{booklet.id}",
    )
    found = uow.session.scalar(of.order_by(EventRow.seq.desc()).limit(1))
    told = dict(read_data(found)) if found else None
    return told if told and told["version"] == booklet.version else None


def _as_next(
    uow: UnitOfWork,
    booklet: Booklet,
    waiting: dict[str, object],
) -> dict[str, object]:
    """The order as it was; with the next number where a later one was written: after that one its
    station refuses the earlier number.
    """
    station = require_station(uow, str(waiting["station"]))
    anew = begun(uow, station, TRANSFER)
    if anew["number"] == int(str(waiting["number"])) + 1:
        return waiting
    told = waiting | anew
    uow.record(Event.TRAVEL_ORDER, f"booklet:{booklet.id}", **told)
    return told


def _not_here() -> Conflict:
    return Conflict(
        N_("This work is not one that was handed over and is the centre's now."),
        code="not-given",
        advice=N_("Nothing was ordered. Only such a work can be handed back to its point."),
    )
