"""What the machine read of a notebook, page by page, and who may know of it."""

from collections.abc import Sequence
from typing import Required, TypedDict

from examday.braille.cells import Cell
from examday.braille.page import Line
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.paper.layout import Box
from examday.services.transfer import settle
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

FRONT, BACK = Source.MACHINE_ORIGINAL, Source.MACHINE_BACK


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


def read_pages(uow: UnitOfWork, booklet: Booklet, source: Source = FRONT) -> list[StoredPage]:
    """The pages that were read, in the order of the scans; empty when nothing was read."""
    machine = find(uow, booklet, source)
    return list(machine.content.get("pages", [])) if machine else []


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


def has_read(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Has the actor handed in a reading of the present version: a key-in, or the third one?"""
    mine = my_parts(uow, booklet) & {FIRST, SECOND}
    return (
        any(find(uow, booklet, Source(part)) for part in mine)
        or settle.own_reading(uow, booklet) is not None
    )
