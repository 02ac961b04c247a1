"""Completeness of a statement: is every scanned page of a Braille work in it?"""

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def is_stated(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether every scanned page is stated; true as well where nothing was scanned."""
    # Compared as sets: a page that was scanned after the statement reopens the question.
    return {page.id for page in pages_of(uow, booklet, "original")} == {
        leaf.page for leaf in commission.leaves(uow, booklet.id)
    }


def require_stated(uow: UnitOfWork, booklet: Booklet) -> None:
    """Conflict while a scanned page is not stated."""
    if not is_stated(uow, booklet):
        raise Conflict(
            N_("The pages of this notebook have not been stated yet."),
            code="pages-open",
            advice=N_("Say first what each scanned page is; what you entered is kept."),
        )
