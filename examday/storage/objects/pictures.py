"""The pictures that are made from an original: all of a file's pages or none.

They may be thrown away and made again; then their bytes may be others.
"""

import shutil
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from examday.storage.base import new_id
from examday.storage.durable import sync_folder, sync_tree


@dataclass(frozen=True)
class Pictures(ABC):
    """Pictures by the SHA-256 of their original and a name («3.grey.jpg»)."""

    scratch: Path
    """Folder of this computer in which pictures are made, whole or not at all, before they are
    sent."""

    @abstractmethod
    def keep(self, sha256: str, made: Path) -> bool:
        """Keep what lies in the folder `made`, complete or not at all, safe from a power cut.

        Where another worker was quicker its pictures stay: either set will do. False when none are
        there afterwards.
        """

    @abstractmethod
    def complete(self, sha256: str) -> bool:
        """Whether the pictures of this original are there."""

    @abstractmethod
    def has(self, sha256: str, name: str) -> bool:
        """Whether this picture is there."""

    @abstractmethod
    def read(self, sha256: str, name: str) -> bytes:
        """One picture; FileNotFoundError where it is not there."""

    @abstractmethod
    def remove(self, sha256: str) -> None:
        """Remove all that was made from an original; nothing happens where nothing is there."""

    def workplace(self) -> Path:
        """Name of a new folder to make pictures in; whoever makes it takes it away."""
        return self.scratch / f".{new_id()}"

    def sweep(self, older_than_s: float, now: float) -> None:
        """Remove what a crash left of pictures in the making."""
        for path in self.scratch.glob(".*"):
            # Another worker may be quicker.
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime <= older_than_s:
                    continue
                shutil.rmtree(path, ignore_errors=True)


class PictureFolder(Pictures):
    """Pictures in a folder: ab/<sha256>/<name>."""

    def _of(self, sha256: str) -> Path:
        return self.scratch / sha256[:2] / sha256

    def keep(self, sha256: str, made: Path) -> bool:
        """Bring the files onto the disk, then give their folder its name."""
        final = self._of(sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        # Rows of pages will speak of these pictures: a power cut must not leave them empty or nameless.
        sync_tree(made)
        with suppress(OSError):
            made.rename(final)
        for folder in (final.parent, self.scratch):
            sync_folder(folder)
        return final.is_dir()

    def complete(self, sha256: str) -> bool:
        """A folder has its name when all is in it."""
        return self._of(sha256).exists()

    def has(self, sha256: str, name: str) -> bool:
        """Look for the file."""
        return (self._of(sha256) / name).exists()

    def read(self, sha256: str, name: str) -> bytes:
        """Read the file."""
        return (self._of(sha256) / name).read_bytes()

    def remove(self, sha256: str) -> None:
        """Take the whole folder away."""
        # Renamed first: half a set would be taken for all of it. A name that the next try finds.
        gone = self.scratch / f".{sha256}.gone"
        with suppress(FileNotFoundError):
            self._of(sha256).rename(gone)
            sync_folder(self._of(sha256).parent)
        shutil.rmtree(gone, ignore_errors=True)
