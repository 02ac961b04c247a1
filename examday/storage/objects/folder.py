"""Objects in a folder: ab/cd/<sha256>, read-only, never overwritten."""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from examday.storage.durable import sync_disk_of, sync_folder
from examday.storage.objects.base import (
    BLOCK,
    Named,
    Objects,
    OtherContent,
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


WRITERS = 3
AT_ONCE = 200
"""Things that are stored with one wait for the disk: after a cut no more than these come anew."""


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
            new = self._name(temporary, sha256, size)
            # Both levels too where they stand already: whoever made them may have been killed before
            # their names were on the disk.
            inner = self.path(sha256).parent
            for folder in (inner, inner.parent, self.scratch):
                sync_folder(folder)
            return Stored(sha256, size, new)

    def put_all(self, wanted: Iterable[Named]) -> int:
        """Store some at a time, each time with two waits for the disk: contents, then names."""
        new, left = 0, iter(wanted)
        while some := list(islice(left, AT_ONCE)):
            new += self._put_some(some)
        return new

    def _put_some(self, some: Sequence[Named]) -> int:
        with ExitStack() as temporary, ThreadPoolExecutor(WRITERS) as pool:
            parts = [temporary.enter_context(self.part()) for _one in some]
            # At once, because reading, adding up and writing wait for different things.
            sizes = list(pool.map(_spooled, some, parts))
            sync_disk_of(self.scratch)
            spooled = zip(parts, some, sizes, strict=True)
            new = sum(self._name(part, one[0], size) for part, one, size in spooled)
            sync_disk_of(self.scratch)
        return new

    def _name(
        self,
        temporary: Path,
        sha256: str,
        size: int,
    ) -> bool:
        """Give bytes that are on the disk their name; whether it is new."""
        target = self.path(sha256)
        for level in (target.parent.parent, target.parent):
            level.mkdir(mode=0o700, exist_ok=True)
        try:
            # A link fails where the name exists; a rename would replace evidence silently.
            os.link(temporary, target)
        except FileExistsError:
            self._same(sha256, size)
            return False
        return True

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


def _spooled(named: Named, part: Path) -> int:
    """The size of a thing that was written to `part`; OtherContent where it is another."""
    sha256, opened = named
    with opened() as source:
        told, size = spool(source, part, sync=False)
    if told != sha256:
        raise OtherContent(sha256)
    return size
