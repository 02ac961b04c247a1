"""What lies in the hot folder and is no scan at all: links, pipes, files far too large."""

import hashlib
import os
from pathlib import Path

from examday.domain.events import Event
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ScanState
from examday.services.scans.files.setting_aside import REFUSED, problem, quarantine_path
from examday.services.scans.storing import plain_name
from examday.services.unit_of_work import Store
from examday.storage.durable import sync_folder
from examday.storage.tables import ScanFile

HOT_FOLDER = Actor.system("hot-folder")


def refuse_special(store: Store, path: Path, code: str = "not-a-file") -> str:
    """Record why this is no scan at all, then move it out of the hot folder, unopened.

    A crash in between only means that it is still there, and is the same one at the next look.
    """
    seen = path.lstat()
    mark = f"{seen.st_dev}:{seen.st_ino}:{seen.st_mtime_ns}:{os.fsencode(path.name)!r}"
    scan_id = hashlib.sha256(mark.encode()).hexdigest()[:32]
    target = quarantine_path(store.settings, scan_id, path.name)
    # The record comes first: what was moved and then not recorded nobody would ever look for.
    _record(store, scan_id, path.name, code)
    path.rename(target)
    sync_folder(target.parent)
    return scan_id


def _record(
    store: Store,
    scan_id: str,
    name: str,
    code: str,
) -> None:
    """The row and event of what was refused, once."""
    message, advice = REFUSED[code]
    with store.begin(HOT_FOLDER) as uow:
        uow.queue(f"scan {scan_id}")
        if uow.session.get(ScanFile, scan_id) is not None:
            return
        uow.add(
            ScanFile(
                id=scan_id,
                name=plain_name(name),
                source="inbox",
                sha256="",
                size=0,
                pages=0,
                state=ScanState.QUARANTINED,
                problem=problem(code, message, advice),
                received_at=uow.now(),
                done_at=uow.now(),
            )
        )
        uow.record(Event.SCAN_QUARANTINED, f"scan:{scan_id}", code=code)
