"""The centre sends tables of the plan to a station."""

from collections.abc import Mapping

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import PLAN
from examday.services.custody.booklets import require
from examday.services.travel.orders.numbered import begun, written
from examday.services.travel.orders.whose import require_station
from examday.services.travel.putting import as_text
from examday.services.unit_of_work import UnitOfWork

MOST = 3 << 20
"""Bytes of the letter: what is longer than `letters.LONGEST` no station reads, and its page sends the
letter once more in a form, beside the answers.
"""


def order_plan(
    uow: UnitOfWork,
    station_id: str,
    tables: Mapping[str, str],
) -> Letter:
    """Send tables of the plan (staff among them) to a station, which brings them in after a look.

    Forbidden, NotFound; Conflict for a station that may not send; Invalid for more than a letter holds.
    """
    require(uow, "plan.edit")
    uow.queue("orders")
    station = require_station(uow, station_id)
    told = begun(uow, station, PLAN)
    # Tables name people: the ledger says which they were, and not what stands in them.
    uow.record(Event.TRAVEL_ORDER, f"station:{station.id}", **told, tables=sorted(tables))
    letter = written(uow, {**told, "tables": dict(tables)})
    if len(as_text(letter).encode()) > MOST:
        raise Invalid(
            N_("These tables are too large for one order: %(count)s, more than 3 MB in all."),
            code="large-order",
            advice=N_("Nothing was ordered. Send them in several orders, one after the other."),
            params={"count": len(tables)},
        )
    return letter
