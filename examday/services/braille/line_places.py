"""Where the lines of a notebook lie, so that the picture follows the entry.

Before the hand-in only the *places* of the lines that the machine found may steer the picture.
"""

from collections.abc import Sequence

from examday.paper.layout import Box
from examday.services.braille.cells.strips import around
from examday.services.braille.machine_pages import read_pages
from examday.services.braille.stored_pages import StoredLine, box_of
from examday.services.scans.pictures import size_of, upright_box
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

SLATE_LINES = 18
"""Lines of a slate (18 × 24 cells is the norm): steps through a page of which no line is known."""


def line_places(uow: UnitOfWork, booklet: Booklet, pages: Sequence[Page]) -> list[list[Box]]:
    """Return where the lines of each page are, in px of the upright picture.

    A page that no machine has read is stepped through by the lines of a slate; a page without
    Braille has no lines, unless the whole notebook seems to have none.
    """
    seen = (page for page in read_pages(uow, booklet) if page["kind"] != "no picture")
    lines = {page["page"]: page["lines"] for page in seen}
    found = [_places(page, lines[page.id]) if page.id in lines else _even(page) for page in pages]
    return found if any(found) else [_even(page) for page in pages]


def _places(page: Page, lines: Sequence[StoredLine]) -> list[Box]:
    """Return the boxes of lines from one side of the writing to the other."""
    whole = [box for line in lines if (box := _around(page, line))]
    return [_across(whole, box) for box in whole]


def box_of_lines(page: Page, lines: Sequence[StoredLine], wanted: Sequence[int]) -> Box | None:
    """Return the box around some lines of a page (from 1), px of the upright picture.

    None where no cell of them has a place.
    """
    boxes = [_around(page, line) for line in lines]
    own = [box for n in wanted if (box := boxes[n - 1])]
    return _across([box for box in boxes if box], around(own)) if own else None


def _across(whole: Sequence[Box], own: Box) -> Box:
    """Return a box with the width of the whole writing.

    The length of a line would tell what was read.
    """
    x0, y0, x1, y1 = around(whole)
    # A page may be stored turned by 90°: then its lines run from top to bottom.
    width = sum(box[2] - box[0] for box in whole)
    height = sum(box[3] - box[1] for box in whole)
    return (x0, own[1], x1, own[3]) if width >= height else (own[0], y0, own[2], y1)


def _around(page: Page, line: StoredLine) -> Box | None:
    """Return the box around the cells of a line."""
    boxes = [upright_box(page, box) for cell in line["cells"] if (box := box_of(cell))]
    return around(boxes) if boxes else None


def _even(page: Page) -> list[Box]:
    """Return the lines of a slate over a page that nobody has read."""
    width, height = size_of(page)
    step = height / SLATE_LINES
    return [(0.0, n * step, float(width), (n + 1) * step) for n in range(SLATE_LINES)]
