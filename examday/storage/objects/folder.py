"""Objects in a folder: ab/cd/<sha256>, read-only, never overwritten."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from examday.storage.durable import sync_folder
from examday.storage.objects.base import (
    BLOCK,
    Objects,
    Source,
    Stored,
    damaged,
    missing,
    require_digest,
    spool,
)

CANNOT_LOOK = frozenset(
    {
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ESTALE),
        *(errno.EACCES, errno.EPERM),
    }
)
"""errno values after which nothing is known of the object: too many open files, no memory, a
network folder that is gone, no right to look."""


class Folder(Objects):
    """Objects in a folder of this computer, which is also where files on their way in lie."""

    def path(self, sha256: str) -> Path:
        """Where the object lies; nobody but this class and its tests may ask."""
        require_digest(sha256)
        # Two levels of folders: some file systems become slow with very many names in one.
        return self.scratch / sha256[:2] / sha256[2:4] / sha256

    def put(self, source: Source) -> Stored:
        """Store: temporary file, fsync, link without overwriting, fsync of the folders."""
        with self.part() as temporary:
            sha256, size = spool(source, temporary)
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
            raise damaged(sha256)

    def blocks(self, sha256: str) -> Iterator[bytes]:
        """Read the file."""
        try:
            with self.path(sha256).open("rb") as source:
                while block := source.read(BLOCK):
                    yield block
        except OSError as error:
            if error.errno in CANNOT_LOOK:
                raise
            # A folder of that name, a disk that cannot read it: the object itself is lost.
            raise missing(sha256) from error

    def answers(self) -> bool:
        """Look at the rights of the folder."""
        return os.access(self.scratch, os.R_OK | os.W_OK | os.X_OK)

    def remove(self, sha256: str) -> bool:
        """Unlink the file, and see that it stays away."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        sync_folder(self.path(sha256).parent)
        return True

    def all(self) -> Iterator[str]:
        """The names of the files."""
        for path in sorted(self.scratch.glob("??/??/*")):
            yield path.name
