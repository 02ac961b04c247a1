"""Originals, unchanged, under their SHA-256: var/objects/ab/cd/<sha256>, read-only, never
overwritten.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from examday.domain.errors import Broken
from examday.domain.messages import N_
from examday.storage.base import new_id
from examday.storage.durable import sync_folder

BLOCK = 1 << 20
"""Bytes read at once: a scan of a hundred pages must not stand in memory."""
CANNOT_LOOK = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ESTALE})
"""errno values after which nothing is known of the object: too many open files, no memory, a
network folder that is gone."""


@dataclass(frozen=True)
class Stored:
    """An object that is safely on the disk: its digest (64 hex), its size in bytes, and whether it
    was new.
    """

    sha256: str
    size: int
    new: bool
    """False when the same bytes were there already: nothing was written."""


class Objects:
    """The folder of originals.

    What `put` has returned survives a power cut and is never changed afterwards.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the object lies. ValueError for anything that is not a SHA-256 in hex."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        # Two levels of folders: some file systems become slow with very many names in one.
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, source: IO[bytes]) -> Stored:
        """Store all bytes of `source`: temporary file, fsync, link without overwriting, fsync of
        the folders.
        """
        self.root.mkdir(
            mode=0o700,
            parents=True,
            exist_ok=True,
        )
        temporary = self.root / f".{new_id()}.part"
        try:
            sha256, size = self._write(source, temporary)
            target = self.path(sha256)
            made = self._make_folders(target.parent)
            try:
                # A link fails where the name exists; a rename would replace evidence silently.
                os.link(temporary, target)
                new = True
            except FileExistsError:
                new = False
                self._same(sha256, size)
            for folder in (target.parent, *made):
                sync_folder(folder)
            return Stored(sha256, size, new)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()

    def _write(self, source: IO[bytes], temporary: Path) -> tuple[str, int]:
        hasher, size = hashlib.sha256(), 0
        with temporary.open("xb") as target:
            while block := source.read(BLOCK):
                hasher.update(block)
                size += len(block)
                target.write(block)
            target.flush()
            # Read-only also for its owner: no program of this account writes into it by mistake.
            os.fchmod(target.fileno(), 0o400)
            os.fsync(target.fileno())
        return hasher.hexdigest(), size

    def _make_folders(self, folder: Path) -> list[Path]:
        """Create the two levels; the folders whose list of entries changed by it."""
        changed = []
        for level in (folder.parent, folder):
            if not level.exists():
                level.mkdir(mode=0o700, exist_ok=True)
                changed.append(level.parent)
        return changed

    def _same(self, sha256: str, size: int) -> None:
        """What lies there already must be what its name says: evidence is never silently replaced."""
        if self.path(sha256).stat().st_size != size or not self.intact(sha256):
            raise Broken(
                N_("The stored scan %(sha256)s is damaged."), params={"sha256": sha256[:12]}
            )

    def intact(self, sha256: str) -> bool:
        """Is the object there, and does it still have its digest?

        OSError when this computer cannot look just now: that says nothing about the object.
        """
        try:
            with self.path(sha256).open("rb") as source:
                return hashlib.file_digest(source, "sha256").hexdigest() == sha256
        except OSError as error:
            if error.errno in CANNOT_LOOK:
                raise
            return False

    def remove(self, sha256: str) -> bool:
        """Remove an object; only an act of destruction may ask for it. True when it was there."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        sync_folder(self.path(sha256).parent)
        return True

    def all(self) -> Iterator[str]:
        """The digests of all stored objects."""
        for path in sorted(self.root.glob("??/??/*")):
            yield path.name

    def sweep(self, older_than_s: float, now: float) -> int:
        """Remove temporary files that a crash left behind; how many there were."""
        count = 0
        for path in self.root.glob(".*.part"):
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > older_than_s:
                    path.unlink()
                    count += 1
        return count


def open_regular(path: Path) -> IO[bytes]:
    """Open a file from a foreign folder for reading: no symlink is followed, no pipe or device
    waits for us. OSError when it is not a regular file.
    """
    # O_NONBLOCK, because opening a pipe would wait for its other end.
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError("not a regular file")
    return os.fdopen(number, "rb")
