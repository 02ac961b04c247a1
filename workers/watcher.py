"""The hot folder: takes each finished file of scans/inbox once.

It leaves alone what is still being written.
"""

import contextlib
import errno
import fcntl
import os
import queue
import signal
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from examday import alive, log
from examday.domain.errors import DomainError
from examday.domain.people.sites import EVERYWHERE
from examday.modes import private_files
from examday.services.scans import intake
from examday.services.scans.files import special
from examday.services.scans.hot_folder import DEEPEST, has_end, point_of, why_ignored
from examday.services.scans.storing import open_regular
from examday.services.unit_of_work import Store
from examday.settings import Settings

SWEEP_S = 2.0
"""Between two looks at the folder without news from the kernel: network shares send none."""
QUICK_S = 0.2
"""Between two looks while a file may just be finished; a scanner's operator waits for it."""
QUIET_S = 0.8
"""A finished file has rested this long: programs that add page after page close the file in
between."""
QUIET_UNSEEN_S = 5.0
"""The same where the kernel cannot tell whether somebody still writes (network shares). A format
without an end mark (TIFF) rests as long as the setting `rest_s` says: a page may still come."""
RETRY_S = 15.0
"""A file that could not be taken (full disk, busy database) is tried again after so long."""
GIVE_WAY_S = 120.0
"""A file without its format's end is taken all the same after so long: the intake then sets it
aside as damaged, where people see it. An empty one is only named on «Scans»."""
logger = log.get("watcher")


@dataclass(frozen=True)
class Look:
    """What a file looked like: two equal looks mean that it rests."""

    size: int
    mtime_ns: int
    inode: int
    """A file that was replaced under its name may have the same size and time."""


@dataclass(frozen=True)
class Rest:
    """Since when (monotonic seconds) a file has looked like this."""

    look: Look
    since: float
    """Monotonic, because the clock of a laptop may be set while a file is being written."""


class HotFolder:
    """The sweep and its memory.

    `take` receives one finished file; it raises when the file has to stay.
    """

    def __init__(
        self,
        folder: Path,
        take: Callable[[Path], None],
        refuse: Callable[[Path], None],
        rest_s: float = 0.0,
    ) -> None:
        self._folder, self._take, self._refuse, self._rest_s = folder, take, refuse, rest_s
        self._rests: dict[Path, Rest] = {}
        self._not_before: dict[Path, float] = {}

    def turn(self) -> int:
        """Look at every file once; take those that have not changed since the last look.

        How many were taken.
        """
        taken = 0
        found = list(self._files(self._folder, 0))
        for path in found:
            if self._not_before.get(path, 0) <= time.monotonic() and self._try(path):
                taken += 1
        # Of files that are gone nothing is kept: a later one of the same name is a new one.
        present = set(found)
        self._rests = {path: rest for path, rest in self._rests.items() if path in present}
        self._not_before = {
            path: when for path, when in self._not_before.items() if path in present
        }
        return taken

    @property
    def unsettled(self) -> bool:
        """Whether there is a file that was seen once and may be finished."""
        return any(self._not_before.get(path, 0) <= time.monotonic() for path in self._rests)

    def _try(self, path: Path) -> bool:
        look, now = _look(path), time.monotonic()
        if look is None:
            return False
        rest = self._rests.get(path)
        if rest is None or rest.look != look:
            self._rests[path] = Rest(look, now)
            return False
        # An empty file is never taken; it is only named on «Scans».
        if (
            look.size == 0
            or now - rest.since < QUIET_S
            or not self._finished(path, now - rest.since)
        ):
            return False
        try:
            self._take(path)
        except (DomainError, OSError) as error:
            logger.warning(
                "a file stays in the hot folder for now",
                code=getattr(error, "code", type(error).__name__),
            )
            self._not_before[path] = time.monotonic() + RETRY_S
            return False
        return True

    def _finished(self, path: Path, rested: float) -> bool:
        """Whether nobody is writing the file any more, as far as can be told."""
        written = open_for_writing(path)
        if written or (written is None and rested < QUIET_UNSEEN_S):
            return False
        try:
            ended = has_end(path)
        except OSError:
            return False
        return ended or rested >= (GIVE_WAY_S if ended is False else self._rest_s)

    def _files(self, folder: Path, depth: int) -> list[Path]:
        """Regular files, sub-folders included; links and special files are refused on sight."""
        files: list[Path] = []
        # What holds one sub-folder shut keeps no file of the others back; «Scans» names it.
        harmless = OSError if depth else FileNotFoundError
        with contextlib.suppress(harmless), os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda one: os.fsencode(one.name)):
                path = Path(entry.path)
                if why_ignored(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if depth < DEEPEST:
                        files += self._files(path, depth + 1)
                elif entry.is_file(follow_symlinks=False):
                    files.append(path)
                else:
                    with contextlib.suppress(DomainError, OSError):
                        self._refuse(path)
        return files


def _look(path: Path) -> Look | None:
    try:
        seen = path.lstat()
    except OSError:
        # It may be gone since the folder was listed.
        return None
    return Look(seen.st_size, seen.st_mtime_ns, seen.st_ino) if stat.S_ISREG(seen.st_mode) else None


def open_for_writing(path: Path) -> bool | None:
    """Whether somebody on this machine has the file open for writing.

    The kernel grants a read lease only when nobody has. None where leases do not exist (network
    shares).
    """
    try:
        with open_regular(path) as file:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    return False


class _Wake(FileSystemEventHandler):
    """Wakes the sweep when a file was closed after writing or moved in; the sweep itself decides."""

    def __init__(self, wake: "queue.SimpleQueue[None]") -> None:
        self._wake = wake

    def on_closed(self, event: FileSystemEvent) -> None:
        self._wake.put(None)

    def on_moved(self, event: FileSystemEvent) -> None:
        self._wake.put(None)


def main() -> None:
    """Watch until SIGTERM.

    The sweep every two seconds finds what inotify does not tell (network shares).
    """
    private_files()
    log.configure("watcher")
    settings = Settings.from_env()
    settings.make_folders()
    store = Store(settings)
    folder = HotFolder(
        settings.inbox,
        lambda path: take(store, path),
        lambda path: refuse(store, path),
        settings.rest_s,
    )
    stop = threading.Event()
    wake: queue.SimpleQueue[None] = queue.SimpleQueue()

    def _stop(*_: object) -> None:
        stop.set()
        # Ends the pause between two sweeps at once, so that a scan does not wait for the next.
        wake.put(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    observer = Observer()
    with contextlib.suppress(OSError):  # no inotify watches left: the sweep alone does the work
        observer.schedule(_Wake(wake), str(settings.inbox), recursive=True)
        observer.start()
    while not stop.is_set():
        alive.sign()
        try:
            folder.turn()
        except Exception as error:
            # One failed sweep does not end the watch: the next one looks again.
            logger.error("sweep failed", exc_info=error)
        pause = QUICK_S if folder.unsettled else SWEEP_S
        with contextlib.suppress(queue.Empty):
            wake.get(timeout=pause)
    if observer.is_alive():
        observer.stop()
    store.close()


def take(store: Store, path: Path) -> None:
    """Hand a finished file to the intake, which removes it once it is safely stored."""
    point = point_of(store, path)
    if point is None:
        special.refuse_special(store, path, "no-point")
    else:
        intake.receive_file(store.at(point), path, source="inbox")


def refuse(store: Store, path: Path) -> None:
    """Put a link or special file aside with a reason."""
    special.refuse_special(store.at(point_of(store, path) or EVERYWHERE), path)


if __name__ == "__main__":
    main()
