"""«As the page before»: the next page of a notebook goes where the page before it went."""

from dataclasses import dataclass

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.scans.pages import AS_BEFORE, ORIGINAL, PageState
from examday.services.scans.covers.reach import cover_on
from examday.services.scans.covers.sequence import pages_before
from examday.services.scans.deciding import by_hand, stated_sheet
from examday.services.scans.deciding.rivals import COMPETING
from examday.services.scans.evidence import own_evidence
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


@dataclass(frozen=True)
class Before:
    """The page before, and where it belongs: the work and the role that are offered."""

    page: Page
    booklet: Booklet
    role: str


def before(uow: UnitOfWork, page: Page, decided_id: str = "") -> Before | None:
    """Find what can be offered for a page: the work and role of the page before it.

    `decided_id`: the page that the actor has decided about just now, where the scanner's numbers
    tell no order. None where there is none, or the page itself speaks for a work: then it is looked
    at by itself.
    """
    # Of two pictures that may be one sheet a person says why both count.
    if own_evidence(uow, page)[0].code is not None or COMPETING & set(page.problems):
        return None
    former = _nearest(uow, page) or _decided_now(uow, decided_id)
    found = _belongs(uow, former) if former is not None else None
    if found is None or not _may_follow(found, page):
        return None
    return found


def attach_as_before(uow: UnitOfWork, page_id: str, before_id: str) -> Page:
    """Attach a page to the work and role of the page `before_id`, as it was offered.

    Conflict where that page belongs to no work any more.
    """
    found = _belongs(uow, uow.get(Page, before_id))
    if found is None:
        raise _gone()
    uow.hold(Booklet, found.booklet.id)
    uow.hold_all(Page, [page_id, before_id])
    # Somebody may have taken the page before back while the work was waited for.
    after = _belongs(uow, uow.get(Page, before_id))
    if after is None or after.booklet.id != found.booklet.id:
        raise _gone()
    return by_hand.attach_page(uow, page_id, found.booklet, found.role, AS_BEFORE)


def _gone() -> Conflict:
    return Conflict(
        N_("The page before belongs to no work any more."),
        code="no-page-before",
        advice=N_("Say yourself where this page belongs."),
    )


def _nearest(uow: UnitOfWork, page: Page) -> Page | None:
    """The page before it in the stack; those that count for nothing are passed over."""
    for former in pages_before(uow, page):
        if former is None:
            return None
        if former.state != PageState.REJECTED or cover_on(former):
            return former
    return None


def _decided_now(uow: UnitOfWork, page_id: str) -> Page | None:
    former = uow.session.get(Page, page_id) if page_id else None
    mine = former is not None and former.decided_by == uow.actor.person_id
    return former if mine else None


def _belongs(uow: UnitOfWork, page: Page) -> Before | None:
    """Where a page belongs: its work, or the work of a cover sheet."""
    if page.state == PageState.ATTACHED and page.booklet_id:
        return Before(page, uow.get(Booklet, page.booklet_id), page.role)
    work = uow.session.get(Booklet, cover_on(page)) if cover_on(page) else None
    return Before(page, work, ORIGINAL) if work is not None else None


def _may_follow(found: Before, page: Page) -> bool:
    """Whether the page may follow without a further question.

    Not onto forms: which sheet it is has to be said there.
    """
    return by_hand.may_have(found.booklet, found.role) and not stated_sheet.needs_sheet(
        found.booklet, page, found.role
    )
