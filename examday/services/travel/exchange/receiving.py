"""What the centre takes from a station over the network: originals one by one, then the bundle."""

from dataclasses import asdict
from pathlib import Path

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.services.scans.storing import check_space
from examday.services.travel import receipts
from examday.services.travel.incoming import taking_in
from examday.services.travel.incoming.opened import opened
from examday.services.unit_of_work import Store
from examday.storage.objects.base import Source, spool
from examday.storage.objects.opened import uploads

EXCHANGE = Actor.system("exchange")
"""Who takes in what came over the network: nobody at the centre has pressed anything."""


def take(
    store: Store,
    station: str,
    source: Source,
    size: int,
) -> dict[str, object]:
    """Take a bundle of this station in; what was taken, and the receipt.

    Conflict for one of another station, which has not said that it sends. Errors: those of
    `taking_in.take_in`.
    """
    check_space(store.settings, size)
    with uploads(store.settings).part() as path:
        spool(source, path, sync=False)
        _require_own(path, station)
        taken = taking_in.take_in(store, EXCHANGE, path)
    return {"taken": asdict(taken), "receipt": receipts.write(store, taken.station)}


def _require_own(path: Path, station: str) -> None:
    with opened(path) as bundle:
        said = bundle.manifest
    if said.station != station:
        raise Conflict(
            N_("The bundle is of another station: %(station)s of the point %(site)s."),
            code="other-station",
            advice=N_(
                "Nothing was taken in. Let that station send it itself, or carry it on a stick."
            ),
            params={"station": said.station, "site": said.site},
        )
