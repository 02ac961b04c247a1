"""Files come in: stored unchanged first, recorded second, looked at third (`files.opening`).

Each step may be repeated without harm.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import IO

from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ScanState
from examday.services.people.sites import require_point
from examday.services.scans.files.duplicates import close_as_duplicate, same_bytes
from examday.services.scans.files.special import HOT_FOLDER, refuse_special
from examday.services.scans.storing import StillChanging, check_space, open_regular, plain_name
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import Stored, originals
from examday.storage.tables import ScanFile

LARGEST_FILE = 512 * 1024 * 1024
"""Bytes. What is larger is no scan and is not even stored; the reader's own limit is much lower."""


def new_batch() -> str:
    """The id under which files that are sent in together can be watched together."""
    return secrets.token_hex(16)


def receive_file(
    store: Store,
    path: Path,
    source: str = "inbox",
    actor: Actor = HOT_FOLDER,
    batch: str = "",
) -> str:
    """Take one finished file: store it, record it, then remove it.

    Returns the scan's id; a crash in between only means that the same id is found at the next try.
    Raises DomainError or OSError when the file has to stay.
    """
    with open_regular(path) as file:
        before = os.fstat(file.fileno())
        if before.st_size > LARGEST_FILE:
            return refuse_special(store, path, "file-too-large")
        check_space(store.settings, before.st_size)
        stored = originals(store.settings).put(file)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillChanging()
    mark = f"{before.st_ino}:{before.st_mtime_ns}:{os.fsencode(path.name)!r}"
    scan_id = _record(store, actor, stored, path.name, source, batch, mark)
    with suppress(FileNotFoundError):
        if path.lstat().st_ino == before.st_ino:
            path.unlink()
    return scan_id


def receive_stream(
    store: Store,
    actor: Actor,
    stream: IO[bytes],
    name: str,
    batch: str,
) -> str:
    """Take one uploaded file.

    Sending the same batch twice is harmless: the id follows from batch, name and bytes.
    """
    check_space(store.settings, 0)
    stored = originals(store.settings).put(stream)
    return _record(store, actor, stored, name, "upload", batch, f"{batch}:{name}")


def _record(
    store: Store,
    actor: Actor,
    stored: Stored,
    name: str,
    source: str,
    batch: str,
    mark: str,
) -> str:
    """The scan's row and event, and its job; or the row that is there already."""
    scan_id = hashlib.sha256(f"{mark}:{stored.sha256}".encode()).hexdigest()[:32]
    with store.begin(actor) as uow:
        require_point(uow)
        # Two files with the same bytes that come at once: the later one must see the first.
        uow.queue(f"scan {stored.sha256}")
        if uow.session.get(ScanFile, scan_id) is not None:
            return scan_id
        person = None if actor.is_program else actor.person_id
        scan = uow.add(
            ScanFile(
                id=scan_id,
                name=plain_name(name),
                source=source,
                batch=batch,
                sha256=stored.sha256,
                size=stored.size,
                state=ScanState.QUEUED,
                problem={},
                person_id=person,
                received_at=uow.now(),
            )
        )
        first = same_bytes(uow, scan)
        if first is None:
            uow.enqueue(Task.TAKE_IN, scan_id)
        else:
            close_as_duplicate(uow, scan, first)
        uow.record(
            Event.SCAN_RECEIVED,
            f"scan:{scan_id}",
            sha256=stored.sha256,
            size=stored.size,
            source=source,
            state=scan.state,
        )
    return scan_id
