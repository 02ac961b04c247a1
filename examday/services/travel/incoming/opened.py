"""A bundle as a file: nothing of it is unpacked before names, kinds and sizes are judged."""

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.travel.manifest import HASH, PARTS, Manifest, not_a_bundle, parse
from examday.paper.hurt_zip import HURT_ZIP
from examday.services.ledger.checkpoints import holds

BLOCK = 1 << 20
FEW = 64 << 20
"""Bytes of a member that is read whole: a bundle is foreign, and what it claims is not believed."""
MOST = 8 << 30
"""Bytes of a member that is streamed onto the disk: no scan and no table of a point is as large."""
LOCAL = struct.Struct("<4s5H3L2H")
"""What stands before each member (zip format, 4.3.7): read by ourselves, as only so bytes between
members show."""


class Bounded(io.BufferedReader):
    """A file of which nobody reads more at once than of a member that is read whole.

    The list of the members stands at the end and is read before anybody's signature is: as long as
    whoever wrote the file says.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; BadZipFile where it would be more."""
        most = FEW + 1
        content = super().read(most if size is None or size < 0 else min(size, most))
        if len(content) > FEW:
            raise zipfile.BadZipFile
        return content


@dataclass(frozen=True)
class Opened:
    """A bundle whose members are known, and its manifest."""

    zip: zipfile.ZipFile
    manifest: Manifest
    written: bytes
    """The manifest, byte for byte: the signature is of these bytes, not of what they mean."""
    signature: str

    def signed_by(self, public_key: str) -> bool:
        """Whether this key has signed the manifest."""
        return holds(public_key, self.written, self.signature)

    def sha256(self) -> str:
        """By what the bundle is known."""
        return hashlib.sha256(self.written).hexdigest()

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """A member to be read. Invalid names it where it is damaged."""
        with place(name), self.zip.open(name) as source:
            yield source

    def require(self, name: str) -> None:
        """Read a member to its end; Invalid where it is not what the manifest says."""
        hasher = hashlib.sha256()
        with self.member(name) as source:
            while block := source.read(BLOCK):
                hasher.update(block)
        if hasher.hexdigest() != self.manifest.files[name]:
            raise not_a_bundle(name)

    def require_parts(self) -> None:
        """Invalid names the first part that is not what the manifest says. Originals are checked
        when they are stored.
        """
        for name in sorted(self.manifest.files):
            if not name.startswith("scans/"):
                self.require(name)

    def small(self, name: str) -> bytes:
        """A member whole."""
        return _small(self.zip, name)

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member, one at a time; one that is too long for the memory in pieces, which
        are no lines of ours.
        """
        with self.member(name) as source:
            while line := source.readline(FEW):
                yield line

    def scans(self) -> list[str]:
        """The originals that came along."""
        names = (n for n in self.manifest.files if n.startswith("scans/"))
        return sorted(name.removeprefix("scans/") for name in names)


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a bundle and judge its shape. Invalid where it is none, cut short or damaged."""
    with Bounded(io.FileIO(path)) as file:
        try:
            with zipfile.ZipFile(file) as bundle:
                _require_shape(bundle, file)
                written = _small(bundle, "manifest.json")
                signature = _small(bundle, "signature.txt").decode("ascii", "replace").strip()
                manifest = parse(written)
                _require_members(bundle, manifest)
                yield Opened(bundle, manifest, written, signature)
        except HURT_ZIP as error:
            raise _cut(path) from error


def _cut(path: Path) -> Invalid:
    return Invalid(
        N_("The file is not whole: its end is missing, or it is no bundle."),
        code="cut",
        advice=N_(
            "Nothing was taken in. Copy the file anew from where it was written, and wait until the "
            "stick may be taken out."
        ),
    )


@contextmanager
def place(name: str) -> Iterator[None]:
    """What is wrong inside is wrong with this member."""
    try:
        yield
    except HURT_ZIP as error:
        raise not_a_bundle(name) from error


def _small(bundle: zipfile.ZipFile, name: str) -> bytes:
    with place(name):
        try:
            info = bundle.getinfo(name)
        except KeyError as error:
            raise not_a_bundle(name) from error
        if info.file_size > FEW:
            raise not_a_bundle(name)
        return bundle.read(name)


def _require_shape(bundle: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Every byte of the file is accounted for: nothing stands between the members, and each is one
    that the program writes.
    """
    at, seen = 0, set[str]()
    for info in sorted(bundle.infolist(), key=lambda one: one.header_offset):
        if info.filename in seen or not _is_ours(info):
            raise not_a_bundle(info.filename)
        seen.add(info.filename)
        with place(info.filename):
            at = _end_of(info, file, at)
    file.seek(at)
    if file.read() != _tail(bundle, at):
        raise not_a_bundle("zip")


class _Tail(io.BytesIO):
    """The end of a zip as if what comes before it were there."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._start = start

    def tell(self) -> int:
        """Counted from the beginning of the whole."""
        return super().tell() + self._start

    def seek(self, place: int, whence: int = 0) -> int:
        """Only where the end begins."""
        return super().seek(place - self._start, whence)


def _tail(bundle: zipfile.ZipFile, start: int) -> bytes:
    """The list of the members as the program writes it."""
    tail = _Tail(start)
    with zipfile.ZipFile(tail, "w") as written:
        written.filelist = bundle.filelist
    return tail.getvalue()


def _is_ours(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    known = name in (*PARTS, "manifest.json", "signature.txt") or (
        name.startswith("scans/") and HASH.fullmatch(name[6:]) is not None
    )
    made = (info.create_system, info.create_version, info.extract_version, info.reserved)
    rest = (info.volume, info.internal_attr, info.external_attr, info.flag_bits)
    # Nothing may stand in the extra field, where bytes could hide, but the sizes of what lies
    # beyond four gigabytes.
    plain = not info.extra or info.extra[:2] == b"\x01\x00"
    return (
        known
        and plain
        and info.compress_type == zipfile.ZIP_STORED
        and info.file_size == info.compress_size <= MOST
        and made == (3, 45, 45, 0)
        and rest == (0, 0, 0o644 << 16, 0)
        and info.date_time == (1980, 1, 1, 0, 0, 0)
    )


def _end_of(
    info: zipfile.ZipInfo,
    file: IO[bytes],
    start: int,
) -> int:
    """Where the next member begins; not a bundle where the head of this one says other things."""
    if info.header_offset != start:
        raise not_a_bundle(info.filename)
    file.seek(start)
    mark, need, flags, method, time, day, crc, packed, size, name, extra = LOCAL.unpack(
        file.read(LOCAL.size)
    )
    told = file.read(name + extra)
    long = struct.pack("<HHQQ", 1, 16, info.file_size, info.compress_size)
    fits = (
        mark == b"PK\x03\x04"
        and need == 45
        and (flags, method, time, day) == (info.flag_bits, info.compress_type, 0, 33)
        and (crc, packed, size) == (info.CRC, 0xFFFFFFFF, 0xFFFFFFFF)
        and told == info.filename.encode() + long
    )
    if not fits:
        raise not_a_bundle(info.filename)
    return int(start + LOCAL.size + name + extra + info.compress_size)


def _require_members(bundle: zipfile.ZipFile, manifest: Manifest) -> None:
    there = set(bundle.namelist()) - {"manifest.json", "signature.txt"}
    for name in sorted(there ^ set(manifest.files)):
        raise not_a_bundle(name)
    for sha256 in (name[6:] for name in there if name.startswith("scans/")):
        info = bundle.getinfo(f"scans/{sha256}")
        if info.file_size != manifest.originals[sha256] or manifest.files[info.filename] != sha256:
            raise not_a_bundle(info.filename)
