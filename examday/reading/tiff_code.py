"""The coded strips and tiles of a TIFF, checked where the usual decoder passes over a fault in silence."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from examday.reading.bad_files import Damaged
from examday.reading.brightness_steps import slips
from examday.reading.fax import REVERSED, FaxCode, check_fax
from examday.reading.holes import has_hole
from examday.reading.jpeg import decode_jpeg
from examday.reading.lzw import unpacked
from examday.reading.tiff_tail import check_tail

# tags by number (TIFF 6.0): the library gives them by number alone
CODING, STRIPS, STRIP_BYTES, TILES, TILE_BYTES = 259, 273, 279, 324, 325
DEFLATE = (8, 32946)
"""Two numbers for one coding: 32946 was written before Adobe's 8 became the usual one."""
JPEG, TABLES = 7, 347
UNPACKED, LZW = 1, 5
# fax rows that begin with a byte and have no marks; the two groups: each is checked in its own way
PLAIN, G3, G4 = FAX = (2, 3, 4)
WIDE_TAG, HIGH_TAG, BIT_ORDER, STRIP_ROWS, FAX_OPTIONS = 256, 257, 266, 278, 292
TILE_WIDE, TILE_HIGH = 322, 323
PACKBITS, NOTHING = 32773, 128
"""A count of 128 stands for no bytes at all: some writers fill up with it."""
BITS, COLOURS, PLANES = 258, 262, 284
# colours stored coarser than the brightness; each colour in strips of its own: both change how much
# a strip holds
COARSE, APART = 6, 2
# bytes to a multiple of which writers fill a strip of bare pixels up: more behind it is a fault
ROUNDED = 16
LOW_FIRST = 2  # faxes send a byte's lowest bit first: read the other way, the code is nonsense
Tags = Mapping[int, Any]
"""The tags of a TIFF's page as Pillow gives them: numbers, texts, or several of them, whatever the
file holds."""


def check_code(tags: Tags, data: bytes) -> None:
    """Raise Damaged when a strip or tile of a page holds a fault.

    These are sums that do not hold, packed rows of another length, fax code that is none, and what a JPEG decoder complains of,
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
    elif code in LENGTHS and tags.get(COLOURS) != COARSE:
        for part, size in zip(parts, _sizes(tags, len(parts)), strict=True):
            if LENGTHS[code](part) not in (size, None):
                raise Damaged
    elif code in FAX:
        for part, kind in zip(parts, _fax_codes(tags, len(parts)), strict=True):
            low_first = tags.get(BIT_ORDER) == LOW_FIRST
            check_fax(part.translate(REVERSED) if low_first else part, kind)


def check_picture(tags: Tags, page: Image.Image, data: bytes) -> None:
    """Raise Damaged for what the whole page or file alone shows.

    The brightness slips within one of its JPEG strips, each of which is too low to tell a slip from
    what is written there; or pixels that were not coded at all have a hole, or some are left over.
    """
    code = tags.get(CODING, UNPACKED)
    if code == JPEG and slips(np.asarray(page.convert("L"))):
        raise Damaged
    if code == UNPACKED:
        if tags.get(COLOURS) != COARSE:
            _check_lengths(tags, [len(part) for part in _parts(tags, data)])
        check_tail(data)
        if has_hole(np.asarray(page.convert("L"))):
            raise Damaged


def _parts(tags: Tags, data: bytes) -> Iterator[bytes]:
    """The code of each strip or tile."""
    for starts, sizes in ((STRIPS, STRIP_BYTES), (TILES, TILE_BYTES)):
        pairs = zip(tags.get(starts) or (), tags.get(sizes) or (), strict=False)
        yield from (data[start : start + size] for start, size in pairs)


def _fax_codes(tags: Tags, number: int) -> Iterator[FaxCode]:
    """How each strip or tile of a fax page is coded."""
    code = tags[CODING]
    two_ways = -1 if code == G4 else int(tags.get(FAX_OPTIONS, 0)) & 1 if code == G3 else 0
    for wide, high in _areas(tags, number):
        yield FaxCode(wide, high, two_ways, aligned=code == PLAIN)


def _areas(tags: Tags, number: int) -> Iterator[tuple[int, int]]:
    """Columns and rows of each strip or tile of a page."""
    wide, high = int(tags[WIDE_TAG]), int(tags[HIGH_TAG])
    if TILES in tags:
        yield from [(int(tags[TILE_WIDE]), int(tags[TILE_HIGH]))] * number
        return
    each = min(high, int(tags.get(STRIP_ROWS, high)))
    # Where colours are stored apart, the strips of the page come once for each.
    strips = -(-high // each)
    for i in range(number):
        yield wide, min(each, high - i % strips * each)


def _sizes(tags: Tags, number: int) -> Iterator[int]:
    """Bytes of each strip or tile once it is unpacked."""
    bits = tags.get(BITS, (1,))
    bits = bits if isinstance(bits, tuple) else (bits,)
    pixel = bits[0] if tags.get(PLANES) == APART else sum(bits)
    for wide, high in _areas(tags, number):
        yield high * -(-wide * pixel // 8)


def _check_lengths(tags: Tags, lengths: Sequence[int]) -> None:
    """Raise Damaged when bare pixels are told to take more or fewer bytes than they do.

    A last strip may be filled up to the height of the others, and each to a round number.
    """
    sizes = list(_sizes(tags, len(lengths)))
    for length, size in zip(lengths, sizes, strict=True):
        if not (size <= length < size + ROUNDED or length == max(sizes)):
            raise Damaged


def _unpacked(part: bytes) -> int:
    """How many bytes a packed strip stands for; -1 where its last run is cut."""
    at = size = 0
    while at < len(part):
        count = part[at]
        # A count of 128 says nothing, less means bytes as they are, more means one byte repeated
        # (TIFF 6.0, section 9).
        if count < NOTHING:
            at, size = at + 2 + count, size + count + 1
        elif count > NOTHING:
            at, size = at + 2, size + 257 - count
        else:
            at += 1
    return size if at == len(part) else -1


LENGTHS = {PACKBITS: _unpacked, LZW: unpacked}
"""How many bytes the code of a strip stands for: one that stands for fewer was cut. Other codings
do not tell."""


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
