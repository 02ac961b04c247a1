"""A person decides once about all pages of a stack that wait alike.

«The stack is whole»: no file is missing between those named by the time. Or: what was taken back together
belongs to one work.
"""

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.scans.pages import AS_BEFORE, TAKEN_BACK
from examday.services.custody.booklets import require
from examday.services.scans.covers.sequence import IN_ORDER, rest_of_stack
from examday.services.scans.deciding import by_hand
from examday.services.scans.deciding.as_before import before
from examday.services.scans.matching import place_all
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def accept_stack(uow: UnitOfWork, page_id: str, count: int) -> int:
    """Place the pages from this one to the end of its stack; returns how many were attached.

    Each is placed as if its files were numbered: a page that is there twice, or one too many, is
    still asked about. Those that were taken back go where the page before them went, whatever cover sheet
    they lie behind. Conflict where the stack is no longer of the `count` pages that were shown.
    """
    require(uow, "scans.decide")
    page = uow.get(Page, page_id)
    found, pages = before(uow, page), rest_of_stack(uow, page)
    if found is None or not pages or len(pages) != count:
        raise _changed()
    uow.hold(Booklet, found.booklet.id)
    uow.hold_all(Page, [one.id for one in pages])
    # Somebody may have decided about one of them while the work was waited for.
    if [one.id for one in rest_of_stack(uow, page)] != [one.id for one in pages]:
        raise _changed()
    if page.problems == [TAKEN_BACK]:
        for one in pages:
            by_hand.attach_page(uow, one.id, found.booklet, found.role, AS_BEFORE)
        return len(pages)
    for one in pages:
        one.identity = {**one.identity, IN_ORDER: True}
    return place_all(uow, pages)


def _changed() -> Conflict:
    return Conflict(
        N_("Another number of pages waits in this stack now."),
        code="stack-changed",
        advice=N_("Count the sheets again, and say once more that the stack is whole."),
    )
