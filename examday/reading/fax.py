"""Checks the code of a fax picture (G3, G4) bit by bit: every code word, every row's length, the end.

The usual decoder draws on after an error: it fills a row up, or repeats the one above, and says nothing.
Measured on random damage in the middle, four of five hurt G3 pictures passed and a tenth of G4, some
with half their rows displaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from examday.reading.bad_files import Damaged
from examday.reading.fax_codes import ACROSS, LONGEST, PASS, Table, modes, runs

END = 12
"""Bits of an end-of-line mark: eleven zeros or more and a one."""
OWN_WAY = 200
"""T.6 leaves no choice of the mode. One word in more than so many that is another than it asks for comes
from damage; an encoder that goes its own way does so throughout."""
REST = 24
"""Bits behind the last row that are no row: the rest of a byte, and a line end that a PDF counts in."""
REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
"""Bytes with their bits turned round: TIFF's fill order 2 writes them so, and the code is read one
way only."""


@dataclass(frozen=True)
class FaxCode:
    """How a fax picture is coded.

    `two_ways`: 0 each row by itself, 1 marked row by row (G3 2-D), -1 all by the row above (G4);
    `aligned`: each row begins with a byte and no mark; `width` and `rows` in pixels.
    """

    width: int
    rows: int
    two_ways: int
    aligned: bool = False


def check_fax(data: bytes, code: FaxCode) -> None:
    """Raise Damaged when the code does not hold.

    The code has a word that does not exist, a row that is not as long as the picture is wide, rows
    that are missing, or something else behind the last row.
    """
    _Reader(data, code).check()


class _Reader:
    """Reads rows of runs from bits."""

    def __init__(self, data: bytes, code: FaxCode) -> None:
        # Filled up, because words are looked up in three bytes at once, also at the end of the
        # data.
        self.data = data + b"\0\0\0\0"
        self.code = code
        self.at = self.words = self.odd = 0
        self.end = len(data) * 8
        self.white, self.black = runs()
        self.modes = modes()

    def check(self) -> None:
        """Read row by row to the end mark; what lies behind a picture of full height must be code too."""
        above: list[int] = []
        rows = 0
        while True:
            marks, by_itself = self._marks()
            if marks >= (1 if self.code.two_ways < 0 else 2) or self._over(rows):
                # G4 knows no marks but at its end, so this is it; G3 has one before each row and
                # six at its end
                break
            above = self._row() if by_itself else self._row_by(above)
            rows += 1
        if rows != self.code.rows or 0 < self.odd * OWN_WAY < self.words:
            raise Damaged

    def _over(self, rows: int) -> bool:
        """Whether the picture ends here: nothing is left, or behind its last row less than REST bits."""
        left = self.end - self.at
        return left <= 0 or (rows >= self.code.rows and (left < REST or self._zeros() >= left))

    def _marks(self) -> tuple[int, bool]:
        """Count the end-of-line marks that stand here, with the zeros before them.

        Also tells whether the row behind them is told by itself.
        """
        if self.code.aligned:
            # An aligned row begins with a whole byte: bits left of the last one mean nothing.
            self.at = -(-self.at // 8) * 8
        marks, by_itself = 0, True
        while True:
            zeros = self._zeros()
            if zeros < END - 1 or self.at + zeros >= self.end:
                break
            self.at += zeros + 1
            marks += 1
            if self.code.two_ways > 0:
                by_itself = bool(self._peek() >> (LONGEST - 1))
                self.at += 1
        return marks, by_itself and self.code.two_ways >= 0

    def _zeros(self) -> int:
        at = self.at
        while at < self.end and not (self.data[at >> 3] << (at & 7)) & 0xFF:
            at = (at | 7) + 1
        while at < self.end and not (self.data[at >> 3] >> (7 - (at & 7))) & 1:
            at += 1
        return at - self.at

    def _peek(self) -> int:
        byte = self.at >> 3
        three = self.data[byte : byte + 3]
        return (int.from_bytes(three, "big") >> (24 - LONGEST - (self.at & 7))) & 0x1FFF

    def _next(self, table: Table) -> int:
        found = table[self._peek()]
        if found is None or self.at + found[1] > self.end:
            raise Damaged
        self.at += found[1]
        return found[0]

    def _run(self, colour: int) -> int:
        table, total = self.black if colour else self.white, 0
        while (part := self._next(table)) >= 64:
            total += part
        return total + part

    def _row(self) -> list[int]:
        """The columns at which the colour changes, of a row told by itself."""
        x, colour, changes = 0, 0, []
        while x < self.code.width:
            x += self._run(colour)
            colour = 1 - colour
            changes.append(x)
        if x > self.code.width:
            raise Damaged
        return changes

    def _row_by(self, above: Sequence[int]) -> list[int]:
        """The columns at which the colour changes, of a row told by the one above it."""
        width = self.code.width
        # The code refers to the change behind the last pixel as if there were one (T.6).
        ref = [*above, width, width, width]
        x, colour, i = 0, 0, 0
        changes: list[int] = []
        while x < width:
            while ref[i] < width and (ref[i] <= x if changes or x else ref[i] < x):
                i += 2
            mode = self._next(self.modes)
            self.words += 1
            if mode == PASS:
                x = ref[i + 1]
            elif mode == ACROSS:
                for which in (colour, 1 - colour):
                    x += self._run(which)
                    changes.append(x)
                self.odd += ref[i + 1] < changes[-2] or abs(changes[-2] - ref[i]) <= 3
            else:
                there = ref[i] + mode
                if there < x or there > width or (there == x and changes):
                    raise Damaged
                self.odd += ref[i + 1] < there
                x, colour = there, 1 - colour
                changes.append(x)
                i = i - 1 if i else 1
        if x > width:
            raise Damaged
        return changes
