"""Where each field of a work is: on which page, and in which box of its picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

from examday.domain.custody.lifecycle import Medium
from examday.domain.scans.sheets import BOTH_IN_ONE, form_of_layout
from examday.domain.transfer.fields import FieldList, is_long
from examday.paper.layout import Layout
from examday.services.rules.exam_forms import fields_for, layout_for
from examday.services.scans.pictures import field_box, form_of, on_page, pages_of, text_box
from examday.services.scans.showing.desk_order import working_pages
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


@dataclass(frozen=True)
class Place:
    """Where a field is: the page, and its box.

    The box is in px of the upright page picture (None: somewhere on the page). An answer that goes
    on over several sheets has the others in `further`, in their order. `measured`: whether the
    form's places come from a real sheet.
    """

    page_id: str
    box: tuple[int, int, int, int] | None
    further: tuple[Place, ...] = ()
    measured: bool = True


def places(
    uow: UnitOfWork,
    booklet: Booklet,
    role: str,
    version: int | None = None,
) -> dict[str, Place]:
    """Where each field of the booklet's original or copy is.

    Fields whose sheet is not there are left out: no field ever gets the picture of another sheet.
    """
    pages = pages_of(uow, booklet, role, version) if version else working_pages(uow, booklet, role)
    fields, form = fields_for(booklet.exam), layout_for(booklet.exam)
    if not pages:
        return {}
    if booklet.medium not in (Medium.ENLARGED, Medium.STANDARD) and role != "copy":
        return {f: Place(pages[0].id, None) for f in fields.ids}
    whole = [page for page in pages if form_of_layout(page.sheet) in BOTH_IN_ONE]
    if whole and form_of(whole[0]) is None:
        # Short and long answers on one form that nobody has measured: somewhere on its pages.
        first, *further = (Place(page.id, None, measured=False) for page in whole)
        return dict.fromkeys(fields.ids, replace(first, further=tuple(further)))
    short = _short_page(pages, form)
    text = _text_place([page for page in pages if page is not short] or pages)
    found = _short_places(short, form, fields)
    if text is not None:
        found |= {f: text for f in fields.ids if is_long(f)}
    return {f: found[f] for f in fields.ids if f in found}


def _short_places(page: Page | None, form: Layout, fields: FieldList) -> dict[str, Place]:
    """Where the short answers are on their page; nothing without the page."""
    if page is None:
        return {}
    boxes = page_boxes(page, form, fields)
    return {
        f: Place(page.id, boxes.get(f), measured=form.measured)
        for f in fields.ids
        if not is_long(f)
    }


def _short_page(pages: list[Page], form: Layout) -> Page | None:
    """The page of the short answers; of pages whose form is not known, the first.

    Never a page that is known to be another sheet.
    """
    known = next((page for page in pages if page.sheet.startswith(form.form)), None)
    return known or next((page for page in pages if not page.sheet), None)


def _text_place(pages: list[Page]) -> Place | None:
    """Return where the long answers are.

    These are the text areas of the sheets that have one, in order of the pages. Which answer stands
    in which area only the reader knows. Without such a sheet: somewhere on the pages whose form is
    not known, else nowhere (None).
    """
    found = []
    for page in pages:
        form = form_of(page)
        if form is not None and (box := text_box(form)) is not None:
            found.append(Place(page.id, on_page(page, form, box), (), form.measured))
    found = found or [Place(page.id, None) for page in pages if not page.sheet]
    return replace(found[0], further=tuple(found[1:])) if found else None


def page_boxes(page: Page, form: Layout, fields: FieldList) -> dict[str, tuple[int, int, int, int]]:
    """Boxes of the fields in px of the upright picture.

    None where nothing proves that the form lies right.
    """
    boxes = {f: field_box(form, f) for f in fields.ids}
    found = {f: on_page(page, form, box) for f, box in boxes.items() if box is not None}
    return {f: box for f, box in found.items() if box is not None}
