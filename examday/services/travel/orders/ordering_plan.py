"""The centre sends tables of the plan to a station."""

from collections.abc import Mapping

from examday.domain.events import Event
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import PLAN
from examday.services.custody.booklets import require
from examday.services.travel.orders.numbered import begun, written
from examday.services.travel.orders.whose import require_station
from examday.services.unit_of_work import UnitOfWork


def order_plan(
    uow: UnitOfWork,
    station_id: str,
    tables: Mapping[str, str],
) -> Letter:
    """Send tables of the plan (staff among them) to a station, which brings them in after a look.

    Forbidden, NotFound; Conflict for a station that may not send.
    """
    require(uow, "plan.edit")
    uow.queue("orders")
    station = require_station(uow, station_id)
    told = begun(uow, station, PLAN)
    # Tables name people: the ledger says which they were, and not what stands in them.
    uow.record(Event.TRAVEL_ORDER, f"station:{station.id}", **told, tables=sorted(tables))
    return written(uow, {**told, "tables": dict(tables)})
