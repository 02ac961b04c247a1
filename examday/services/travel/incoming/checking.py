"""Checks a bundle before anything of it is taken in: who wrote it, what it follows, each member."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from examday.domain.errors import Conflict, Forbidden, Invalid, NotFound
from examday.domain.ledger import GENESIS, Entry, canonical
from examday.domain.messages import N_
from examday.domain.travel import history
from examday.domain.travel.manifest import Manifest, not_a_bundle
from examday.services.ledger.writing import chain_of, last_entry, of_chain
from examday.services.travel import enrolment
from examday.services.travel.incoming.opened import Opened, place
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.database import newest_form
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Station

FIELDS = {"seq", "at", "kind", "actor", "subject", "data", "rows", "prev", "hash"}


@dataclass(frozen=True)
class Known:
    """What is here of the station's chain."""

    station: str
    point: str
    last: int
    root: str


class Fork(Exception):
    """The station has two histories; told by `error`, and noted as an alarm."""

    def __init__(self, error: Conflict, entry: int, theirs: str) -> None:
        super().__init__(entry)
        self.error, self.entry, self.theirs = error, entry, theirs


def require_sender(uow: UnitOfWork, bundle: Opened) -> Known:
    """The station that wrote the bundle, by its key.

    NotFound for one that is unknown here, Conflict for one that is revoked, Forbidden for another
    key, Invalid where the manifest was changed.
    """
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
    enrolment.require_trusted(station)
    keys = enrolment.keys_of(uow, station.id)
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


def require_members(bundle: Opened) -> None:
    """Invalid names the first part that is not what the manifest says. Originals are checked when
    they are stored.
    """
    for name in sorted(bundle.manifest.files):
        if not name.startswith("scans/"):
            bundle.require(name)


def follow(store: Store, bundle: Opened, known: Known) -> history.Follower:
    """Follow the entries of the bundle from those that are here.

    Conflict for a gap, Fork for another history, Invalid where they are no chain.
    """
    said = bundle.manifest
    with store.read() as uow:
        before = _hashes(uow.session, known, said.first - 1)
    try:
        found = history.Follower(said.first, said.prev, before)
        for _entry in found.follow(entries(bundle)):
            """Compared one by one."""
    except history.Forked as parted:
        raise _fork(known, parted, said.root) from parted
    except history.Broken as broken:
        raise _no_chain(broken.seq) from broken
    if (found.last, found.root) != (said.last, said.root):
        raise _no_chain(found.last + 1)
    if said.first > known.last + 1:
        raise Conflict(
            N_(
                "Entries %(missing)s … %(until)s of the station are missing; the bundle holds %(first)s … "
                "%(last)s."
            ),
            code="gap",
            advice=N_(
                "Nothing was taken in. Take the bundle with the missing entries in first, then this one. If it "
                "is lost, let the point write all anew: examday send --from %(missing)s."
            ),
            params={
                "missing": known.last + 1,
                "until": said.first - 1,
                "first": said.first,
                "last": said.last,
            },
        )
    return found


def _hashes(session: Session, known: Known, start: int) -> dict[int, str]:
    told = select(EventRow.seq, EventRow.hash).where(
        of_chain(EventRow, chain_of(known.point, known.station)), EventRow.seq >= start
    )
    hashes = {seq: root for seq, root in session.execute(told)}
    return hashes | ({0: GENESIS} if start == 0 else {})


def entries(bundle: Opened) -> Iterator[Entry]:
    """The entries of a bundle; Invalid where a line is none."""
    for line in bundle.lines("ledger.jsonl"):
        with place("ledger.jsonl"):
            try:
                said = json.loads(line.decode())
                sound = canonical(said).encode() + b"\n" == line and set(said) == FIELDS
                entry = Entry(**said) if sound else None
            except (ValueError, TypeError, RecursionError):
                entry = None
        if entry is None:
            raise not_a_bundle("ledger.jsonl")
        yield entry


def _no_chain(seq: int) -> Invalid:
    return Invalid(
        N_("The station's ledger is broken at entry %(seq)s: it was changed before it was sent."),
        code="broken-ledger",
        advice=N_("Nothing was taken in. Let the point check its ledger: examday ledger verify."),
        params={"seq": seq},
    )


def _fork(known: Known, parted: history.Forked, theirs: str) -> Fork:
    message = (
        N_("The station has two histories: they part at entry %(seq)s.")
        if parted.exact
        else N_("The station has two histories: they part at entry %(seq)s or before it.")
    )
    error = Conflict(
        message,
        code="fork",
        advice=N_(
            "Nothing was taken in, and an alarm is noted. A backup was brought back, or a folder was copied. "
            "Keep this file and both laptops as they are, and call the point."
        ),
        params={"seq": parted.seq, "station": known.station},
    )
    return Fork(error, parted.seq, theirs)


def people(bundle: Opened) -> dict[str, dict[str, Any]]:
    """The people of a bundle; Invalid for anything else."""
    with place("people.json"):
        try:
            found = json.loads(bundle.small("people.json").decode())
        except ValueError:
            found = None
    fields = {"login": str, "name": str, "facts": dict, "roles": list}
    sound = isinstance(found, dict) and all(
        isinstance(one, dict)
        and set(one) == set(fields)
        and all(type(one[name]) is kind for name, kind in fields.items())
        for one in found.values()
    )
    if not sound:
        raise not_a_bundle("people.json")
    return dict(found)
