"""What of a bundle the centre holds already, and the scans that come one by one."""

from collections.abc import Iterator
from contextlib import contextmanager

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.scans.storing import check_space
from examday.services.travel.incoming import arrivals
from examday.services.unit_of_work import Store
from examday.storage.objects.base import OtherContent, Source, require_digest
from examday.storage.objects.opened import originals
from examday.storage.tables_travel import Station


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
