"""Tells whether the code of a JPEG ends with its last pixels, to the bit.

Code that lost or gained some blocks goes on well behind the fault, and what is left over at its end is
less than what a decoder reads ahead: none complains of it. So the picture is called higher by two rows of
blocks, and the code is made longer by ones, which begin no code word (T.81, C.2). A decoder that has used
up the code of all pixels stops at the first block of the added rows, and any other elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK = 8  # px of a block's side: the unit in which JPEG codes a picture
HIGHEST = 65535  # px: the header has two bytes for the height, so nothing higher can be told
SEQUENTIAL = (0xC0, 0xC1)
"""Their blocks come in the order of the page; those of the other kinds come in passes, and have
no last one."""
SCAN, RESTARTS = 0xDA, 0xDD
ONES = b"\xff\x00" * 4
"""The zero behind each byte of ones says that it is no marker."""
FILLED = (b"\xff", b"\0\0")
"""Ends of code that was filled up to a length: where its pixels end cannot be told there."""
STOPPED = re.compile(r"error y=(\d+) x=(\d+)")
"""Where the second decoder stopped, in units of a scan's blocks: how far the picture is whole shows
by it."""


@dataclass(frozen=True)
class Lengthened:
    """A JPEG with some rows of blocks too many, and the row at which whole code ends.

    `high`: px of the picture itself; `grey`: it has no colours.
    """

    data: bytes
    row: int
    high: int
    grey: bool

    def is_whole(self, said: str) -> bool:
        """Whether the decoder stopped at the row `row` and nowhere else; also when it names no place.

        `said`: its messages.
        """
        return self._stops(said) <= {(self.row, 0)}

    def ends_there(self, said: str) -> bool:
        """Whether the decoder did stop at the row `row`: so the code ends there, to the bit."""
        return self._stops(said) == {(self.row, 0)}

    @staticmethod
    def _stops(said: str) -> set[tuple[int, int]]:
        return {(int(row), int(column)) for row, column in STOPPED.findall(said)}


def lengthened(data: bytes, end: int) -> Lengthened | None:
    """A JPEG as the check needs it; None for one in several scans or filled up at its end.

    None also for one with restart marks, which the usual decoder counts. `end`: where the end mark stands.
    """
    at, size_at, high, unit, grey = 2, 0, 0, 0, False
    while at + 4 <= end:
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        part = data[at + 4 : at + 2 + length]
        if data[at] != 0xFF or mark in (0xFF, RESTARTS):
            return None
        if mark in SEQUENTIAL:
            size_at, high = at + 5, int.from_bytes(part[1:3], "big")
            unit, grey = BLOCK * _blocks_high(part), part[5] == 1
        elif mark == SCAN:
            break
        at += 2 + length
    code = data[at:end]
    alone = code.count(bytes((0xFF, SCAN))) == 1 and size_at and part[0] == data[size_at + 4]
    if not alone or high + 2 * unit > HIGHEST or code.endswith(FILLED):
        return None
    higher = (high + 2 * unit).to_bytes(2, "big")
    whole = data[:size_at] + higher + data[size_at + 2 : end] + ONES + data[end:]
    return Lengthened(whole, -(-high // unit), high, grey)


def _blocks_high(size: bytes) -> int:
    """Rows of blocks in a unit of a scan: one where there is but one kind of values."""
    number = size[5]
    if number == 1:
        return 1
    return max(size[7 + 3 * i] & 15 for i in range(number))
