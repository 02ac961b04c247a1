"""Taking back: a page that was attached wrongly is detached or exchanged.

Only what rested on it goes back.
"""

from collections.abc import Sequence

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import ORIGINAL, TAKEN_BACK, PageState, already_decided
from examday.services.scans.attachment import release
from examday.services.scans.deciding.attached import attached
from examday.services.scans.deciding.going_back import go_back
from examday.services.scans.deciding.putting import put_into
from examday.services.scans.deciding.rivals import fits_for
from examday.services.scans.works.resting import resting_on
from examday.services.scans.works.work_sheets import pages_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def detach(uow: UnitOfWork, page_id: str, reason: str, behind: bool = False) -> Page:
    """«This is the wrong page»: the page leaves its work and waits for a person again.

    `behind`: all that lie behind it in the work leave with it, as where the cover sheet of the next work
    was lost. A copy's page takes verification and signatures of that copy with it, an original's the fields
    that were keyed from it. Conflict when the page is not attached, or the work is packed.
    """
    booklet, page = attached(uow, page_id, reason)
    again = resting_on(booklet, page)
    for one in [page, *(pages_behind(uow, page) if behind else ())]:
        release(uow, one, TAKEN_BACK)
        _leave(uow, booklet, one, reason)
    go_back(uow, booklet, page.role, again)
    return page


def pages_behind(uow: UnitOfWork, page: Page) -> Sequence[Page]:
    """The pages of a notebook or print-out that lie behind an attached one in its work."""
    booklet = uow.get(Booklet, page.booklet_id)
    if not booklet.is_by_pages or page.role != ORIGINAL:
        return ()
    pages = [one for one in pages_of(uow, booklet) if one.role == ORIGINAL]
    return pages[[one.id for one in pages].index(page.id) + 1 :]


def exchange(
    uow: UnitOfWork,
    page_id: str,
    wrong_id: str,
    reason: str,
    sheet: str = "",
) -> Page:
    """The page `page_id`, which was set aside, takes the place of the attached page `wrong_id`,
    which counts no longer. Where no form was seen on it, it is the sheet whose place it takes;
    `sheet` says which where that is not known either.
    """
    booklet, wrong = attached(uow, wrong_id, reason)
    page = uow.hold(Page, page_id)
    if page.state == PageState.ATTACHED:
        raise already_decided()
    if not fits_for(page, wrong):
        raise Conflict(
            N_(
                "This picture is of another sheet, or of the copy where the original stands: it cannot take that place."
            ),
            code="other-sheet",
            advice=N_(
                "Say at the page itself where it belongs. The wrong page is taken back by itself."
            ),
        )
    if not page.sheet:
        page.sheet, page.code = wrong.sheet, wrong.code
    # Of the sheet that comes, too: it may hold answers that nobody has seen.
    again = resting_on(booklet, wrong) | resting_on(booklet, page)
    wrong.state = PageState.REJECTED
    _leave(uow, booklet, wrong, reason)
    go_back(uow, booklet, wrong.role, again, exchanged=True)
    page.problems = []
    put_into(uow, booklet, page, wrong.role, reason, sheet)
    return page


def _leave(
    uow: UnitOfWork,
    booklet: Booklet,
    page: Page,
    reason: str,
) -> None:
    page.decided_by, page.reason = uow.actor.person_id, reason.strip()
    uow.session.flush()
    uow.record(
        Event.PAGE_DETACHED,
        f"page:{page.id}",
        booklet=booklet.id,
        role=page.role,
        version=booklet.version,
        image=page.image_sha256,
    )
    # What a person said of the sheet goes with the attachment, which was the mistake; what the
    # reader saw stays.
    page.sheet = str(page.identity.get("layout") or "")
