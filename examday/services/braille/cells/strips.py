"""Cells in rows: each cell with its reading, its doubt and its place on the picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.braille.cell_meanings import CellMeaning
from examday.paper.layout import Box
from examday.services.braille.cells import signs


@dataclass(frozen=True)
class Spot:
    """One cell with its meaning, its doubt and its place."""

    piece: CellMeaning
    line: int
    cell: int
    page: int = 0
    """From 1 in the pages people work from; 0 for cells that were typed, which stand on no page."""
    box: Box | None = None
    """px of the upright picture; None where nothing is to be seen, for blanks and for typed
    cells."""
    doubt: bool = False
    """The machine is not sure of it: marked, so that eyes go there first."""

    @property
    def glyph(self) -> str:
        """The drawing of the dots."""
        return signs.glyph(self.piece.dots)

    @property
    def heard(self) -> str:
        """The numbers of the dots; empty for a blank cell."""
        return signs.dots_apart(self.piece.dots)


@dataclass(frozen=True)
class Strip:
    """The cells of one line, or of the part of a line that belongs to one answer."""

    page: int
    line: int
    spots: tuple[Spot, ...]


def around(boxes: Sequence[Box]) -> Box:
    """Return the box around all these."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
