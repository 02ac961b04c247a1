"""The hot folder and its files.

Which files in it are scans, which are left alone and why, and what people see of it on «Scans».
"""

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from examday.domain.messages import N_
from examday.reading import ends
from examday.services.scans.storing import open_regular
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import ScanFile

DEEPEST = 3
"""Folders in folders that are looked into, for a tree may have no end. What lies deeper is named on
«Scans», so that nothing waits there unseen."""
UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".partial", ".filepart", "~")
"""So programs name a file while they write it: half a scan would be taken for a damaged one."""
ORDINARY = frozenset({"thumbs.db", "desktop.ini", ".ds_store", ".gitkeep"})
"""Files that a system or a fresh checkout lays into every folder; nobody meant them as scans."""
NOT_SCANS = frozenset({"@eadir", "#recycle", "$recycle.bin", "lost+found", "#snapshot"})
"""Folders of a network storage or a file system: previews, waste, fragments. Never scans."""
SILENT = frozenset({"storage", "ours"})
"""Reasons that nobody needs to hear of: it is always so."""
TOLD_AFTER = dt.timedelta(minutes=2)
"""A file that has waited so long is named on «Scans»: its writer has probably died."""
REASONS = {
    "hidden": N_("its name begins with a dot"),
    "deep": N_("it lies too deep: more than three folders down"),
    "unfinished": N_("its name says that it is still being written"),
    "empty": N_("it is empty"),
    "unread": N_("it cannot be read: look at its rights and at the disk"),
    "no-end": N_("its end is missing: it is still being written, or was cut off"),
}


@dataclass(frozen=True)
class LeftAlone:
    """A file that is not taken, with the code of the reason."""

    name: str
    why: str


@dataclass(frozen=True)
class Folder:
    """The folder as «Scans» shows it. `last`: when the last file came out of it."""

    readable: bool
    writable: bool
    rest_s: int
    last: dt.datetime | None
    """None: nothing has ever come out of it, so it may be the wrong folder."""
    left_alone: tuple[LeftAlone, ...]


def why_ignored(name: str) -> str:
    """Code of the reason for which a name is never a finished scan; "" when it may be one."""
    lower = name.lower()
    if lower in NOT_SCANS:
        return "storage"
    if lower in ORDINARY:
        return "ours"
    if lower.endswith(UNFINISHED) or name.startswith("~$"):
        return "unfinished"
    return "hidden" if name.startswith(".") else ""


def has_end(path: Path) -> bool | None:
    """Whether the file ends as its format does. None for formats without an end mark."""
    with open_regular(path) as file:
        return ends.has_end(file, os.fstat(file.fileno()).st_size)


def point_of(store: Store, path: Path) -> str | None:
    """Whose file this is: in a region each point has a sub-folder that is called by its code.

    "" at a station; None where it lies in no point's folder, and nobody knows.
    """
    _installation, *points = store.sites()
    folder = path.relative_to(store.settings.inbox).parts[0]
    if not points:
        return ""
    return folder if folder in points and folder != path.name else None


def look(uow: UnitOfWork) -> Folder:
    """What is to be said of the folder now."""
    inbox, now = uow.settings.inbox, uow.now()
    last = uow.session.scalar(
        select(func.max(ScanFile.received_at)).where(ScanFile.source == "inbox")
    )
    left = [
        LeftAlone(str(path.relative_to(inbox)), why) for path, why in _left_alone(inbox, 0, now)
    ]
    return Folder(
        os.access(inbox, os.R_OK | os.X_OK),
        os.access(inbox, os.W_OK | os.X_OK),
        uow.settings.rest_s,
        last,
        tuple(left),
    )


def _left_alone(folder: Path, depth: int, now: dt.datetime) -> Iterator[tuple[Path, str]]:
    """Files and folders that are not taken, with the code of the reason.

    Those that may still be finished only after a while.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda one: os.fsencode(one.name))
    except FileNotFoundError:
        return
    except OSError:
        # Of the hot folder itself «Scans» tells more: whether it can be read and written.
        yield from [(folder, "unread")] if depth else []
        return
    for entry in entries:
        # It may be gone since the folder was listed.
        with contextlib.suppress(FileNotFoundError):
            yield from _of_entry(entry, depth, now)


def _of_entry(
    entry: "os.DirEntry[str]", depth: int, now: dt.datetime
) -> Iterator[tuple[Path, str]]:
    path, why = Path(entry.path), why_ignored(entry.name)
    if why in SILENT:
        return
    if entry.is_dir(follow_symlinks=False) and not why:
        yield from [(path, "deep")] if depth >= DEEPEST else _left_alone(path, depth + 1, now)
    elif why == "hidden":
        yield path, why
    elif entry.is_file(follow_symlinks=False) and _old(entry, now):
        why = why or _unready(path, entry.stat(follow_symlinks=False).st_size)
        if why:
            yield path, why


def _old(entry: "os.DirEntry[str]", now: dt.datetime) -> bool:
    written = dt.datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, dt.UTC)
    return now - written >= TOLD_AFTER


def _unready(path: Path, size: int) -> str:
    if size == 0:
        return "empty"
    try:
        return "no-end" if has_end(path) is False else ""
    except FileNotFoundError:
        raise
    except OSError:
        return "unread"
