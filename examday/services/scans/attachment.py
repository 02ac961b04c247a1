"""Pages find their booklets: by code when everything fits, else by a person who says why."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.scans.judging import Verdict, judge
from examday.domain.scans.pages import ARROWS, COMES_RIGHT, COPY, ORIGINAL, PageState
from examday.services.custody.booklets import require
from examday.services.recognition import readers
from examday.services.scans import pictures
from examday.services.scans.covers.reach import cover_on, keep_cover, seen_on
from examday.services.scans.evidence import waiting
from examday.services.scans.likeness import second_look
from examday.services.scans.making import made
from examday.services.scans.works import whole, work_sheets
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page

WORKER = Actor.system("worker")
OTHER_SHEET = "other"
"""A person says that a page is none of the sheets that the work waits for."""


def place_all(uow: UnitOfWork, pages: Sequence[Page]) -> int:
    """Place the pages of one file; how many were attached.

    Their booklets are held first, in order: two files with pages of the same works must not wait
    for each other.
    """
    uow.session.flush()
    wanted = [
        booklet.id for page in pages for booklet in (seen_on(uow, page)[1],) if booklet is not None
    ]
    booklets = {booklet.id: booklet for booklet in uow.hold_all(Booklet, wanted)}
    placed = [page for page in pages if place(uow, page)]
    for page in placed:  # the whole file first: a kit's sheets come in any order
        whole.move_on(uow, booklets[str(page.booklet_id)], page)
    return len(placed)


def place(uow: UnitOfWork, page: Page) -> bool:
    """Attach the page to its booklet, which is held, or keep it as an exception with its reasons.

    True when attached.
    """
    if cover_on(page):
        keep_cover(uow, page)
        return False
    seen, booklet = seen_on(uow, page)
    verdict = judge(seen, None if booklet is None else waiting(uow, booklet, page))
    page.sheet = seen.layout or ""
    if booklet is not None:
        verdict = second_look(uow, page, booklet, verdict)
    page.role, page.problems = verdict.role, list(verdict.problems)
    page.code, page.identity = seen.number, {**page.identity, "note": seen.note}
    if booklet is None or verdict.problems:
        return _keep(uow, page, verdict, booklet)
    _attach(uow, page, booklet, verdict.role, **({"codes": seen.note} if seen.note else {}))
    return True


def _keep(uow: UnitOfWork, page: Page, verdict: Verdict, booklet: Booklet | None) -> bool:
    page.state = PageState.EXCEPTION
    uow.record(
        Event.PAGE_EXCEPTION,
        f"page:{page.id}",
        problems=list(verdict.problems),
        code=page.code or "",
        booklet=booklet.id if booklet else "",
    )
    return False


def _attach(uow: UnitOfWork, page: Page, booklet: Booklet, role: str, **data: Any) -> None:
    page.state, page.booklet_id, page.version, page.role = (
        PageState.ATTACHED,
        booklet.id,
        booklet.version,
        role,
    )
    for part in made.parts_of(uow, page):  # they share the fate of the work: bundles, destruction
        part.booklet_id = booklet.id
    others = [row for row in work_sheets.pages_of(uow, booklet) if row.id != page.id]
    page.order = sum(row.role == role for row in others) + 1
    readers.page_attached(uow, page)
    uow.record(
        Event.PAGE_ATTACHED,
        f"page:{page.id}",
        booklet=booklet.id,
        role=role,
        image=page.image_sha256,
        **data,
    )


def match_again(store: Store) -> int:
    """Try the pages again whose trouble may have gone by itself.

    It has gone when the kit was registered, the step was entered, or the file with the cover sheet
    was read. Returns how many were attached.
    """
    attached = 0
    with store.read() as uow:
        ids = [
            row.id
            for row in uow.session.scalars(
                select(Page)
                .where(Page.state == PageState.EXCEPTION, Page.decided_by.is_(None))
                .order_by(Page.at)
            )
            if row.problems and set(row.problems) <= COMES_RIGHT and _would_fit(uow, row)
        ]
    for page_id in ids:
        with store.begin(WORKER) as uow:
            _seen_page, booklet = seen_on(uow, uow.get(Page, page_id))
            if booklet is not None:
                uow.hold(Booklet, booklet.id)
            page = uow.hold(Page, page_id)
            if (
                page.state == PageState.EXCEPTION
                and _would_fit(uow, page)
                and seen_on(uow, page)[1] is booklet
            ):
                attached += place_all(uow, [page])
    return attached


def _would_fit(uow: UnitOfWork, page: Page) -> bool:
    """Would the page's reasons be other ones now?

    Only then is it touched, so that the ledger gets no entries that say the same again.
    """
    seen, booklet = seen_on(uow, page)
    verdict = judge(seen, None if booklet is None else waiting(uow, booklet, page))
    return list(verdict.problems) != list(page.problems)


def attach_page(
    uow: UnitOfWork, page_id: str, booklet: Booklet, role: str, reason: str, sheet: str = ""
) -> Page:
    """A person says where a page belongs, and why (kept with the page).

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
    if not reason.strip():
        raise Invalid(
            N_("A decision about a page needs a reason."), code="no-reason", field="reason"
        )
    if not may_have(booklet, role):
        raise Conflict(
            N_("The booklet does not wait for this page now."),
            code="wrong-step",
            advice=N_("Bring the booklet to the step it is really in, then attach the page."),
        )
    state_sheet(uow, booklet, page, role, sheet)
    page.decided_by, page.reason = uow.actor.person_id, reason.strip()
    put_into(uow, booklet, page, role)
    return page


def state_sheet(uow: UnitOfWork, booklet: Booklet, page: Page, role: str, sheet: str) -> None:
    """Take down which sheet a page is where the reader saw no form on it.

    Invalid when that is not said, or is no sheet that the work may still get.
    """
    if not needs_sheet(booklet, page, role):
        return
    choice = {one.name: one for one in work_sheets.open_sheets_of(uow, booklet, role)}
    if sheet != OTHER_SHEET and sheet not in choice:
        raise Invalid(
            N_("Say which sheet of the work this page is: no form was seen on it."),
            code="which-sheet",
            field="sheet",
        )
    if sheet in choice:
        page.sheet = pictures.layout_of_form(booklet.exam, choice[sheet].form)
        page.code = choice[sheet].number or page.code


def needs_sheet(booklet: Booklet, page: Page, role: str) -> bool:
    """Must a person say which sheet the page is?

    Not where its form was seen, and not of a page of a notebook or print-out, which lies under no
    form.
    """
    return role in ARROWS and not page.sheet and work_sheets.on_forms(booklet, role)


def put_into(uow: UnitOfWork, booklet: Booklet, page: Page, role: str) -> None:
    """Attach a page that a person has decided about, and move the booklet, which is held, on.

    Conflict when the work has this very picture: it cannot be another sheet.
    """
    others = [row for row in work_sheets.pages_of(uow, booklet) if row.id != page.id]
    if page.image_sha256 and page.image_sha256 in {row.image_sha256 for row in others}:
        raise Conflict(
            N_("The work has this very picture already."),
            code="same-picture",
            advice=N_("Reject the page: it was sent in twice."),
        )
    _attach(uow, page, booklet, role, by_hand=True)
    whole.move_on(uow, booklet, page)


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
        raise Conflict(N_("Somebody has already decided about this page."), code="page-decided")
    return page
