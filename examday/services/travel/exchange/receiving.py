"""What the centre takes from a station over the network: originals one by one, then the bundle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.services.scans.storing import check_space
from examday.services.travel import receipts
from examday.services.travel.incoming import arrivals, taking_in
from examday.services.travel.incoming.opened import opened
from examday.services.unit_of_work import Store
from examday.storage.objects.base import OtherContent, Source, require_digest, spool
from examday.storage.objects.opened import originals, uploads
from examday.storage.tables_travel import Station

EXCHANGE = Actor.system("exchange")
"""Who takes in what came over the network: nobody at the centre has pressed anything."""


def held(store: Store, station: str) -> dict[str, object]:
    """Up to where the ledger of a station is here."""
    with store.read() as uow:
        point = uow.get(Station, station).point
    with store.at(point).read() as uow:
        newest = arrivals.last(uow, station)
        return {"last": newest.last if newest else 0}


def keep_original(
    store: Store,
    sha256: str,
    source: Source,
    size: int,
) -> bool:
    """Store one original under its name; False where it was here. Invalid where it is another."""
    _require_name(sha256)
    check_space(store.settings, size)

    @contextmanager
    def came() -> Iterator[Source]:
        yield source

    try:
        return originals(store.settings).put_all([(sha256, came)]) == 1
    except OtherContent as error:
        raise Invalid(
            N_("The scan %(sha256)s was changed or cut short on its way."),
            code="damaged",
            advice=N_("Send once more: it goes on where it stopped."),
            params={"sha256": sha256[:12]},
        ) from error


def _require_name(sha256: str) -> None:
    try:
        require_digest(sha256)
    except ValueError as error:
        raise Invalid() from error


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
