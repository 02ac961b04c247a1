"""The centre invites a new station of a point."""

import secrets

from examday.domain.events import Event
from examday.domain.travel.letters import INVITATION, Letter
from examday.services.ledger.checkpoints import public_key
from examday.services.travel.letters import signed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import plain
from examday.storage.tables_sites import Site
from examday.storage.tables_travel import Station


def invite(uow: UnitOfWork, point: str) -> Letter:
    """Make the centre's letter to a new station of a point.

    NotFound for a point that is not there, Conflict where a station stands in for a centre.
    """
    site = uow.hold(Site, point)
    station = uow.add(Station(id=secrets.token_hex(6), point=site.key, invited_at=uow.now()))
    uow.record(Event.STATION_INVITE, f"station:{station.id}", site=site.key)
    return signed(
        uow.settings.keys,
        {
            "format": INVITATION,
            "station": station.id,
            "site": site.key,
            "name": site.name,
            "zone": site.zone,
            "centre_key": public_key(uow.settings.keys),
            "at": plain(uow.now()),
        },
    )
