"""Receipts: the centre says in its own hand up to where it holds a station's ledger."""

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.travel.letters import RECEIPT, Letter
from examday.services.ledger.checkpoints import public_key
from examday.services.people.sites import require_region
from examday.services.travel.incoming import arrivals
from examday.services.travel.letters import signed
from examday.services.unit_of_work import Store
from examday.storage.base import plain
from examday.storage.tables_travel import Station


def write(store: Store, station: str) -> Letter:
    """The centre's receipt for all that it holds of a station; NotFound anywhere else."""
    with store.read() as uow:
        require_region(uow)
        point = uow.get(Station, station).point
    with store.at(point).read() as uow:
        arrival = arrivals.last(uow, station)
        if arrival is None:
            raise Conflict(
                N_("Nothing of the station %(station)s was taken in yet."),
                code="nothing-came",
                advice=N_("Take its bundle in first: examday receive."),
                params={"station": station},
            )
        entry = arrivals.entry_of(uow, arrival)
        return signed(
            uow.settings.keys,
            {
                "format": RECEIPT,
                "station": station,
                "site": point,
                "first": 1,
                "last": arrival.last,
                "root": arrival.root,
                "works": arrival.facts["works"],
                "entry": entry.seq,
                "entry_root": entry.hash,
                "centre_key": public_key(uow.settings.keys),
                "at": plain(arrival.at),
            },
        )
