"""The stations of a centre: their keys, and whether they may send."""

from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_travel import Station, StationKey


def require_trusted(station: Station) -> None:
    """Conflict for a station that was revoked."""
    if station.revoked_at is not None:
        raise Conflict(
            N_("The station %(station)s of the point %(point)s was revoked."),
            code="revoked",
            advice=N_(
                "Nothing of it is taken in. A laptop that takes its place is invited anew: examday enrol "
                "invite. If this laptop is back and works on it never came, compare its words: examday enrol "
                "restore."
            ),
            params={"station": station.id, "point": station.point},
        )


def keys_of(uow: UnitOfWork, station: str) -> Sequence[str]:
    """The public keys of a station, the present one last."""
    of = select(StationKey.public_key).where(StationKey.station_id == station)
    return uow.session.scalars(of.order_by(StationKey.number)).all()


def key_of(uow: UnitOfWork, station: str) -> str | None:
    """The present public key of a station; None where none was confirmed."""
    return next(reversed(keys_of(uow, station)), None)


def all_of(uow: UnitOfWork) -> Sequence[Station]:
    """The stations of the centre, by their points."""
    return uow.session.scalars(select(Station).order_by(Station.point, Station.invited_at)).all()
