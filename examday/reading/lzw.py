"""LZW code of a TIFF, checked by how many bytes it stands for: its decoder stops where the strip is full.

Each code is a byte or an earlier string, and each string is one byte longer than the one it was made
from; so the length of every string is known without a byte of it. Code that was hurt comes to another
length nearly always. Two codes of strings as long as each other, exchanged, nobody can see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLEAR, END = 256, 257
"""Control codes (TIFF 6.0, section 13), so neither of them is data: the first two behind those of
single bytes."""
FIRST = 258
# Bits of a code: it grows with the table, and TIFF allows no more than the second
NARROW, WIDE = 9, 12
LONGEST = 1 << WIDE  # a table that would grow further was written wrongly


@dataclass(frozen=True)
class Bits:
    """The bits of a strip, from which codes of given widths are read."""

    bits: np.ndarray

    def codes(self, at: int, widths: np.ndarray) -> np.ndarray:
        """The codes that stand one behind the other from bit `at`; `widths`: bits of each."""
        ends = at + np.cumsum(widths)
        ends = ends[ends <= len(self.bits)]
        starts = ends - widths[: len(ends)]
        places = starts[:, None] + np.arange(WIDE)
        taken = self.bits[np.minimum(places, len(self.bits) - 1)].astype(np.int32)
        whole = taken @ (1 << np.arange(WIDE - 1, -1, -1, dtype=np.int32))
        return np.asarray(whole >> (WIDE - widths[: len(ends)]))


def _widths() -> np.ndarray:
    """Bits of each code between two clearings: one more just before the table outgrows them."""
    strings = FIRST + np.arange(-1, LONGEST - FIRST)
    steps = [(strings >= (1 << bits) - 1).astype(int) for bits in range(NARROW, WIDE)]
    return np.asarray(NARROW + np.sum(steps, axis=0))


WIDTHS = _widths()


def unpacked(strip: bytes) -> int | None:
    """How many bytes a strip stands for; -1 where its code cannot be.

    None where that is not told: of the code of very old programs, whose bits stand the other way
    round, and of a table that is used on when it is full.
    """
    if strip[:1] == b"\0" and strip[1:2] and strip[1] & 1:
        return None
    bits = Bits(np.unpackbits(np.frombuffer(strip, np.uint8)))
    at = size = 0
    while True:
        codes = bits.codes(at, WIDTHS)
        stops = np.flatnonzero((codes == CLEAR) | (codes == END))
        if not len(stops) and len(codes) == len(WIDTHS):
            return None
        # Some programs leave the end mark out; then the length alone tells whether all is there.
        stop = int(stops[0]) if len(stops) else len(codes)
        length = _length(codes[:stop])
        if length < 0:
            return -1
        size += length
        at += int(WIDTHS[: stop + 1].sum())
        if stop == len(codes) or codes[stop] == END:
            return size


def _length(codes: np.ndarray) -> int:
    """Bytes that the codes of one table stand for; -1 where one names a string that is not there."""
    place = np.arange(len(codes))
    made_at = np.where(codes >= FIRST, codes - FIRST, -1)
    if (made_at >= place).any():
        return -1
    depth = (made_at >= 0).astype(np.int64)
    before = np.where(made_at >= 0, made_at, place)
    # Doubling, because a walk step by step through a long table takes minutes: each step leaps as
    # far as all before it together.
    while (depth[before] > 0).any():
        depth, before = depth + np.where(before != place, depth[before], 0), before[before]
    return int(depth.sum() + len(codes))
