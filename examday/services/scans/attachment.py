"""A page belongs to a work, or leaves it: the one place where that is written down."""

from typing import Any

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.scans.pages import PageState
from examday.services.recognition import readers
from examday.services.scans.making import new_files
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def attach(
    uow: UnitOfWork,
    page: Page,
    booklet: Booklet,
    role: str,
    **data: Any,
) -> None:
    """Attach a page to its booklet, which is held. `data`: what the entry in the ledger adds."""
    page.state, page.booklet_id, page.version, page.role = (
        PageState.ATTACHED,
        booklet.id,
        booklet.version,
        role,
    )
    for part in new_files.parts_of(
        uow, page
    ):  # they share the fate of the work: bundles, destruction
        part.booklet_id = booklet.id
    page.order = _place(uow, booklet, page)
    readers.page_attached(uow, page)
    uow.record(
        Event.PAGE_ATTACHED,
        f"page:{page.id}",
        booklet=booklet.id,
        role=role,
        image=page.image_sha256,
        **data,
    )


def _place(uow: UnitOfWork, booklet: Booklet, page: Page) -> int:
    """The place of the sheet that the page replaces, where it is free; else the next one."""
    rows = work_sheets.pages_of(uow, booklet)
    taken = {row.order for row in rows if row.role == page.role and row.id != page.id}
    if not taken:
        return 1
    same_sheet = select(Page).where(
        Page.booklet_id == booklet.id,
        Page.role == page.role,
        Page.sheet == page.sheet,
        Page.id != page.id,
    )
    # Other pages count no longer, or they would be among those whose place is taken.
    before = uow.session.scalars(same_sheet.order_by(Page.at.desc())) if page.sheet else ()
    free = (
        row.order
        for row in before
        if row.order
        and row.order not in taken
        and work_sheets.key_of(row) == work_sheets.key_of(page)
    )
    return next(free, max(taken) + 1)


def release(uow: UnitOfWork, page: Page, problem: str) -> None:
    """Detach a page from its work; it waits for a person, because of `problem`."""
    page.state, page.problems, page.booklet_id = PageState.EXCEPTION, [problem], None
    for part in new_files.parts_of(uow, page):
        part.booklet_id = None


def same_picture(uow: UnitOfWork, booklet: Booklet, page: Page) -> Page | None:
    """Return the page of the work that is this very picture; None where it has none."""
    others = [row for row in work_sheets.pages_of(uow, booklet) if row.id != page.id]
    alike = (row for row in others if row.image_sha256 == page.image_sha256)
    return next(alike, None) if page.image_sha256 else None
