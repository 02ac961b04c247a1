"""Files that cannot be accepted are set aside with their reason; the stored file stays unchanged."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from examday.domain.errors import MachineTrouble
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import ScanState
from examday.services.scans.storing import plain_name
from examday.services.unit_of_work import WORKER, Store
from examday.settings import Settings
from examday.storage.objects.base import Lost
from examday.storage.objects.opened import originals
from examday.storage.tables import ScanFile


def problem(
    code: str,
    message: str,
    advice: str,
    **params: object,
) -> dict[str, object]:
    """What went wrong with a file, as stored: code, msgids and values."""
    return {"code": code, "message": message, "advice": advice, "params": params}


REFUSED = {
    "not-a-file": (
        N_("Links, pipes and the like are not taken."),
        N_("Put the file itself into the folder."),
    ),
    "file-too-large": (
        N_("The file is far too large for a scan."),
        N_("Scan one sheet at 300 dpi; an A3 page then takes 1 to 5 megabytes."),
    ),
    "no-point": (
        N_("Nobody has said of which exam point this file is."),
        N_("Put it into the sub-folder that is called by the code of its point."),
    ),
    "processing-failed": (
        N_("Looking at the file failed again and again."),
        N_("Scan the sheet again. The file is kept; `examday requeue` tries it once more."),
    ),
    "original-lost": (
        N_("The stored file is missing or damaged."),
        N_("Call the technical specialist; restore the backup, then `examday requeue`."),
    ),
    MachineTrouble.code: (
        N_("This computer could not open the file, tried several times; the file is not at fault."),
        N_(
            "The file is kept. Close other programs or restart the computer, "
            "then press «Try again»."
        ),
    ),
}


AGAIN = frozenset({"processing-failed", "original-lost", MachineTrouble.code})
"""Codes of what may be over by now. The same bytes are as damaged at the next look: a person who is
offered another try would press, wait, and read the same."""


def may_help(scan: ScanFile) -> bool:
    """Whether another look at this file may end otherwise than the last one did."""
    waits = scan.state in (ScanState.QUARANTINED, ScanState.POSTPONED)
    return waits and bool(scan.sha256) and scan.problem.get("code") in AGAIN


def quarantine_path(settings: Settings, scan_id: str, name: str) -> Path:
    """Return where a refused file lies for people to look at.

    The scan's number stands before the name, within 255 bytes.
    """
    settings.quarantine.mkdir(parents=True, exist_ok=True)
    safe = plain_name(name).replace("/", "_").replace(os.sep, "_")
    while len(f"{scan_id[:8]}-{safe}".encode()) > 240:
        safe = safe[1:]
    return settings.quarantine / f"{scan_id[:8]}-{safe}"


def quarantine(
    store: Store,
    scan: ScanFile,
    code: str,
    message: str,
    advice: str,
    params: dict[str, object],
) -> None:
    """Set a bad file aside.

    At a station a copy lies in a folder for people; the original stays unchanged in the store.
    """
    if store.settings.bucket is None:
        _lay_out(store.settings, scan)
    with store.begin(WORKER) as uow:
        row = uow.session.get(ScanFile, scan.id, with_for_update=True)
        if row is None or row.state != ScanState.QUEUED:
            return
        row.state, row.done_at, row.pages = ScanState.QUARANTINED, uow.now(), 0
        row.problem = problem(code, message, advice, **params)
        uow.record(Event.SCAN_QUARANTINED, f"scan:{scan.id}", code=code)


def _lay_out(settings: Settings, scan: ScanFile) -> None:
    """Lay a copy where people can look at it; in a region no person sees a worker's folder."""
    target = quarantine_path(settings, scan.id, scan.name)
    # An error is passed over here, because the original is safe in the store without it.
    with suppress(OSError, Lost), originals(settings).as_file(scan.sha256) as whole:
        shutil.copyfile(whole, target)


def give_up(store: Store, scan_id: str) -> None:
    """The job was tried too often: the file is set aside and says so."""
    with store.read() as uow:
        scan = uow.get(ScanFile, scan_id)
    quarantine(store, scan, "processing-failed", *REFUSED["processing-failed"], {})


def postpone(store: Store, scan_id: str) -> None:
    """The computer could not look at the file again and again: a person is asked.

    The file is not set aside.
    """
    message, advice = REFUSED[MachineTrouble.code]
    with store.begin(WORKER) as uow:
        row = uow.session.get(ScanFile, scan_id, with_for_update=True)
        if row is None or row.state != ScanState.QUEUED:
            return
        row.state, row.problem = ScanState.POSTPONED, problem(MachineTrouble.code, message, advice)
        uow.record(Event.SCAN_POSTPONED, f"scan:{scan_id}", code=MachineTrouble.code)
