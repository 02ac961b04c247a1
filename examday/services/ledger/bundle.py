"""Exports a zip that proves a booklet, or a whole day, without this program (docs/ledger-format.md).

The ledger goes in whole: its entries hold ids, codes and digests and no names, and only the whole
chain leads to the signed root. Rows and scans are those of the booklet or the day. Names of
candidates stay out unless asked for.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role, forbidden
from examday.services.appeals.removal import destroyed_digests
from examday.services.custody.booklets import require
from examday.services.ledger.audit_tables import snapshot
from examday.services.ledger.bundle_rows import gather
from examday.services.ledger.bundle_zip import write
from examday.services.ledger.checkpoints import checkpoint_row
from examday.services.unit_of_work import Store
from examday.storage.durable import put_in_place
from examday.storage.sites import of_site


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

    `what`: form code, booklet id, or day as YYYY-MM-DD.

    Errors: Forbidden (role), NotFound (no such booklet or day), Broken (an original is damaged).
    """
    with store.read(actor) as uow:
        require(uow, "ledger.export")
        # Commands run on the computer that holds the names anyway.
        if names and Role.SYSTEM not in actor.roles and not actor.may("names.see"):
            raise forbidden("names.see")
        at, gone = uow.now(), destroyed_digests(uow)
    # A bundle that was cut off must not look like one.
    partial = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            partial.open("wb") as out,
            snapshot(store) as connection,
            Session(connection) as session,
        ):
            of_site(session, store.site)
            contents = gather(session, what, names, store.settings.time_zone)
            contents.destroyed = gone
            said, signature = write(session, store, contents, at, out)
        put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    # Noted only when the file is whole and in its place.
    with store.at(contents.site).begin(actor) as uow:
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
        said["seq"],
        len(contents.scans()),
        said["code"],
        _digest(target),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
