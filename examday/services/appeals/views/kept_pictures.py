"""Which pictures of a case are still there: a missing one is said in words, not shown broken."""

from examday.services.scans.pictures import picture_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page


def has_picture(uow: UnitOfWork, page: Page) -> bool:
    """Tell whether the picture of a page is there: a case goes on without it all the same."""
    return picture_of(uow.settings, page).there


def with_picture(uow: UnitOfWork, pages: list[Page]) -> list[str]:
    """Return the ids of pages whose picture is still there."""
    return [page.id for page in pages if has_picture(uow, page)]
