"""What every order of the centre says: to whom, about what, and its number."""

from collections.abc import Mapping

from sqlalchemy import func, select

from examday.domain.events import Event
from examday.domain.travel.letters import Letter
from examday.domain.travel.orders import letter_of
from examday.services.ledger.checkpoints import public_key
from examday.services.travel.letters import signed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import plain
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Station


def begun(
    uow: UnitOfWork,
    station: Station,
    kind: str,
) -> dict[str, object]:
    """What every order says."""
    ordered = select(func.count()).where(
        EventRow.site == uow.site, EventRow.chain == "", EventRow.kind == Event.TRAVEL_ORDER
    )
    return {
        "station": station.id,
        "site": station.point,
        "order": kind,
        "number": (uow.session.scalar(ordered) or 0) + 1,
        "centre_key": public_key(uow.settings.keys),
        "at": plain(uow.now()),
    }


def written(uow: UnitOfWork, told: Mapping[str, object]) -> Letter:
    """The letter of an order, with the centre's signature."""
    return signed(uow.settings.keys, letter_of(told))
