"""Bundles that came to the centre by its pages, until a person has said yes and they are taken in."""

import hashlib
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import delete, select

from examday.domain.errors import Conflict, NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.travel.delivery import Step
from examday.services.people.sites import require_region
from examday.services.scans.storing import check_space, open_regular, plain_name
from examday.services.travel.waiting import looking
from examday.services.unit_of_work import WORKER, Store, UnitOfWork
from examday.settings import Settings
from examday.storage.objects.opened import uploads
from examday.storage.tables_waiting import Delivery

KEEP = timedelta(days=1)
"""A bundle holds names of candidates: nobody keeps it here for longer than its yes may take."""


def folder(settings: Settings) -> Path:
    """Where bundles may be laid that are too large for a browser."""
    return settings.data / "bundles"


def in_folder(store: Store) -> list[tuple[str, int]]:
    """Name and size of the files that lie there; a link is none."""
    there = folder(store.settings)
    files = (path for path in there.glob("*.zip") if path.is_file() and not path.is_symlink())
    return sorted((path.name, path.stat().st_size) for path in files)


def keep_file(store: Store, actor: Actor, name: str) -> str:
    """Keep a copy of a file of the folder; NotFound where it is not there."""
    if name not in dict(in_folder(store)):
        raise NotFound(
            N_("There is no such file in the folder any more."),
            advice=N_("Look at what lies there now, and choose again."),
        )
    with open_regular(folder(store.settings) / name) as source:
        return keep(store, actor, name, source)


def keep(
    store: Store,
    actor: Actor,
    name: str,
    source: IO[bytes],
) -> str:
    """Look at a bundle and keep it until somebody says yes; the id of the delivery.

    One that would be refused is not kept. Errors: those of `looking.look`, DiskFull, NotFound where
    this is no region.
    """
    with store.read(actor) as uow:
        require_region(uow)
    sweep(store)
    with uploads(store.settings).part() as path:
        with path.open("xb") as out:
            _copy(store.settings, source, out)
        seen = looking.look(store, actor, path)
        with path.open("rb") as whole:
            sha256 = hashlib.file_digest(whole, "sha256").hexdigest()
        told = {"sha256": sha256, "size": path.stat().st_size, "seen": asdict(seen)}
        # The row first: bytes that no row names would be swept away by nobody.
        with store.begin(actor) as uow:
            made = uow.add(Delivery(name=plain_name(name), at=uow.now(), **told))
            uow.session.flush()
            key = made.id
        with path.open("rb") as whole:
            uploads(store.settings).put(whole)
    return key


def _copy(settings: Settings, source: IO[bytes], out: IO[bytes]) -> None:
    """In pieces, and not beyond the reserve of the disk."""
    while block := source.read(1 << 20):
        check_space(settings, len(block))
        out.write(block)


def find(uow: UnitOfWork, key: str) -> Delivery:
    """A delivery; NotFound where it was taken away or is another installation's."""
    require_region(uow)
    found = uow.session.get(Delivery, key)
    if found is None:
        raise NotFound(
            N_("This file is not here any more."),
            advice=N_("Send the file again. What was taken in stands in the list of the stations."),
        )
    return found


def forget(store: Store, actor: Actor, key: str) -> None:
    """Put a bundle away. Conflict where somebody has said yes to it meanwhile: it is being taken in."""
    with store.begin(actor) as uow:
        held = uow.hold(Delivery, key)
        require_region(uow)
        if held.step != Step.WAITS:
            raise Conflict(
                N_("Somebody has said yes to this file meanwhile."),
                code="agreed",
                advice=N_("It was not put away. Its page says what became of it."),
            )
        sha256 = held.sha256
        uow.session.delete(held)
    let_go(store, sha256)


def let_go(store: Store, sha256: str) -> None:
    """Remove the bytes, unless the same file waits once more."""
    steps = (Step.WAITS, Step.ASKED)
    with store.read() as uow:
        of = select(Delivery.id).where(Delivery.sha256 == sha256, Delivery.step.in_(steps))
        wanted = uow.session.scalar(of.limit(1))
    if wanted is None:
        uploads(store.settings).remove(sha256)


def sweep(store: Store) -> None:
    """Throw away what came more than a day ago; what is being taken in stays."""
    with store.begin(WORKER) as uow:
        old = (Delivery.at < uow.now() - KEEP, Delivery.step != Step.ASKED)
        # One statement: whoever says yes meanwhile is either before it or finds nothing.
        gone = delete(Delivery).where(*old).returning(Delivery.sha256)
        late = uow.session.scalars(gone, execution_options={"synchronize_session": False}).all()
    for sha256 in late:
        let_go(store, sha256)
