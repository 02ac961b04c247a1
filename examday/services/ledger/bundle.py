"""Exports a zip that proves a booklet, or a whole day, without this program (docs/ledger-format.md).

With a day goes the whole ledger: its entries hold ids, codes and digests and no names. With a
booklet go its own entries, and what shows that they stand in the ledger: the same few kilobytes
after a day and after ten years. With one that came in go those of its station's ledger too. Names
of candidates stay out unless asked for.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role, forbidden
from examday.services.custody.booklets import require
from examday.services.ledger import bundle_came_in, bundle_zip, checkpoints, tree, writing
from examday.services.ledger.bundle_came_in import Others
from examday.services.ledger.bundle_proof import prove
from examday.services.ledger.bundle_rows import Contents, as_day, gather, site_of_what
from examday.services.ledger.checking.tables import snapshot
from examday.services.ledger.checkpoints import Statement, checkpoint_row
from examday.services.unit_of_work import Store
from examday.storage.durable import put_in_place
from examday.storage.sites import of_site
from examday.storage.tables import EventRow


@dataclass(frozen=True)
class Made:
    """A finished bundle."""

    path: Path
    booklets: int
    entries: int
    scans: int
    code: str
    sha256: str


def export(
    store: Store,
    actor: Actor,
    what: str,
    target: Path,
    names: bool = False,
) -> Made:
    """Write the bundle of `what` to `target`, then note it in the ledger.

    `what`: form code, booklet id, or day, 04.06.2026 or 2026-06-04.

    Errors: Forbidden (role), NotFound (no such booklet or day), Broken (an original is damaged).
    """
    with store.read(actor) as uow:
        require(uow, "ledger.export")
        # Commands run on the computer that holds the names anyway, so nothing is kept from them.
        if names and Role.SYSTEM not in actor.roles and not actor.may("names.see"):
            raise forbidden("names.see")
        at, own = uow.now(), store.at(site_of_what(uow.session, what))
    # A bundle that was cut off must not look like one.
    partial = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("wb") as out:
            make = _day if as_day(what) else _work
            contents, said, signature, entries = make(own, actor, what, names, at, out)
        put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    # Noted only when the file is whole and in its place.
    with own.begin(actor) as uow:
        uow.add(checkpoint_row(said, signature, at, contents.site))
        uow.record(
            Event.LEDGER_EXPORT,
            f"{contents.kind}:{contents.subject}",
            code=said["code"],
            names=names,
        )
    return Made(
        target,
        len(contents.of("booklet")),
        entries,
        len(contents.scans()),
        said["code"],
        _digest(target),
    )


Written = tuple[Contents, Statement, str, int]
"""What is in the bundle, what its checkpoint says, its signature, how many entries went along: told
while it is written, since the ledger is streamed once."""


def _day(
    store: Store,
    _actor: Actor,
    what: str,
    names: bool,
    at: dt.datetime,
    out: BinaryIO,
) -> Written:
    """The rows of a day, and the whole chain as it was at the same moment."""
    with store.read() as uow:
        zone = uow.zone
    with snapshot(store) as connection, Session(connection) as session:
        of_site(session, store.site)
        contents = gather(session, what, names, zone)
        said, signature = bundle_zip.write_whole(session, store, contents, at, out)
    return contents, said, signature, said["seq"]


def _work(
    store: Store,
    actor: Actor,
    what: str,
    names: bool,
    at: dt.datetime,
    out: BinaryIO,
) -> Written:
    """The rows of a work and the entries that prove them; the chain is told the root of its tree."""
    bundle_came_in.keep_trees(store, what)
    with store.begin(actor) as uow:
        # Nobody writes meanwhile: the rows are those of the last entry.
        writing.wait(uow.session, uow.site)
        # Others may have filled one more block before that.
        tree.keep(uow)
        contents = gather(uow.session, what, names, uow.zone)
        others = bundle_came_in.others(uow, contents) if contents.came_in else Others()
        size = checkpoints.last_entry(uow)[0]
        proof = prove(uow.session, contents, size, others.arrivals)
        roots = {"tree": proof.told["tree"], **others.roots()}
        uow.record(Event.LEDGER_TREE, f"tree:{size}", size=size, **roots)
    with store.read() as uow:
        entries = select(EventRow).where(EventRow.subject == f"tree:{size}")
        anchor = uow.session.scalars(entries.where(writing.of_chain(EventRow, uow.site))).one()
    short = bundle_zip.Short(contents, proof, anchor, others.proofs)
    said, signature = bundle_zip.write_short(store, short, at, out)
    parts = (proof, *others.proofs.values())
    return contents, said, signature, sum(len(part.entries) for part in parts) + 1


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
