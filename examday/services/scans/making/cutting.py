"""Two sheets on one picture: each becomes a page of its own; the picture is kept as it came."""

from typing import cast

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.scans.pages import TWO_SHEETS, PageState
from examday.reading.joining import as_png
from examday.services.custody.booklets import require
from examday.services.scans import pictures
from examday.services.scans.making import new_files
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page

PixelBox = tuple[int, int, int, int]


def sheets_on(page: Page) -> list[PixelBox]:
    """Where the two sheets lie, px of the picture as it was scanned.

    Empty where both were not found, or the page holds one.
    """
    found = page.identity.get("sheets") or []
    return [cast("PixelBox", tuple(int(edge) for edge in box)) for box in found]


def can_be_cut(page: Page) -> bool:
    """Whether the page waits, and both its sheets were found."""
    return page.state == PageState.EXCEPTION and len(sheets_on(page)) == 2


def cut(uow: UnitOfWork, page_id: str) -> list[str]:
    """Cut a picture of two sheets in two; the ids of the two new files.

    Conflict when the two sheets were not both found, or somebody has decided about the page.
    """
    require(uow, "scans.decide")
    [page] = new_files.hold_sources(uow, [page_id])
    boxes = sheets_on(page)
    if len(boxes) != 2:
        raise Conflict(
            N_("Where one sheet ends and the other begins was not found on this picture."),
            code="no-cut",
            advice=N_("Scan each sheet by itself."),
        )
    grey = pictures.read_grey(pictures.picture_of(uow.settings, page))
    dpi = page.identity.get("dpi")
    stem = page.file.name
    parts = [
        new_files.Picture(as_png(grey[y0:y1, x0:x1], dpi), f"{stem}-{number}.png")
        for number, (x0, y0, x1, y1) in enumerate(boxes, 1)
    ]
    return new_files.take_in(uow, [page], parts, new_files.CUT, TWO_SHEETS)
