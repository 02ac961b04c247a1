"""The centre sends a rule set to a station: both hold the same, word for word."""

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import RULES
from examday.services.custody.booklets import require
from examday.services.rules import changing, texts
from examday.services.travel.orders.finding import point_of
from examday.services.travel.orders.numbered import begun, written
from examday.services.travel.orders.whose import require_station
from examday.services.unit_of_work import Store, UnitOfWork


def order(
    store: Store,
    actor: Actor,
    station_id: str,
    text: str,
) -> Letter:
    """Let a rule set hold at the centre, and order it at a station.

    The commission judges by the rules that the point has worked by. Forbidden, NotFound; Conflict for
    a station that may not be given an order; errors of `changing.bring_in`.
    """
    with store.read(actor) as uow:
        site = point_of(uow, station_id)
        require_station(uow, station_id)
    with store.begin(actor) as uow:
        changing.bring_in(uow, text)
    with store.at(site).begin(actor) as uow:
        return letter(uow, station_id, text)


def letter(uow: UnitOfWork, station_id: str, text: str) -> Letter:
    """Order rules that hold here at a station. Errors: those of `order`."""
    require(uow, "plan.edit")
    uow.queue("orders")
    station, found = require_station(uow, station_id), texts.parse(text)
    told = begun(uow, station, RULES)
    uow.record(Event.TRAVEL_ORDER, f"station:{station.id}", **told, rules=found.id)
    return written(uow, {**told, "text": text})
