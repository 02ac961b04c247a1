"""Which pictures of a case are still there: a missing one is said in words, not shown broken."""

from examday.domain.errors import NotFound
from examday.services.scans.pictures import path_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page


def has_picture(uow: UnitOfWork, page: Page) -> bool:
    """Tell whether the picture of a page is there: a case goes on without it all the same."""
    try:
        path_of(uow.settings, page)
    except NotFound:
        return False
    return True
