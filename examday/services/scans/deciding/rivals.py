"""Which attached pages compete with one that waits: both are shown side by side."""

from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.scans.pages import PageState
from examday.domain.scans.sheets import same_sheet
from examday.services.scans.covers.reach import seen_on
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

COMPETING = frozenset({"duplicate", "too-many", "same-ink"})
"""Problems in which the page and one that is there may be pictures of one sheet."""


def rivals(uow: UnitOfWork, page: Page) -> Sequence[Page]:
    """The attached pages that a waiting page is compared with, the likeliest first.

    They bear the same number, or are those of the work that the page speaks for where it may be a
    second picture of one of them. Beside a page that competes with none stand only those whose place it
    could take.
    """
    found = _with_its_number(uow, page) or _of_its_work(uow, page)
    competes = bool(COMPETING & set(page.problems))
    others = [row for row in found if _counts(uow, row) and (competes or fits_for(page, row))]
    return sorted(others, key=lambda row: _unlike(row, page))


def fits_for(page: Page, other: Page) -> bool:
    """Whether a page may take the place of another one: in the same role, as the same sheet.

    What is not known of one of them speaks against nothing: whoever exchanges them says it.
    """
    same_role = not page.role or not other.role or page.role == other.role
    return same_role and same_sheet((page.sheet, page.code), (other.sheet, other.code))


def alike(page: Page, others: Sequence[Page]) -> int:
    """How many of them are of the same sheet in the same role; 0 where the page's form is unknown."""
    if not page.sheet:
        return 0
    return sum(row.role == page.role and row.sheet == page.sheet for row in others)


def _counts(uow: UnitOfWork, row: Page) -> bool:
    """Not the copy of an earlier version: it stays as evidence, and nothing takes its place."""
    booklet = uow.get(Booklet, row.booklet_id)
    return row.id in {page.id for page in work_sheets.pages_of(uow, booklet)}


def _unlike(row: Page, page: Page) -> tuple[bool, bool, bool]:
    return (
        row.image_sha256 != page.image_sha256,
        bool(page.role) and row.role != page.role,
        bool(page.sheet) and row.sheet != page.sheet,
    )


def _with_its_number(uow: UnitOfWork, page: Page) -> Sequence[Page]:
    if page.code is None:
        return []
    return uow.session.scalars(
        select(Page)
        .where(Page.code == page.code, Page.state == PageState.ATTACHED, Page.id != page.id)
        .order_by(Page.at)
    ).all()


def _of_its_work(uow: UnitOfWork, page: Page) -> Sequence[Page]:
    """The pages of a notebook or print-out in the role of the waiting page."""
    booklet: Booklet | None = seen_on(uow, page)[1]
    if booklet is None or not COMPETING & set(page.problems):
        return []
    return [row for row in work_sheets.pages_of(uow, booklet) if row.role == page.role]
