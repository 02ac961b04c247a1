"""The pages of a Braille notebook: which are to be read, and what the reader saw on one."""

from examday.braille import page as braille
from examday.braille.cells import Cell
from examday.domain.scans.pages import ORIGINAL
from examday.domain.transfer.readings import Source
from examday.services.scans.pictures import Grey, pages_of, picture_of, read_grey
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

NO_PICTURE = "no picture"
"""Kind of a page, as stored, whose picture was missing when it was to be read: nobody must take
it for «empty»."""


def is_notebook(booklet: Booklet) -> bool:
    """Tell whether the answers stand in a Braille notebook."""
    return booklet.is_braille


def is_original(booklet: Booklet, page: Page) -> bool:
    """Tell whether this is a page of a Braille notebook, and not of its copy."""
    return is_notebook(booklet) and page.role == ORIGINAL


def new_sheets(uow: UnitOfWork, booklet_id: str, source: Source) -> list[tuple[str, Grey | None]]:
    """List id and picture (None where it is missing) of each page of a notebook, in order.

    Empty when these very pages have a reading from `source`.
    """
    booklet = uow.session.get(Booklet, booklet_id)
    if booklet is None or not is_notebook(booklet):
        return []
    known = find(uow, booklet, source)
    sheets = [(page.id, _picture(uow, page)) for page in pages_of(uow, booklet, ORIGINAL)]
    if known is not None and _complete(known.content["pages"], sheets):
        return []
    return sheets


def _complete(pages: list[dict[str, object]], sheets: list[tuple[str, Grey | None]]) -> bool:
    """Tell whether the reading covers all sheets; not when one had no picture then and has now."""
    return [page["page"] for page in pages] == [page_id for page_id, _ in sheets] and not any(
        page["kind"] == NO_PICTURE and picture
        for page, (_, picture) in zip(pages, sheets, strict=True)
    )


def _picture(uow: UnitOfWork, page: Page) -> Grey | None:
    picture = picture_of(uow.settings, page)
    return picture if picture.there else None


def read_sheet(
    page_id: str,
    picture: Grey | None,
    back: bool,
) -> dict[str, object]:
    """Read one page as it is stored. `back`: read what was embossed from the other side."""
    # A page without a picture keeps its place, so that page numbers stay true.
    if picture is None:
        return {"page": page_id, "kind": NO_PICTURE, "lines": [], "warnings": []}
    seen = braille.read(read_grey(picture), back)
    return {
        "page": page_id,
        "kind": seen.kind,
        "turned": seen.turned,
        "mirrored": seen.mirrored,
        "warnings": list(seen.warnings),
        "size": [seen.width, seen.height],
        "unread": [list(box) for box in seen.unread],
        "lines": [{"cells": [_cell(cell) for cell in line.cells]} for line in seen.lines],
    }


def _cell(cell: Cell) -> dict[str, object]:
    """Store a cell: dots, confidence, box in px of the picture, probabilities of the six dots."""
    # Rounded: a notebook has thousands of cells, and the reading is kept for years.
    plain: dict[str, object] = {"d": cell.dots}
    if cell.box is not None:
        plain |= {
            "c": round(float(cell.confidence), 4),
            "b": [round(float(edge), 1) for edge in cell.box],
            "p": [round(float(chance), 3) for chance in cell.p or ()],
        }
    return plain
