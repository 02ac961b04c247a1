"""What people see of a scanned page.

The page as it lies on a desk, and pictures of pages and fields for whoever may see them.
"""

from dataclasses import dataclass

from examday.paper.layout import layouts
from examday.services.rules.exam_forms import layout_for
from examday.services.scans import pictures
from examday.services.scans.showing.desk_order import working_pages
from examday.services.scans.showing.places import Place, places
from examday.services.scans.showing.sight import visible_page
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

PixelBox = tuple[int, int, int, int]


@dataclass(frozen=True)
class DeskPage:
    """A page as people work from it.

    Width and height: px of the upright picture. `measured`: the places of its form come from a real
    sheet, or no form was laid over it. `proven`: the form lies right on this picture, or there is
    none.
    """

    id: str
    width: int
    height: int
    measured: bool = True
    proven: bool = True


def desk_page(page: Page) -> DeskPage:
    """A stored page as it lies on a desk."""
    width, height = pictures.size_of(page)
    return DeskPage(page.id, width, height, measured(page.sheet), pictures.proven(page))


def desk_pages(uow: UnitOfWork, booklet: Booklet, role: str) -> list[DeskPage]:
    """The pages of a work's original or copy that people work from, in order."""
    return [desk_page(page) for page in working_pages(uow, booklet, role)]


@dataclass(frozen=True)
class Sheets:
    """The pages of a work's original or copy in order, and where each field lies on them."""

    pages: list[DeskPage]
    places: dict[str, Place]


def sheets(uow: UnitOfWork, booklet: Booklet, role: str) -> Sheets:
    """What people work from: pages and places of the original or of the present copy."""
    return Sheets(desk_pages(uow, booklet, role), places(uow, booklet, role))


def form_name(sheet: str) -> str:
    """The name of the form that was laid over a page; "" when none was, or it is not known."""
    form = layouts().get(sheet)
    return form.name if form else ""


def measured(sheet: str) -> bool:
    """Return False where a page lies under a form whose places nobody has measured on a real sheet.

    Forms of which no layout is known (ГВЭ, essays) are among them.
    """
    form = layouts().get(sheet)
    # Under no form at all (a notebook, a print-out) there are no places that could be wrong.
    return not sheet or (form is not None and form.measured)


def of_page(
    uow: UnitOfWork,
    page_id: str,
    box: PixelBox | None,
    scale: float,
) -> bytes:
    """JPEG of a page the actor may see, or of `box` (px of the upright page)."""
    page = visible_page(uow, page_id)
    return pictures.picture(uow.settings, page, box, scale)


def of_field(uow: UnitOfWork, page_id: str, field_id: str) -> bytes:
    """JPEG of one field of a page the actor may see, cut out straight."""
    page = visible_page(uow, page_id)
    booklet = uow.get(Booklet, page.booklet_id)
    return pictures.field_picture(uow.settings, page, layout_for(booklet.exam), field_id)


def thumbnail(uow: UnitOfWork, page_id: str) -> bytes:
    """JPEG that shows what sheet a page is and too small for reading."""
    return pictures.thumbnail(uow.settings, uow.get(Page, page_id))
