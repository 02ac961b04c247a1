"""Pages find their booklets by what was seen on them; what does not fit waits for a person."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from examday.domain.events import Event
from examday.domain.scans.judging import Verdict
from examday.domain.scans.pages import COMES_RIGHT, PageState
from examday.services.scans.attachment import attach
from examday.services.scans.covers.backs import keep_back, why_back
from examday.services.scans.covers.reach import cover_on, keep_cover, seen_on
from examday.services.scans.covers.sequence import Order, pages_before
from examday.services.scans.likeness import first_look, judged
from examday.services.scans.works import whole
from examday.services.unit_of_work import WORKER, Store, UnitOfWork
from examday.storage.tables import Booklet, Page

MAY_CHANGE = COMES_RIGHT | {"size-unknown", "wrong-side", "no-layout"}
"""A size, or which sheet it is, is told by a person alone, but beside it the other reasons must be
those of now."""


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
    if page.identity.get("blank") and (why := why_back(uow, page, list(pages_before(uow, page)))):
        keep_back(uow, page, why)
        return False
    seen, booklet = seen_on(uow, page)
    page.sheet = seen.layout or ""
    verdict = (
        first_look(uow, page, None, seen) if booklet is None else judged(uow, page, booklet, seen)
    )
    page.role, page.problems = verdict.role, list(verdict.problems)
    page.code, page.identity = seen.number, {**page.identity, "note": seen.note}
    if booklet is None or verdict.problems:
        return _keep(uow, page, verdict, booklet)
    attach(uow, page, booklet, verdict.role, **({"codes": seen.note} if seen.note else {}))
    return True


def _keep(
    uow: UnitOfWork,
    page: Page,
    verdict: Verdict,
    booklet: Booklet | None,
) -> bool:
    page.state = PageState.EXCEPTION
    uow.record(
        Event.PAGE_EXCEPTION,
        f"page:{page.id}",
        problems=list(verdict.problems),
        code=page.code or "",
        booklet=booklet.id if booklet else "",
    )
    return False


def match_again(store: Store) -> int:
    """Try the pages again whose trouble may have gone by itself.

    It has gone when the kit was registered, the step was entered, or the file with the cover sheet
    was read. Returns how many were attached.
    """
    attached = 0
    with store.read() as uow:
        order = Order(uow)
        ids = [
            row.id
            for row in uow.session.scalars(
                select(Page)
                .where(Page.state == PageState.EXCEPTION, Page.decided_by.is_(None))
                .order_by(Page.at)
            )
            if row.problems and set(row.problems) <= MAY_CHANGE
            if _would_fit(uow, row, order.before(row))
        ]
    for page_id in ids:
        with store.begin(WORKER) as uow:
            _seen_page, booklet = seen_on(uow, uow.get(Page, page_id))
            if booklet is not None:
                uow.hold(Booklet, booklet.id)
            page = uow.hold(Page, page_id)
            if (
                page.state == PageState.EXCEPTION
                and _would_fit(uow, page, pages_before(uow, page))
                and seen_on(uow, page)[1] is booklet
            ):
                attached += place_all(uow, [page])
    return attached


def _would_fit(uow: UnitOfWork, page: Page, before: Iterable[Page | None]) -> bool:
    """Tell whether the page's reasons would be other ones now.

    Only then is it touched, so that the ledger gets no entries that say the same again.
    """
    seen, booklet = seen_on(uow, page, before)
    verdict = first_look(uow, page, booklet, seen)
    return list(verdict.problems) != list(page.problems)
