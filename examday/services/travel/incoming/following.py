"""Whether the entries of a bundle follow what is here of the station's chain."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from examday.domain.errors import Conflict, Invalid
from examday.domain.ledger import GENESIS, Entry, canonical
from examday.domain.messages import N_
from examday.domain.travel import history
from examday.domain.travel.clock import time_of
from examday.domain.travel.manifest import Manifest, not_a_bundle
from examday.services.ledger.writing import chain_of, of_chain
from examday.services.travel.incoming.opened import Opened, place
from examday.services.travel.incoming.sender import Known
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow

FIELDS: dict[str, type] = {
    "seq": int,
    **dict.fromkeys(("at", "kind", "actor", "subject", "prev", "hash"), str),
    **dict.fromkeys(("data", "rows"), dict),
}


class Fork(Exception):
    """The station has two histories; told by `error`, and noted as an alarm."""

    def __init__(self, error: Conflict, entry: int, theirs: str) -> None:
        super().__init__(entry)
        self.error, self.entry, self.theirs = error, entry, theirs


class Gap(Exception):
    """Entries before the bundle are missing; told by `error`, and noted until they come."""

    def __init__(self, error: Conflict, first: int, last: int) -> None:
        super().__init__(first, last)
        self.error, self.first, self.last = error, first, last


def follow(store: Store, bundle: Opened, known: Known) -> history.Follower:
    """Follow the entries of the bundle from those that are here.

    Gap for missing entries, Fork for another history, Invalid where they are no chain.
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
        raise _gap(known.last + 1, said)
    return found


def _gap(missing: int, said: Manifest) -> Gap:
    return Gap(
        Conflict(
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
                "missing": missing,
                "until": said.first - 1,
                "first": said.first,
                "last": said.last,
            },
        ),
        missing,
        said.first - 1,
    )


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
                sound = canonical(said).encode() + b"\n" == line and _is_entry(said)
                entry = Entry(**said) if sound else None
            except (ValueError, TypeError, RecursionError):
                entry = None
        if entry is None:
            raise not_a_bundle("ledger.jsonl")
        yield entry


def _is_entry(said: Any) -> bool:
    """Whether all is of its kind: the database would keep a 1.0 as a 1, and the hash would be another."""
    return (
        set(said) == set(FIELDS)
        and all(type(said[name]) is kind for name, kind in FIELDS.items())
        and not any("\0" in said[name] for name, kind in FIELDS.items() if kind is str)
        and time_of(said["at"]) is not None
        and all(isinstance(digest, str) for digest in said["rows"].values())
    )


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
