"""The stations of a centre as its people see them: who they are, and what came of each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_

from examday.services.people.sites import require_region
from examday.services.unit_of_work import A_PAGE, UnitOfWork
from examday.storage.tables_sites import Site
from examday.storage.tables_travel import Arrival, Station


@dataclass(frozen=True)
class KnownStation:
    """One station, and its newest bundle."""

    id: str
    point: str
    name: str
    may_send: bool
    revoked: bool
    last: int
    """The last entry that is here; 0: nothing came."""
    works: int
    """Real works that are the centre's: those of training are never counted as handed over."""
    at: dt.datetime | None
    """When the newest bundle came: a station that is silent for long has to be called. None: none
    ever did."""


@dataclass(frozen=True)
class Stations:
    """A page of them, by their points."""

    rows: Sequence[KnownStation]
    more: bool


def known_stations(uow: UnitOfWork, page: int) -> Stations:
    """The stations of one page, from 1. NotFound where no region is looked at as a whole."""
    require_region(uow)
    of = select(Station, Site.name).join(Site, Site.key == Station.point)
    ordered = of.order_by(Station.point, Station.invited_at, Station.id)
    some = ordered.offset((page - 1) * A_PAGE).limit(A_PAGE + 1)
    found = uow.session.execute(some).all()
    newest = _newest(uow, [station.id for station, _name in found])
    rows = [_row(station, name, newest.get(station.id)) for station, name in found]
    return Stations(rows[:A_PAGE], len(rows) > A_PAGE)


def _newest(uow: UnitOfWork, stations: Sequence[str]) -> dict[str, Arrival]:
    """The bundle with the highest entry of each."""
    ends = (
        select(Arrival.station_id, func.max(Arrival.last))
        .where(Arrival.station_id.in_(stations))
        .group_by(Arrival.station_id)
    )
    of = select(Arrival).where(tuple_(Arrival.station_id, Arrival.last).in_(ends))
    return {arrival.station_id: arrival for arrival in uow.session.scalars(of)}


def _row(station: Station, name: str, newest: Arrival | None) -> KnownStation:
    return KnownStation(
        id=station.id,
        point=station.point,
        name=name,
        may_send=station.confirmed_at is not None and station.revoked_at is None,
        revoked=station.revoked_at is not None,
        last=newest.last if newest else 0,
        works=int(newest.facts["works"]) if newest else 0,
        at=newest.at if newest else None,
    )
