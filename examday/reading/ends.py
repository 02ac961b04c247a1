"""Tells whether a file ends as its format does, from a few bytes of it: a writer may still be at work.

Marks that stand in the middle of a file do not count: a photo's thumbnail is a whole JPEG, and a
PDF made for the web has its first `%%EOF` on its first page.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

JPEG, PNG, PDF = b"\xff\xd8", b"\x89PNG", b"%PDF-"
TIFFS = {b"II*\0": "<", b"MM\0*": ">"}
"""In the wrong order each number of the file would be read as another one."""
TAIL = 64 * 1024  # bytes in which a JPEG's end mark must stand; some cameras write more behind it
PDF_TAIL = 1024  # and a PDF's: readers look for it no further from the end, so neither do we
PNG_END = b"IEND\xaeB`\x82"
"""The last block of every whole file: without it the file was cut on its way."""
# tags by number (TIFF 6.0): they say where the pixels lie, so how far the file must reach
STARTS, SIZES, TILE_STARTS, TILE_SIZES = 273, 279, 324, 325
# types that these tags may have, 16 or 32 bits: a number of another type tells no place
WIDTHS = {3: ("H", 2), 4: ("I", 4)}
MOST_FRAMES, MOST_VALUES = 1000, 100_000
"""A bound for hostile files: the frames of a TIFF may name each other in a ring."""


def has_end(file: IO[bytes], size: int) -> bool | None:
    """Whether the file ends as its format does. None where only a rest can tell.

    A TIFF never says that no page will come behind its last one; it says when something that it
    names is still missing.
    """
    start = file.read(16)
    try:
        if start.startswith(JPEG):
            return _jpeg(file, size)
        if start.startswith(PNG):
            return PNG_END in _tail(file, size, TAIL)
        if start.startswith(PDF):
            return b"%%EOF" in _tail(file, size, TAIL).rstrip(b"\0 \r\n\t")[-PDF_TAIL:]
        if start[4:8] == b"ftyp":
            return _boxes(file, size)
        if start[:4] in TIFFS:
            return None if _named_is_there(file, size, TIFFS[start[:4]]) else False
    except struct.error:  # a file that still grows tells of something behind its present end
        return False
    return None


def _tail(file: IO[bytes], size: int, longest: int) -> bytes:
    file.seek(max(0, size - longest))
    return file.read(longest)


def _jpeg(file: IO[bytes], size: int) -> bool:
    """Whether an end mark stands behind the beginning of the coded picture."""
    at = 2
    while True:
        file.seek(at)
        mark, length = struct.unpack(">HH", file.read(4))
        at += 2 + length
        if mark == 0xFFDA:
            file.seek(max(at, size - TAIL))
            return b"\xff\xd9" in file.read(TAIL)
        if mark >> 8 != 0xFF or length < 2:
            # Not the order in which anything is written: the decoder will say what it is.
            return b"\xff\xd9" in _tail(file, size, TAIL)


def _boxes(file: IO[bytes], size: int) -> bool:
    """Whether the boxes of a phone's picture fill the file to its last byte."""
    at = 0
    while at < size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        if length == 0:
            # Size 0 says that the last box goes on to the end, wherever that will be.
            return bool(kind == b"mdat")
        if length < 8:
            return True
        at += length
    return at == size


def _named_is_there(file: IO[bytes], size: int, order: str) -> bool:
    """Whether every page of a TIFF that is named, and every strip of it, lies within the file."""
    file.seek(4)
    (at,) = struct.unpack(f"{order}I", file.read(4))
    if not at:
        return False
    for _frame in range(MOST_FRAMES):
        file.seek(at)
        (count,) = struct.unpack(f"{order}H", file.read(2))
        entries = file.read(12 * count)
        (at,) = struct.unpack(f"{order}I", file.read(4))
        if any(end > size for end in strip_ends(file, entries, order)):
            return False
        if not at:
            return True
    return True


def strip_ends(file: IO[bytes], entries: bytes, order: str) -> Iterator[int]:
    """Where the strips or tiles of a TIFF's page end."""
    found: dict[int, tuple[int, ...]] = {}
    for tag, kind, count, value in struct.iter_unpack(f"{order}HHI4s", entries):
        if tag not in (STARTS, SIZES, TILE_STARTS, TILE_SIZES) or kind not in WIDTHS:
            continue
        letter, width = WIDTHS[kind]
        count = min(count, MOST_VALUES)
        if count * width > 4:
            (where,) = struct.unpack(f"{order}I", value)
            file.seek(where)
            value = file.read(count * width)
        found[tag] = struct.unpack_from(f"{order}{count}{letter}", value)
    for starts, sizes in ((STARTS, SIZES), (TILE_STARTS, TILE_SIZES)):
        pairs = zip(found.get(starts, ()), found.get(sizes, ()), strict=False)
        yield from (start + length for start, length in pairs)
