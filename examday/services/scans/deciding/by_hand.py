"""A person says where a page belongs, or why it does not count."""

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import (
    ARROWS,
    BY_EYE,
    COPY,
    ORIGINAL,
    PageState,
    already_decided,
)
from examday.services.custody.booklets import not_now, require
from examday.services.scans.deciding.putting import put_into
from examday.services.scans.works.bare_sheets import is_usual
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def attach_page(
    uow: UnitOfWork,
    page_id: str,
    booklet: Booklet,
    role: str,
    reason: str,
    sheet: str = "",
) -> Page:
    """A person says where a page belongs, and why, where that is unusual (kept with the page).

    `sheet`: which sheet of the kit it is, asked for where no form was seen on it; `OTHER_SHEET`
    counts for none of them. Conflict when the booklet does not wait for it, or has this very
    picture.
    """
    require(uow, "scans.decide")
    booklet = uow.hold(Booklet, booklet.id)
    page = _undecided(uow, page_id)
    if role not in ARROWS:
        raise Invalid(
            N_("Say whether the page is the original or the copy."), code="no-role", field="role"
        )
    reason = reason.strip() or _usual_reason(uow, booklet, page, role, sheet)
    if not may_have(booklet, role):
        raise not_now(
            booklet, N_("The booklet does not wait for this page now: «%(state)s»."), "wrong-step"
        )
    put_into(uow, booklet, page, role, reason, sheet)
    return page


def _usual_reason(
    uow: UnitOfWork,
    booklet: Booklet,
    page: Page,
    role: str,
    sheet: str,
) -> str:
    """Return the program's own words for what is done day after day; Invalid for anything else."""
    if is_usual(uow, booklet, page, role, sheet):
        return BY_EYE
    raise Invalid(N_("A decision about a page needs a reason."), code="no-reason", field="reason")


def may_have(booklet: Booklet, role: str) -> bool:
    """Return whether the booklet may have a page of this role now.

    It is the awaited page itself, or a further page of the role just scanned (a notebook, a second
    sheet).
    """
    states = {ORIGINAL: (State.COLLECTED, State.SCANNED), COPY: (State.COPIED, State.COPY_SCANNED)}
    return booklet.state in states[role]


def reject_page(uow: UnitOfWork, page_id: str, reason: str) -> Page:
    """A person says that a page does not count, and why. The page and its picture stay."""
    require(uow, "scans.decide")
    page = _undecided(uow, page_id)
    if not reason.strip():
        raise Invalid(
            N_("A decision about a page needs a reason."), code="no-reason", field="reason"
        )
    page.state, page.decided_by, page.reason = (
        PageState.REJECTED,
        uow.actor.person_id,
        reason.strip(),
    )
    uow.record(Event.PAGE_REJECTED, f"page:{page.id}")
    return page


def _undecided(uow: UnitOfWork, page_id: str) -> Page:
    page = uow.hold(Page, page_id)
    if page.state != PageState.EXCEPTION:
        raise already_decided()
    return page
