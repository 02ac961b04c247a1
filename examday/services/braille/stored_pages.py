"""Cells, lines and pages as they are stored in a reading of the machine."""

from collections.abc import Sequence
from typing import NotRequired, Required, TypedDict

from examday.braille.cells import Cell
from examday.braille.page import Line
from examday.paper.layout import Box


class StoredCell(TypedDict, total=False):
    """A cell, with short keys: an essay has thousands of them in one row of the table."""

    d: Required[int]
    """Dots as bits (dot 1 is 1, dot 6 is 32): short, because a notebook has thousands of cells."""
    c: float
    """Confidence from 0 to 1; left out for a blank, of which nothing was seen that one could be
    sure of."""
    b: Sequence[float]
    """Box in px of the stored picture; left out for a blank: its place follows from the pitch."""
    p: Sequence[float]
    """Chances of the six dots: one lost dot usually gives another valid answer (braille.md 9)."""


class StoredLine(TypedDict):
    """A line of a page."""

    cells: list[StoredCell]


class StoredPage(TypedDict):
    """A page of a reading."""

    page: str
    """Its id: pages are found by it, because their order may be stated anew."""
    kind: str
    """What it seems to be: «braille», «empty», «not braille», «no picture». Stored in words, which
    outlive a change of the program."""
    lines: list[StoredLine]
    unread: NotRequired[list[Sequence[float]]]
    """Where dots were seen that were not read, px: there the text shows no gap. Missing in readings
    of earlier releases."""


def line_of(row: StoredLine) -> Line:
    """Return a stored line as cells with their doubt."""
    return Line(
        tuple(
            Cell(int(cell["d"]), _chances(cell), box_of(cell), float(cell.get("c", 1.0)))
            for cell in row["cells"]
        )
    )


def _chances(cell: StoredCell) -> tuple[float, float, float, float, float, float] | None:
    """Return the chances of the six dots; None where they were not stored."""
    if not cell.get("p"):
        return None
    one, two, three, four, five, six = cell["p"]
    return one, two, three, four, five, six


def box_of(cell: StoredCell) -> Box | None:
    """Return where the cell lies on the stored picture, px; None for a blank."""
    if not cell.get("b"):
        return None
    left, top, right, bottom = cell["b"]
    return left, top, right, bottom
