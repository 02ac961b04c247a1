"""Who may see which page."""

from collections.abc import Iterable

from examday.domain.custody.lifecycle import State
from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState
from examday.domain.transfer.duties import COPIER, VERIFIER
from examday.services.braille import commission
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import SETTLED_ON
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

SEES_WORKS = frozenset(
    {
        Role.SITE_HEAD,
        Role.EXAM_BOARD_MEMBER,
        Role.BRAILLE_CHAIR,
        Role.BRAILLE_DEPUTY,
        Role.APPEAL_CHAIR,
        Role.APPEAL_DEPUTY,
        Role.APPEAL_SECRETARY,
        Role.APPEAL_MEMBER,
        Role.SYSTEM,
    }
)
"""Roles that may look at any work; everybody else only at works in which they have a part."""
READ_BACK = frozenset({State.VERIFIED, State.CERTIFIED, State.PACKED, State.HANDED_OVER})


def may_see(uow: UnitOfWork, page: Page) -> bool:
    """Whether the actor may see this page in full.

    Until a version is settled no copy is shown to anybody who could key in or settle: an earlier
    copy would give the answers away.
    """
    actor = uow.actor
    if Role.SYSTEM not in actor.roles and not actor.may("image.see"):
        return False
    booklet = uow.session.get(Booklet, page.booklet_id) if page.booklet_id else None
    if booklet is None:
        return actor.may("scans.decide")
    if page.role == "copy":
        return _may_see_copy(uow, booklet)
    if page.state == PageState.EXCEPTION and actor.may("scans.decide"):
        return True
    return _sees_all_of(actor, booklet) or _works_on(uow, booklet)


def in_sight(uow: UnitOfWork, pages: Iterable[Page]) -> frozenset[str]:
    """The ids of those pages that the actor may see in full: only of them a page offers more."""
    return frozenset(page.id for page in pages if may_see(uow, page))


def _works_on(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether the actor has a part in the work, or describes its scans for a colleague who cannot see."""
    if my_parts(uow, booklet):
        return True
    me = uow.actor.person_id
    return me is not None and commission.asked(uow, booklet.id) == me


def _may_see_copy(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Whether the actor may see the copies of this work."""
    # Whoever may key in may settle, too: one row of the matrix tells of both.
    if uow.actor.may("settle.decide") and State(booklet.state) not in SETTLED_ON:
        return False
    return _sees_all_of(uow.actor, booklet) or bool(my_parts(uow, booklet) & {COPIER, VERIFIER})


def _sees_all_of(actor: Actor, booklet: Booklet) -> bool:
    """Whether the actor may see every page of a work without having a part in it."""
    # Who signs must see both pictures: the finished work is read back, original and copy side by
    # side.
    reads_back = State(booklet.state) in READ_BACK and actor.may("sign")
    return reads_back or bool(actor.roles & SEES_WORKS)


def visible_page(uow: UnitOfWork, page_id: str) -> Page:
    """The page, or NotFound when it is not for the actor's eyes."""
    page = uow.get(Page, page_id)
    if not may_see(uow, page):
        raise NotFound()
    return page
