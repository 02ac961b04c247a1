"""What is kept under its SHA-256, wherever it lies: nobody who asks knows a path or an address.

Bytes are compared with their digest when they are written and whenever they are read.
"""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from examday.domain.errors import Broken
from examday.domain.messages import N_
from examday.storage.base import new_id

BLOCK = 1 << 20
"""Bytes read at once: a scan of a hundred pages must not stand in memory."""
HEX = frozenset("0123456789abcdef")


class Lost(Broken):
    """An object that is not there, or not what its name says any more."""


class Missing(Lost):
    """Nothing lies under this name."""

    message = N_("The stored scan %(sha256)s is missing.")


class Damaged(Lost):
    """What lies there is not what its name says."""

    message = N_("The stored scan %(sha256)s is damaged.")


def missing(sha256: str) -> Missing:
    """The error that names an object that is not there."""
    return Missing(params={"sha256": sha256[:12]})


def damaged(sha256: str) -> Damaged:
    """The error that names an object that was changed."""
    return Damaged(params={"sha256": sha256[:12]})


class Source(Protocol):
    """What bytes can be read from, piece by piece."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, `size` of them or another number; none at the end."""


@dataclass(frozen=True)
class Pieces:
    """The blocks of one store as the source of another."""

    blocks: Iterator[bytes]

    def read(self, _size: int, /) -> bytes:
        """The next block, whatever its size."""
        return next(self.blocks, b"")


@dataclass(frozen=True)
class Stored:
    """An object that is safely stored: its digest (64 hex), its size in bytes, and whether it was
    new.
    """

    sha256: str
    size: int
    new: bool
    """False when the same bytes were there already: nothing was written."""


class OtherContent(Exception):
    """Bytes that are not what their name says; the one argument is the name."""


Named = tuple[str, Callable[[], AbstractContextManager[Source]]]
"""The digest of a thing that is to be stored, and how it is opened: opened only when it is its
turn, as there may be thousands."""


@dataclass(frozen=True)
class Objects(ABC):
    """Things that are kept unchanged, each under its SHA-256.

    What `put` has returned survives a power cut and is never changed afterwards. Whoever reads gets
    Lost where the thing is gone or changed, and OSError or Unavailable where one cannot look just
    now: that says nothing about the thing. ValueError for a name that is no SHA-256 in hex.
    """

    scratch: Path
    """Folder of this computer for files on their way in or out: half a file must not be found under
    its name. `sweep` empties it."""

    @abstractmethod
    def put(self, source: Source) -> Stored:
        """Store all bytes of `source`; Damaged where others lie under their name."""

    def put_all(self, wanted: Iterable["Named"]) -> int:
        """Store many things whose names are known; return how many were new.

        OtherContent where one is not what its name says. Those before it may be stored already.
        """
        new = 0
        for sha256, opened in wanted:
            with opened() as source:
                stored = self.put(source)
            if stored.sha256 != sha256:
                raise OtherContent(sha256)
            new += stored.new
        return new

    @abstractmethod
    def blocks(self, sha256: str) -> Iterator[bytes]:
        """The bytes as they lie there, unchecked and piece by piece."""

    @abstractmethod
    def remove(self, sha256: str) -> bool:
        """Remove an object; only an act of destruction may ask for it. True when it was there."""

    @abstractmethod
    def all(self) -> Iterator[str]:
        """The digests of all stored objects, in order."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether one can read and write here now, as far as a quick look can tell."""

    def copy(self, sha256: str, target: IO[bytes]) -> None:
        """Write the object to `target`.

        Damaged, told after its last byte, when it is not what its name says: what was written is
        then worth nothing.
        """
        for block in self.checked(sha256):
            target.write(block)

    def checked(self, sha256: str) -> Iterator[bytes]:
        """The bytes piece by piece; Damaged behind the last one."""
        hasher = hashlib.sha256()
        for block in self.blocks(sha256):
            hasher.update(block)
            yield block
        if hasher.hexdigest() != sha256:
            raise damaged(sha256)

    def content(self, sha256: str) -> bytes:
        """The whole of an object that is known to be small, checked as by `copy`."""
        content = b"".join(self.blocks(sha256))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise damaged(sha256)
        return content

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        """The object as a file of this process alone, checked as by `copy`; gone afterwards.

        For readers in limited children, which open files.
        """
        with self.part() as path:
            with path.open("xb") as target:
                self.copy(sha256, target)
            yield path

    def take_all(self, source: "Objects", wanted: Iterable[str]) -> None:
        """Copy objects from another store. Lost names the first that is not what it was there."""
        # Also where nothing is wanted: the folder belongs to a backup.
        self.scratch.mkdir(parents=True, exist_ok=True)
        for sha256 in wanted:
            if self.put(Pieces(source.blocks(sha256))).sha256 != sha256:
                raise damaged(sha256)

    def there(self, sha256: str) -> bool:
        """Whether anything lies under this name. Whether it is whole, `intact` says."""
        try:
            next(iter(self.blocks(sha256)), None)
        except Lost:
            return False
        return True

    def intact(self, sha256: str) -> bool:
        """Whether the object is there and still has its digest."""
        try:
            for _block in self.checked(sha256):
                """Looked at, and let go."""
        except Lost:
            return False
        return True

    @contextmanager
    def part(self) -> Iterator[Path]:
        """Name of a temporary file, which is taken away at the end."""
        self.scratch.mkdir(
            mode=0o700,
            parents=True,
            exist_ok=True,
        )
        temporary = self.scratch / f".{new_id()}.part"
        try:
            yield temporary
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()

    def sweep(self, older_than_s: float, now: float) -> int:
        """Remove temporary files that a crash left behind; how many there were."""
        count = 0
        for path in self.scratch.glob(".*.part"):
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > older_than_s:
                    path.unlink()
                    count += 1
        return count


def spool(
    source: Source,
    temporary: Path,
    sync: bool = True,
) -> tuple[str, int]:
    """Bring all bytes of `source` onto this computer's disk; their SHA-256 and number.

    Without `sync` whoever calls brings many such files onto the disk at once.
    """
    hasher, size = hashlib.sha256(), 0
    with temporary.open("xb") as target:
        while block := source.read(BLOCK):
            hasher.update(block)
            size += len(block)
            target.write(block)
        target.flush()
        # Read-only also for its owner: no program of this account writes into it by mistake.
        os.fchmod(target.fileno(), 0o400)
        if sync:
            os.fsync(target.fileno())
    return hasher.hexdigest(), size


def require_digest(sha256: str) -> str:
    """The name of an object as it is; ValueError for anything that is no SHA-256 in hex."""
    if len(sha256) != 64 or not set(sha256) <= HEX:
        raise ValueError("not a SHA-256")
    return sha256
