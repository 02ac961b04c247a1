"""Taking back: a page that was attached wrongly is detached or exchanged.

Only what rested on it goes back.
"""

from sqlalchemy import delete, func, select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import COPY, ORIGINAL, PageState
from examday.domain.transfer.duties import VERIFIER
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import advance, require
from examday.services.scans import attachment
from examday.services.scans.making import made
from examday.services.scans.works import whole, work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Draft, Page, Reading

PAST_COPYING = (State.COPY_SCANNED, State.VERIFIED, State.CERTIFIED)
PAST_SCANNING = (
    State.SCANNED,
    State.KEYED,
    State.SETTLED,
    State.COPIED,
    *PAST_COPYING,
)


def detach(uow: UnitOfWork, page_id: str, reason: str) -> Page:
    """«This is the wrong page»: the page leaves its work and waits for a person again.

    A copy's page takes verification and signatures of that copy with it, an original's what was
    keyed from it. Conflict when the page is not attached, or the work is packed.
    """
    booklet, page = _attached(uow, page_id, reason)
    page.state, page.problems, page.booklet_id = PageState.EXCEPTION, ["taken-back"], None
    for part in made.parts_of(uow, page):
        part.booklet_id = None
    _leave(uow, booklet, page, reason)
    _go_back(uow, booklet, page.role)
    return page


def exchange(uow: UnitOfWork, page_id: str, wrong_id: str, reason: str, sheet: str = "") -> Page:
    """The page `page_id`, which was set aside, takes the place of the attached page `wrong_id`,
    which counts no longer. Where no form was seen on it, it is the sheet whose place it takes;
    `sheet` says which where that is not known either.
    """
    booklet, wrong = _attached(uow, wrong_id, reason)
    page = uow.hold(Page, page_id)
    if page.state == PageState.ATTACHED:
        raise Conflict(N_("Somebody has already decided about this page."), code="page-decided")
    if not page.sheet:
        page.sheet, page.code = wrong.sheet, wrong.code
    attachment.state_sheet(uow, booklet, page, wrong.role, sheet)
    wrong.state = PageState.REJECTED
    _leave(uow, booklet, wrong, reason)
    _go_back(uow, booklet, wrong.role, wrong.id)
    page.decided_by, page.reason = uow.actor.person_id, reason.strip()
    page.problems = []
    attachment.put_into(uow, booklet, page, wrong.role)
    return page


def _attached(uow: UnitOfWork, page_id: str, reason: str) -> tuple[Booklet, Page]:
    """The work and its page, both held, after the checks that both ways of taking back share."""
    require(uow, "scans.decide")
    found = uow.get(Page, page_id)
    if found.state != PageState.ATTACHED:
        raise Conflict(N_("This page is not attached to a work now."), code="not-attached")
    booklet = uow.hold(Booklet, found.booklet_id)
    page = uow.hold(Page, page_id)
    if page.state != PageState.ATTACHED or page.booklet_id != booklet.id:
        raise Conflict(N_("This page is not attached to a work now."), code="not-attached")
    if not reason.strip():
        raise Invalid(
            N_("A decision about a page needs a reason."), code="no-reason", field="reason"
        )
    if booklet.state in (State.PACKED, State.HANDED_OVER):
        raise Conflict(
            N_("The work is packed: its pages cannot be taken back now."),
            code="packed",
            advice=N_("Take the work out of its packet first. What was handed over stays."),
        )
    if page.role == COPY and page.version != booklet.version:
        raise Conflict(
            N_("This copy belongs to an earlier version of the work and stays as evidence."),
            code="earlier-version",
        )
    return booklet, page


def _leave(uow: UnitOfWork, booklet: Booklet, page: Page, reason: str) -> None:
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
    # What a person said of the sheet goes with the attachment; what the reader saw stays.
    page.sheet = str(page.identity.get("layout") or "")


def _go_back(uow: UnitOfWork, booklet: Booklet, role: str, exchanged: str = "") -> None:
    """Bring the work back to the step that waits for this picture, no further than what rested on
    it. `exchanged`: the page whose place is taken, so that it is missing for a moment only.
    """
    if role == COPY and booklet.state in PAST_COPYING:
        _forget_drafts(uow, booklet, VERIFIER)
        advance(uow, booklet, "rescan_copy")
    elif role == ORIGINAL and booklet.state in PAST_SCANNING:
        if _keyed(uow, booklet):
            advance(uow, booklet, "retake_original")
        else:
            _forget_drafts(uow, booklet)
            advance(uow, booklet, "rescan_original")
    else:
        return
    # A notebook has other pages, and a sheet that came in beside the needed ones leaves none open.
    if not exchanged and work_sheets.lack(uow, booklet) is None:
        pages = [page for page in work_sheets.pages_of(uow, booklet) if page.role == role]
        whole.move_on(uow, booklet, pages[-1])


def _keyed(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Has anything of this version been handed in that was read from the original?"""
    found = uow.session.scalar(
        select(func.count())
        .select_from(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version == booklet.version,
            Reading.source.in_((Source.FIRST, Source.SECOND)),
        )
    )
    return bool(found)


def _forget_drafts(uow: UnitOfWork, booklet: Booklet, *parts: str) -> None:
    """Unfinished work on the wrong picture; of all parts when none is named."""
    wanted = [Draft.booklet_id == booklet.id, Draft.version == booklet.version]
    if parts:
        wanted.append(Draft.part.in_(parts))
    uow.session.execute(delete(Draft).where(*wanted))
