"""Files come in: stored unchanged first, recorded second, looked at third.

Each step may be repeated without harm.
"""

import hashlib
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import select

from examday.domain.errors import Conflict, MachineTrouble
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import PageState, ScanState
from examday.reading import sandbox
from examday.reading.guards import BadFile
from examday.services.scans import attachment
from examday.services.scans.making import halves
from examday.services.scans.storing import check_space, plain_name
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.base import new_id
from examday.storage.durable import sync_folder
from examday.storage.objects import Objects, Stored, open_regular
from examday.storage.tables import Page, ScanFile

HOT_FOLDER = Actor.system("hot-folder")
WORKER = Actor.system("worker")
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes. What is larger is no scan and is not even stored; the reader's own limit is much lower."""
DECODE_S, DECODE_MB = 60.0, 1536


class StillChanging(Conflict):
    """The file was written to while it was being read."""

    code = "still-changing"
    message = N_("The file was still being written.")
    advice = N_("It is taken as soon as it is complete.")


def new_batch() -> str:
    """The id under which files that are sent in together can be watched together."""
    return new_id()


def receive_file(
    store: Store, path: Path, source: str = "inbox", actor: Actor = HOT_FOLDER, batch: str = ""
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
        stored = Objects(store.settings.objects).put(file)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillChanging()
    mark = f"{before.st_ino}:{before.st_mtime_ns}:{os.fsencode(path.name)!r}"
    scan_id = _record(store, actor, stored, path.name, source, batch, mark)
    with suppress(FileNotFoundError):
        if path.lstat().st_ino == before.st_ino:
            path.unlink()
    return scan_id


def receive_stream(store: Store, actor: Actor, stream: IO[bytes], name: str, batch: str) -> str:
    """Take one uploaded file.

    Sending the same batch twice is harmless: the id follows from batch, name and bytes.
    """
    check_space(store.settings, 0)
    stored = Objects(store.settings.objects).put(stream)
    return _record(store, actor, stored, name, "upload", batch, f"{batch}:{name}")


def _record(
    store: Store, actor: Actor, stored: Stored, name: str, source: str, batch: str, mark: str
) -> str:
    """The scan's row and event, and its job; or the row that is there already."""
    scan_id = hashlib.sha256(f"{mark}:{stored.sha256}".encode()).hexdigest()[:32]
    with store.begin(actor) as uow:
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
        first = _same_bytes(uow, scan)
        if first is None:
            uow.enqueue(Task.TAKE_IN, scan_id)
        else:
            _close_as_duplicate(uow, scan, first)
        uow.record(
            Event.SCAN_RECEIVED,
            f"scan:{scan_id}",
            sha256=stored.sha256,
            size=stored.size,
            source=source,
            state=scan.state,
        )
    return scan_id


def _same_bytes(uow: UnitOfWork, scan: ScanFile) -> ScanFile | None:
    """An earlier file with the very same bytes that was accepted or still waits."""
    return uow.session.scalars(
        select(ScanFile)
        .where(
            ScanFile.sha256 == scan.sha256,
            ScanFile.id != scan.id,
            ScanFile.state.in_((ScanState.QUEUED, ScanState.POSTPONED, ScanState.DONE)),
        )
        .order_by(ScanFile.received_at, ScanFile.id)
    ).first()


def _close_as_duplicate(uow: UnitOfWork, scan: ScanFile, first: ScanFile) -> None:
    scan.state, scan.done_at, scan.pages = ScanState.DUPLICATE, uow.now(), 0
    scan.problem = problem(
        "duplicate-file",
        N_("The very same file came in before, as «%(first)s»."),
        N_("Nothing needs to be done: its pages were counted once."),
        first=first.name,
    )


def problem(code: str, message: str, advice: str, **params: object) -> dict[str, object]:
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


def refuse_special(store: Store, path: Path, code: str = "not-a-file") -> str:
    """Move what is no scan at all out of the hot folder, unopened, and record why."""
    scan_id = new_id()
    message, advice = REFUSED[code]
    target = quarantine_path(store.settings, scan_id, path.name)
    path.rename(target)
    sync_folder(
        target.parent
    )  # the record below must not speak of a file that a power cut takes back
    with store.begin(HOT_FOLDER) as uow:
        uow.add(
            ScanFile(
                id=scan_id,
                name=plain_name(path.name),
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
    return scan_id


def quarantine_path(settings: Settings, scan_id: str, name: str) -> Path:
    """Return where a refused file lies for people to look at.

    The scan's number stands before the name, within 255 bytes.
    """
    settings.quarantine.mkdir(parents=True, exist_ok=True)
    safe = plain_name(name).replace("/", "_").replace(os.sep, "_")
    while len(f"{scan_id[:8]}-{safe}".encode()) > 240:
        safe = safe[1:]
    return settings.quarantine / f"{scan_id[:8]}-{safe}"


def process(store: Store, scan_id: str) -> None:
    """Look at one stored file: decode it in a child with limits, write previews, place its pages.

    A file that cannot be accepted goes to quarantine; MachineTrouble says nothing against the file.
    Twice, or at once in two workers, has the effect of once.
    """
    with store.read() as uow:
        scan = uow.get(ScanFile, scan_id)
    if scan.state != ScanState.QUEUED:
        return
    objects = Objects(store.settings.objects)
    if not objects.intact(scan.sha256):
        return quarantine(store, scan, "original-lost", *REFUSED["original-lost"], {})
    try:
        pages = decode(store.settings, objects.path(scan.sha256), scan.sha256)
    except BadFile as bad:
        return quarantine(store, scan, bad.code, bad.message, bad.advice, bad.params)
    for _attempt in range(5):
        with suppress(
            Conflict
        ):  # somebody moved a booklet meanwhile: look again at what is true now
            return _place(store, scan_id, pages)
    _place(store, scan_id, pages)


def decode(settings: Settings, original: Path, sha256: str) -> list[sandbox.PageInfo]:
    """Decode and identify.

    The pictures end up in the derived folder of the file, complete or not at all.
    """
    final = settings.derived_of(sha256)
    work = settings.derived / f".{new_id()}"
    try:
        pages = sandbox.inspect(
            original, work, cpu_s=DECODE_S, memory_mb=DECODE_MB, forms=settings.forms
        )
        for page in pages:
            os.chmod(page.grey, 0o400)
            os.chmod(page.preview, 0o600)
        final.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # another worker made the same pictures: either set will do
            work.rename(final)
        if not final.is_dir():
            raise MachineTrouble(params={"what": "rename"})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return pages


def _place(store: Store, scan_id: str, pages: Sequence[sandbox.PageInfo]) -> None:
    """All pages of the file find their place in one transaction: pages in = pages out."""
    with store.begin(WORKER) as uow:
        scan = uow.session.get(ScanFile, scan_id, with_for_update=True)
        # Another worker may have been quicker: twice has the effect of once.
        if scan is None or scan.state != ScanState.QUEUED:
            return
        first = _same_bytes(uow, scan)
        if first is not None and (first.received_at, first.id) < (scan.received_at, scan.id):
            _close_as_duplicate(uow, scan, first)
            uow.record(Event.SCAN_DUPLICATE, f"scan:{scan_id}")
            return
        placed = []
        for info in pages:
            page = uow.add(
                Page(
                    id=hashlib.sha256(f"{scan_id}:{info.number}".encode()).hexdigest()[:32],
                    scan_file_id=scan_id,
                    number=info.number,
                    state=PageState.EXCEPTION,
                    code=None,
                    problems=[],
                    at=uow.now(),
                    identity={
                        **info.identity,
                        "width": info.width,
                        "height": info.height,
                        "dpi": info.dpi,
                    },
                    image_sha256=_picture_digest(store.settings, scan.sha256, info.number),
                )
            )
            placed.append(page)
        attachment.place_all(uow, placed)
        halves.ask_to_join(uow, placed)
        scan.state, scan.pages, scan.done_at = ScanState.DONE, len(pages), uow.now()
        uow.record(Event.SCAN_DONE, f"scan:{scan_id}", pages=len(pages))


def _picture_digest(settings: Settings, sha256: str, number: int) -> str:
    return hashlib.sha256(
        (settings.derived_of(sha256) / f"{number}.grey.jpg").read_bytes()
    ).hexdigest()


def quarantine(
    store: Store, scan: ScanFile, code: str, message: str, advice: str, params: dict[str, object]
) -> None:
    """Set a bad file aside.

    A copy and its plain reason are for people; the original stays unchanged in the store.
    """
    target = quarantine_path(store.settings, scan.id, scan.name)
    # The copy is for people to look at; the original is safe in the store without it.
    with suppress(OSError):
        shutil.copyfile(Objects(store.settings.objects).path(scan.sha256), target)
    with store.begin(WORKER) as uow:
        row = uow.session.get(ScanFile, scan.id, with_for_update=True)
        if row is None or row.state != ScanState.QUEUED:
            return
        row.state, row.done_at, row.pages = ScanState.QUARANTINED, uow.now(), 0
        row.problem = problem(code, message, advice, **params)
        uow.record(Event.SCAN_QUARANTINED, f"scan:{scan.id}", code=code)


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


def requeue(store: Store, scan_id: str, actor: Actor) -> None:
    """Look at a quarantined or postponed file once more, for instance after a repair."""
    with store.begin(actor) as uow:
        scan = uow.hold(ScanFile, scan_id)
        if scan.state not in (ScanState.QUARANTINED, ScanState.POSTPONED) or not scan.sha256:
            raise Conflict(
                N_("Only a quarantined file can be tried again."), code="not-quarantined"
            )
        scan.state, scan.done_at, scan.pages, scan.problem = ScanState.QUEUED, None, None, {}
        uow.enqueue(Task.TAKE_IN, scan_id)
        uow.record(Event.SCAN_REQUEUED, f"scan:{scan_id}")
