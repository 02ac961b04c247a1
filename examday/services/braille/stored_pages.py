"""How cells, lines and pages are stored in a reading of the machine."""

from collections.abc import Sequence
from typing import Required, TypedDict

from examday.braille.cells import Cell
from examday.braille.page import Line
from examday.paper.layout import Box


class StoredCell(TypedDict, total=False):
    """A cell in short: dots, confidence, box in px of the picture, chances of the six dots."""

    d: Required[int]
    c: float
    b: Sequence[float]
    p: Sequence[float]


class StoredLine(TypedDict):
    """A line of a page."""

    cells: list[StoredCell]


class StoredPage(TypedDict):
    """A page as the machine's reading holds it. `page`: its id; `kind`: what it seems to be."""

    page: str
    kind: str
    lines: list[StoredLine]


def line_of(row: StoredLine) -> Line:
    """A stored line as cells with their doubt."""
    return Line(
        tuple(
            Cell(int(cell["d"]), _chances(cell), box_of(cell), float(cell.get("c", 1.0)))
            for cell in row["cells"]
        )
    )


def _chances(cell: StoredCell) -> tuple[float, float, float, float, float, float] | None:
    if not cell.get("p"):
        return None
    one, two, three, four, five, six = cell["p"]
    return one, two, three, four, five, six


def box_of(cell: StoredCell) -> Box | None:
    """Where the cell lies on the stored picture, px; None for a blank."""
    if not cell.get("b"):
        return None
    left, top, right, bottom = cell["b"]
    return left, top, right, bottom
