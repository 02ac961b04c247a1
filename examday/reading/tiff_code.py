"""The coded strips and tiles of a TIFF, checked where the usual decoder passes over a fault in silence."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from examday.reading.bad_files import Damaged
from examday.reading.fax import REVERSED, FaxCode, check_fax
from examday.reading.jpeg import decode_jpeg

CODING, STRIPS, STRIP_BYTES, TILES, TILE_BYTES = (
    259,
    273,
    279,
    324,
    325,
)  # tags by number (TIFF 6.0)
DEFLATE = (8, 32946)
JPEG, TABLES = 7, 347
PLAIN, G3, G4 = FAX = (2, 3, 4)  # fax rows that begin with a byte and have no marks; the two groups
WIDE_TAG, HIGH_TAG, BIT_ORDER, STRIP_ROWS, FAX_OPTIONS = 256, 257, 266, 278, 292
TILE_WIDE, TILE_HIGH = 322, 323
LOW_FIRST = 2  # the first pixel is a byte's lowest bit
Tags = Mapping[int, Any]
"""The tags of a TIFF's page as Pillow gives them: numbers, texts, or several of them."""


def check_code(tags: Tags, data: bytes) -> None:
    """Raise Damaged when a strip or tile of a page holds a fault.

    These are sums that do not hold, fax code that is none, and what a JPEG decoder complains of,
    which the decoder of the TIFF keeps to itself. `data`: the whole file.
    """
    code = tags.get(CODING)
    parts = list(_parts(tags, data))
    if code in DEFLATE:
        for part in parts:
            _inflate(part)
    elif code == JPEG:
        for part in parts:
            _check_jpeg(part, bytes(tags.get(TABLES) or b""))
    elif code in FAX:
        for part, kind in zip(parts, _fax_codes(tags, len(parts)), strict=True):
            low_first = tags.get(BIT_ORDER) == LOW_FIRST
            check_fax(part.translate(REVERSED) if low_first else part, kind)


def _parts(tags: Tags, data: bytes) -> Iterator[bytes]:
    """The code of each strip or tile."""
    for starts, sizes in ((STRIPS, STRIP_BYTES), (TILES, TILE_BYTES)):
        pairs = zip(tags.get(starts) or (), tags.get(sizes) or (), strict=False)
        yield from (data[start : start + size] for start, size in pairs)


def _fax_codes(tags: Tags, number: int) -> Iterator[FaxCode]:
    """How each strip or tile of a fax page is coded."""
    code = tags[CODING]
    two_ways = -1 if code == G4 else int(tags.get(FAX_OPTIONS, 0)) & 1 if code == G3 else 0
    wide, high = int(tags[WIDE_TAG]), int(tags[HIGH_TAG])
    if TILES in tags:
        wide, high = int(tags[TILE_WIDE]), int(tags[TILE_HIGH]) * number
    each = high // number if TILES in tags else min(high, int(tags.get(STRIP_ROWS, high)))
    for i in range(number):
        yield FaxCode(wide, min(each, high - i * each), two_ways, aligned=code == PLAIN)


def _inflate(strip: bytes) -> None:
    try:
        if not zlib.decompress(strip):
            raise Damaged
    except zlib.error as error:
        raise Damaged from error


def _check_jpeg(part: bytes, tables: bytes) -> None:
    """Decode one part as the JPEG that it is once the tables of the page stand before it."""
    whole = tables[:-2] + part[2:] if tables else part
    decode_jpeg(whole)
