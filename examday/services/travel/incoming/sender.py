"""Who wrote a bundle, and what is here of that station's chain."""

from dataclasses import dataclass

from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound
from examday.domain.ledger import GENESIS
from examday.domain.messages import N_
from examday.domain.travel.manifest import Manifest, not_a_bundle
from examday.services.custody.booklets import require
from examday.services.ledger.writing import chain_of, last_entry
from examday.services.travel import stations
from examday.services.travel.incoming.opened import Opened
from examday.services.unit_of_work import UnitOfWork
from examday.storage.database import newest_form
from examday.storage.tables_travel import Station


@dataclass(frozen=True)
class Known:
    """What is here of the station's chain."""

    station: str
    point: str
    last: int
    root: str


def require_sender(uow: UnitOfWork, bundle: Opened) -> Known:
    """The station that wrote the bundle, by its key.

    Forbidden for whoever may not take it in, NotFound for one that is unknown here, Conflict for one that is revoked, Forbidden for another
    key, Invalid where the manifest was changed.
    """
    require(uow, "travel.carry")
    said = bundle.manifest
    station = uow.session.get(Station, said.station)
    if station is None or station.confirmed_at is None:
        raise NotFound(
            N_(
                "The bundle is from a station that is not known here: %(station)s of the point %(site)s."
            ),
            code="unknown-station",
            advice=N_(
                "Nothing was taken in. Ask who brought it. A new station is invited first, and its words are "
                "compared: examday enrol."
            ),
            params={"station": said.station, "site": said.site},
        )
    stations.require_trusted(station)
    keys = stations.keys_of(uow, station.id)
    if said.public_key != keys[-1]:
        raise _foreign(said, said.public_key in keys)
    if not bundle.signed_by(keys[-1]):
        raise not_a_bundle("manifest.json")
    if said.site != station.point:
        raise not_a_bundle("manifest.json")
    return known_of(uow, station)


def known_of(uow: UnitOfWork, station: Station) -> Known:
    """What is here of a station's chain."""
    last = last_entry(uow.session, chain_of(station.point, station.id))
    at, root = (last.seq, last.hash) if last else (0, GENESIS)
    return Known(station.id, station.point, at, root)


def require_unchanged(uow: UnitOfWork, bundle: Opened, known: Known) -> None:
    """Conflict where somebody has taken another bundle of the station in meanwhile, has revoked it,
    or has confirmed another key of it (Forbidden).
    """
    uow.hold(Station, known.station)
    if require_sender(uow, bundle) != known:
        raise Conflict(
            N_("Another bundle of this station was taken in meanwhile."),
            code="meanwhile",
            advice=N_("Nothing was changed by this one. Take it in once more."),
        )


def _foreign(said: Manifest, earlier: bool) -> Forbidden:
    return Forbidden(
        N_("The bundle is signed with an earlier key of the station %(station)s.")
        if earlier
        else N_("The bundle is signed with a key that is not that of the station %(station)s."),
        code="foreign-key",
        advice=N_("Nothing was taken in. Let the point write the bundle anew: examday send.")
        if earlier
        else N_(
            "Nothing was taken in. Another laptop wrote it, or the key was changed and the change was not "
            "brought here. Call the point."
        ),
        params={"station": said.station},
    )


def require_form(said: Manifest) -> None:
    """Invalid for a bundle of a program whose records have another form: it is whole, and stays
    outside.
    """
    here = newest_form() or ""
    if said.form == here:
        return
    older = said.form < here
    raise Invalid(
        N_(
            "The bundle is whole, but a program with an older form of the records wrote it: %(said)s, here %(here)s."
        )
        if older
        else N_(
            "The bundle is whole, but a program with a newer form of the records wrote it: %(said)s, here "
            "%(here)s."
        ),
        code="older-program" if older else "newer-program",
        advice=N_(
            "Nothing was taken in. Bring the program of the station to the form %(here)s and let it write "
            "the bundle anew."
        )
        if older
        else N_(
            "Nothing was taken in. Bring the program here to the form %(said)s and take the same file in again."
        ),
        params={"said": said.form, "here": here},
    )
