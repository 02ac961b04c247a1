"""A page belongs to a work, or leaves it: the one place where that is written down."""

from typing import Any

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
    others = [row for row in work_sheets.pages_of(uow, booklet) if row.id != page.id]
    page.order = sum(row.role == role for row in others) + 1
    readers.page_attached(uow, page)
    uow.record(
        Event.PAGE_ATTACHED,
        f"page:{page.id}",
        booklet=booklet.id,
        role=role,
        image=page.image_sha256,
        **data,
    )


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
