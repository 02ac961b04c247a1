"""Whose a work is at its point, and whether that laptop may be given an order."""

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.travel.stations import require_trusted
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow
from examday.storage.tables_travel import Station


def station_of(uow: UnitOfWork, booklet: Booklet) -> str:
    """The station that has written a work last.

    Conflict where none has, or the centre itself has transferred the work again since: the station
    knows nothing of that version.
    """
    about = (EventRow.site == uow.site, EventRow.subject == f"booklet:{booklet.id}")
    again = select(EventRow.seq).where(
        *about, EventRow.chain == "", EventRow.kind == Event.BOOKLET_RETRANSFER
    )
    newest = select(EventRow.chain).where(*about, EventRow.chain != "")
    station = uow.session.scalar(newest.order_by(EventRow.seq.desc()).limit(1))
    if station is None or uow.session.scalar(again.limit(1)) is not None:
        raise Conflict(
            N_("This work was transferred at the centre: its point knows nothing of that."),
            code="transferred-here",
            advice=N_("Nothing was ordered. Transfer it again here."),
        )
    return station


def require_station(uow: UnitOfWork, key: str) -> Station:
    """The station, if it may be given an order. NotFound; Conflict for one that is revoked, or
    whose words nobody has compared.
    """
    # The order stands in the chain of its point; the stations themselves are the centre's.
    with uow.looking_at():
        station = uow.get(Station, key)
    require_trusted(station)
    if station.confirmed_at is None:
        raise Conflict(
            N_("The words of the station %(station)s were not compared yet."),
            code="not-confirmed-station",
            advice=N_("Nothing was ordered. Confirm it first: examday enrol confirm."),
            params={"station": station.id},
        )
    return station
