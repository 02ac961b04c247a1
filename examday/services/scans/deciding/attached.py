"""A page that is attached, held together with its work: what can be taken back."""

from collections.abc import Iterable

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.messages import N_
from examday.domain.scans.pages import COPY, PageState
from examday.services.custody.booklets import require
from examday.services.scans.showing.sight import in_sight, visible_page
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

CLOSED = State.PACKED, State.HANDED_OVER
"""The packet holds what was signed: its pages change only when the work has been taken out."""


def may_leave(uow: UnitOfWork, pages: Iterable[Page]) -> frozenset[str]:
    """Return the ids of those pages that the actor may take back or exchange now: where it is offered."""
    if not uow.actor.may("scans.decide"):
        return frozenset()
    attached_ones = [page for page in pages if page.state == PageState.ATTACHED]
    in_work = [p for p in attached_ones if uow.get(Booklet, p.booklet_id).state not in CLOSED]
    return in_sight(uow, in_work) - evidence(uow, in_work)


def attached(uow: UnitOfWork, page_id: str, reason: str) -> tuple[Booklet, Page]:
    """The work and its page, both held, after the checks that both ways of taking back share.

    NotFound for whoever may not see the page: nobody takes back what they have not looked at.
    """
    require(uow, "scans.decide")
    found = visible_page(uow, page_id)
    if found.state != PageState.ATTACHED:
        raise _not_attached()
    booklet = uow.hold(Booklet, found.booklet_id)
    page = uow.hold(Page, page_id)
    if page.state != PageState.ATTACHED or page.booklet_id != booklet.id:
        raise _not_attached()
    if not reason.strip():
        raise Invalid(
            N_("A decision about a page needs a reason."), code="no-reason", field="reason"
        )
    _check_free(booklet, page)
    return booklet, page


def check_leaving(uow: UnitOfWork, page_id: str) -> None:
    """Raise the Conflict that taking the page back would meet now: before anybody writes a reason."""
    page = visible_page(uow, page_id)
    if page.state != PageState.ATTACHED:
        raise _not_attached()
    _check_free(uow.get(Booklet, page.booklet_id), page)


def _check_free(booklet: Booklet, page: Page) -> None:
    if booklet.state in CLOSED:
        raise Conflict(
            N_("The work is packed: its pages cannot be taken back now."),
            code="packed",
            params={"booklet": booklet.id},
            advice=N_("Take the work out of its packet first. What was handed over stays."),
        )
    if _is_evidence(booklet, page):
        raise Conflict(
            N_("This copy belongs to an earlier version of the work and stays as evidence."),
            code="earlier-version",
            params={"booklet": booklet.id},
            advice=N_(
                "If it still counts and is wrong, say so in the check of the copy: "
                "the sheet is then written and scanned once more."
            ),
        )


def evidence(uow: UnitOfWork, pages: Iterable[Page]) -> frozenset[str]:
    """Return the ids of those pages that are neither taken back nor exchanged, whoever asks."""
    attached_ones = [page for page in pages if page.booklet_id]
    return frozenset(
        page.id for page in attached_ones if _is_evidence(uow.get(Booklet, page.booklet_id), page)
    )


def _is_evidence(booklet: Booklet, page: Page) -> bool:
    """Whether a copy's page belongs to what was signed in an earlier version: it is never changed,
    even where it stands in the present one.
    """
    return page.role == COPY and page.version != booklet.version


def _not_attached() -> Conflict:
    return Conflict(
        N_("This page is not attached to a work now."),
        code="not-attached",
        advice=N_(
            "Look among the pages that wait for a person: it may be there, or another page took its place."
        ),
    )
