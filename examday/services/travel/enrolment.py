"""Who may send to the centre: words are compared before, and whoever is lost is revoked."""

from sqlalchemy import select

from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.travel.letters import Letter
from examday.domain.travel.spoken import fingerprint, same_words
from examday.services.travel.letters import require_signed
from examday.services.travel.stations import key_of, keys_of, require_trusted
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_travel import Station, StationKey


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
    _require_words(key, typed)
    number = len(keys_of(uow, station.id)) + 1
    uow.add(StationKey(station_id=station.id, number=number, public_key=key, at=uow.now()))
    station.confirmed_at = station.confirmed_at or uow.now()
    uow.record(Event.STATION_CONFIRM, f"station:{station.id}", key=key, number=number)
    return station


def _require_words(key: str, typed: str) -> None:
    if not same_words(typed, fingerprint(key)):
        raise Forbidden(
            N_("These are not the words of this key."),
            code="other-words",
            advice=N_(
                "Let the point read the words out from its own screen. If they differ from those here, "
                "this letter is not from that laptop: take nothing in."
            ),
        )


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
    """Shut a station out: nothing of it is taken in any more. Its laptop is lost, stolen or replaced.

    Twice changes nothing. What it has sent stays.
    """
    station = uow.hold(Station, key)
    if station.revoked_at is None:
        station.revoked_at = uow.now()
        uow.record(Event.STATION_REVOKE, f"station:{station.id}", site=station.point)
    return station


def restore(
    uow: UnitOfWork,
    key: str,
    typed: str,
    reason: str,
) -> Station:
    """Let a revoked station send again: its laptop is back, and works on it never came.

    Its ledger has to go on from what is here; whoever had it meanwhile is seen in its entries. Twice
    changes nothing. Forbidden for other words than those of its key, Invalid without a reason,
    Conflict for a station that was never confirmed.
    """
    station = uow.hold(Station, key)
    present = key_of(uow, station.id)
    if present is None:
        raise Conflict(
            N_("The words of the station %(station)s were not compared yet."),
            code="not-confirmed-station",
            advice=N_("Invite its point anew: examday enrol invite."),
            params={"station": station.id},
        )
    _require_words(present, typed)
    if not reason.strip():
        raise Invalid(
            N_("Say why the station may send again."),
            code="no-reason",
            advice=N_(
                "One sentence: where the laptop was, and who has it now. It stands in the ledger."
            ),
        )
    if station.revoked_at is not None:
        station.revoked_at = None
        told = {"site": station.point, "reason": reason.strip()}
        uow.record(Event.STATION_RESTORE, f"station:{station.id}", **told)
    return station
