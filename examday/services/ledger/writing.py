"""Writes the entries of one transaction at the end of a chain. Each site has a chain of its own."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, insert, select
from sqlalchemy.orm import Session

from examday.domain.events import Event
from examday.domain.ledger import GENESIS, Entry, canonical
from examday.storage.tables import EventRow

CLOCK_JITTER = dt.timedelta(seconds=5)
"""Writers of several processes may be this much apart; more means that the clock was set back."""
LOCK = 4_122_026  # any fixed number: the family of locks that put the writers of one chain in a row


class Said(NamedTuple):
    """What an entry is to say, and who did it."""

    kind: str
    subject: str
    data: dict[str, object]
    actor: str


def chain_of(site: str, station: str) -> str:
    """The name of a chain: of what is written here, the site's; «site/station» where it came in."""
    return f"{site}/{station}" if station else site


def parts_of(chain: str) -> tuple[str, str]:
    """Site and station of a chain; no station where it is written here."""
    site, _slash, station = chain.partition("/")
    return site, station


def of_chain(model: Any, chain: str) -> ColumnElement[bool]:
    """That rows of this table are of this chain."""
    site, station = parts_of(chain)
    return and_(model.site == site, model.chain == station)


# Every transaction that changes anything asks and writes these two while the next writer of the
# chain waits. On the connection itself they cost about half of what mapped rows in the session do.
_LAST = (
    select(EventRow.seq, EventRow.at, EventRow.hash)
    .where(EventRow.site == bindparam("site"), EventRow.chain == bindparam("station"))
    .order_by(EventRow.seq.desc())
    .limit(1)
)
_APPEND = insert(EventRow)
"""Made once: every transaction of the program ends with it."""
_END = "SELECT seq, at, hash FROM end_of_chain(%s, %s, %s, %s)"
"""Waits until nobody else writes the chain, then looks: PostgreSQL does both in one trip. One lock for
each chain: points of a region do not wait for each other."""


class Last(NamedTuple):
    """The end of a chain: number, time (ISO text) and hash of its last entry."""

    seq: int
    at: str
    hash: str


def last_entry(session: Session, chain: str) -> Last | None:
    """The last entry that a chain has so far."""
    site, station = parts_of(chain)
    row = session.connection().execute(_LAST, {"site": site, "station": station}).first()
    return Last(*row) if row else None


def hash_of(session: Session, chain: str, seq: int) -> str:
    """Hash of an entry; GENESIS before the first one, and where it is not here."""
    told = select(EventRow.hash).where(of_chain(EventRow, chain), EventRow.seq == seq)
    return session.scalar(told) or GENESIS


def write(
    session: Session,
    chain: str,
    said: Sequence[Said],
    rows: Mapping[str, str],
    now: Callable[[], dt.datetime],
) -> None:
    """Append entries to a chain; the last one holds the digests of the changed `rows`."""
    last = wait(session, chain)
    seq, prev = (last.seq, last.hash) if last else (0, GENESIS)
    actor = said[0].actor
    said = [*_beginning(last, chain, actor), *_clock_set_back(last, now(), actor), *said]
    stored = []
    for number, (kind, subject, data, actor) in enumerate(said, 1):
        # The digests stand in the last entry of a transaction: a row may change several times in it.
        digests = rows if number == len(said) else {}
        at = now().isoformat(timespec="microseconds")
        entry = Entry(seq + number, at, kind, actor, subject, data, digests, prev).sealed()
        stored.append(stored_row(entry, chain))
        prev = entry.hash
    session.connection().execute(_APPEND, stored)


def wait(session: Session, chain: str) -> Last | None:
    """Wait until nobody else writes this chain, keep the others waiting until the end, and return
    the chain's last entry.

    Two writers would take the same number. SQLite lets one write at a time anyway.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return last_entry(session, chain)
    row = connection.exec_driver_sql(_END, (LOCK, chain, *parts_of(chain))).first()
    return Last(*row) if row else None


def _beginning(last: Last | None, chain: str, actor: str) -> list[Said]:
    """The first entry of a site's chain says whose it is, so that two cannot be exchanged."""
    if last or not chain:
        return []
    return [Said(str(Event.SITE_BEGIN), f"site:{chain}", {}, actor)]


def _clock_set_back(last: Last | None, now: dt.datetime, actor: str) -> list[Said]:
    """Order is by number; that the times run backwards here must be explainable later."""
    if not last or dt.datetime.fromisoformat(last.at) - now <= CLOCK_JITTER:
        return []
    return [Said(str(Event.CLOCK_SET_BACK), "station:clock", {"before": last.at}, actor)]


def stored_row(entry: Entry, chain: str) -> dict[str, object]:
    """An entry as the table of entries keeps it."""
    site, station = parts_of(chain)
    return {
        "site": site,
        "chain": station,
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject,
        "data": canonical(entry.data),
        "rows": canonical(dict(entry.rows)),
        "prev": entry.prev,
        "hash": entry.hash,
    }
