"""A station and its centre get to know each other: invitation, answer, words read out, revocation."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.errors import Conflict, Forbidden, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.travel.letters import ANSWER, INVITATION, Letter
from examday.domain.travel.spoken import fingerprint, same_words
from examday.services.ledger.checkpoints import public_key
from examday.services.travel.letters import require_signed, signed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import plain
from examday.storage.sites import has_sites
from examday.storage.tables_sites import Site
from examday.storage.tables_travel import Centre, Station, StationKey


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


def join(uow: UnitOfWork, letter: Letter) -> Letter:
    """Take the centre's letter in at the station, and answer with the station's key.

    Twice gives the same answer. Conflict in an installation of several points.
    """
    require_signed(letter, str(letter["centre_key"]))
    uow.queue("centre")
    if has_sites(uow.session):
        raise Conflict(
            N_("Here are the points of a region: this is no station."),
            code="no-station",
            advice=N_(
                "Take the letter in at the laptop of the point: name its folder with --data."
            ),
        )
    if uow.session.get(Centre, letter["station"]) is None:
        uow.add(
            Centre(
                id=str(letter["station"])[:16],
                point=str(letter["site"])[:16],
                name=str(letter["name"])[:200],
                public_key=str(letter["centre_key"]),
                at=uow.now(),
            )
        )
        uow.record(Event.CENTRE_JOIN, f"centre:{letter['station']}", site=letter["site"])
    return signed(
        uow.settings.keys,
        {
            "format": ANSWER,
            "station": letter["station"],
            "site": letter["site"],
            "public_key": public_key(uow.settings.keys),
            "at": plain(uow.now()),
        },
    )


def centre_of(uow: UnitOfWork) -> Centre | None:
    """The centre that this station sends to; None where it has none."""
    return uow.session.scalars(select(Centre).order_by(Centre.at.desc())).first()


def confirm(
    uow: UnitOfWork,
    letter: Letter,
    typed: str,
) -> Station:
    """Take the station's answer in, when somebody has typed the words that the station reads out.

    Twice changes nothing. Forbidden for other words, NotFound for a station that nobody invited,
    Conflict for one that is revoked, has another key, or whose key is another's.
    """
    key = str(letter["public_key"])
    require_signed(letter, key)
    station = _invited(uow, str(letter["station"]), str(letter["site"]))
    before = key_of(uow, station.id)
    if before == key:
        return station
    _require_free(uow, key)
    if before is not None:
        _require_next(letter, before)
    if not same_words(typed, fingerprint(key)):
        raise Forbidden(
            N_("These are not the words of this key."),
            code="other-words",
            advice=N_(
                "Let the point read the words out from its own screen. If they differ from those here, "
                "this letter is not from that laptop: take nothing in."
            ),
        )
    number = len(keys_of(uow, station.id)) + 1
    uow.add(StationKey(station_id=station.id, number=number, public_key=key, at=uow.now()))
    station.confirmed_at = station.confirmed_at or uow.now()
    uow.record(Event.STATION_CONFIRM, f"station:{station.id}", key=key, number=number)
    return station


def _invited(uow: UnitOfWork, key: str, point: str) -> Station:
    try:
        station = uow.hold(Station, key)
    except NotFound as error:
        raise NotFound(
            N_("Nobody here has invited this station."),
            code="not-invited",
            advice=N_("Write an invitation for its point: examday enrol invite."),
        ) from error
    if station.point != point:
        raise Conflict(
            N_("The station was invited for the point %(point)s, and the letter says %(said)s."),
            code="other-point",
            advice=N_("Have the letter written anew at the station that was invited."),
            params={"point": station.point, "said": point},
        )
    require_trusted(station)
    return station


def require_trusted(station: Station) -> None:
    """Conflict for a station that was revoked."""
    if station.revoked_at is not None:
        raise Conflict(
            N_("The station %(station)s of the point %(point)s was revoked."),
            code="revoked",
            advice=N_(
                "Nothing of it is taken in. A laptop that takes its place is invited anew: examday enrol "
                "invite."
            ),
            params={"station": station.id, "point": station.point},
        )


def _require_free(uow: UnitOfWork, key: str) -> None:
    other = uow.session.scalars(select(StationKey).where(StationKey.public_key == key)).first()
    if other is not None:
        raise Conflict(
            N_("This key is that of the station %(station)s."),
            code="known-key",
            advice=N_(
                "One folder was copied to two laptops, or enrolled twice. Begin the second one in an "
                "empty folder: each station has a ledger of its own."
            ),
            params={"station": other.station_id},
        )


def _require_next(letter: Letter, before: str) -> None:
    """A key takes the place of another by the word of that one."""
    if letter.get("before") != before:
        raise Conflict(
            N_("This station has another key already."),
            code="other-key",
            advice=N_(
                "A laptop without the old key is another station: revoke the old one and invite anew."
            ),
        )
    require_signed(letter, before, "signature_before")


def revoke(uow: UnitOfWork, key: str) -> Station:
    """Take nothing of a station in any more: its laptop is lost, stolen or replaced.

    Twice changes nothing. What it has sent stays.
    """
    station = uow.hold(Station, key)
    if station.revoked_at is None:
        station.revoked_at = uow.now()
        uow.record(Event.STATION_REVOKE, f"station:{station.id}", site=station.point)
    return station


def keys_of(uow: UnitOfWork, station: str) -> Sequence[str]:
    """The public keys of a station, the present one last."""
    of = select(StationKey.public_key).where(StationKey.station_id == station)
    return uow.session.scalars(of.order_by(StationKey.number)).all()


def key_of(uow: UnitOfWork, station: str) -> str | None:
    """The present public key of a station; None where none was confirmed."""
    return next(reversed(keys_of(uow, station)), None)


def stations(uow: UnitOfWork) -> Sequence[Station]:
    """The stations of the centre, by their points."""
    return uow.session.scalars(select(Station).order_by(Station.point, Station.invited_at)).all()
