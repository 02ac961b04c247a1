"""Completeness of a statement: is every scanned page of a Braille work in it?"""

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.braille import commission
from examday.services.braille.keyins import has_keyin
from examday.services.scans.pictures import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


def is_stated(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether every scanned page is stated; true as well where nothing was scanned."""
    # Compared as sets: a page that was scanned after the statement reopens the question.
    return {page.id for page in pages_of(uow, booklet, "original")} == {
        leaf.page for leaf in commission.leaves(uow, booklet.id)
    }


def require_stated(uow: UnitOfWork, booklet: Booklet) -> None:
    """Conflict while a scanned page is not stated.

    Whoever handed the description to a colleague reads the notebook itself and hands in meanwhile;
    the second hand-in waits for it, because afterwards the pages cannot be stated any more.
    """
    if is_stated(uow, booklet):
        return
    asked = commission.asked(uow, booklet.id)
    if not asked:
        raise Conflict(
            N_("The pages of this notebook have not been stated yet."),
            code="pages-open",
            advice=N_("Say first what each scanned page is; what you entered is kept."),
        )
    if has_keyin(uow, booklet):
        raise Conflict(
            N_("%(name)s has not described the scans yet."),
            code="pages-asked",
            advice=N_(
                "What you entered is kept: go on with another work and hand in later, or describe"
                " the scans yourself."
            ),
            params={"name": uow.get(Person, asked).name},
        )
