"""What a page and the cover sheet before it say together: the evidence that the intake judges on."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from examday.domain.events import Event
from examday.domain.scans.covers import (
    DIFFERS,
    ON_SHEET,
    SEVERAL,
    UNKNOWN,
    Before,
    Reach,
    reach,
    work_of_cover,
)
from examday.domain.scans.judging import Seen
from examday.domain.scans.pages import COVER_SHEET, UNREADABLE, PageState
from examday.services.scans.covers.sequence import by_time, pages_before
from examday.services.scans.evidence import own_evidence
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


def seen_on(
    uow: UnitOfWork, page: Page, before: Iterable[Page | None] | None = None
) -> tuple[Seen, Booklet | None]:
    """Return what is seen on the page, and the booklet that it or its cover sheet names.

    `before`: the pages before it, the nearest first, of a page that the station does not keep.
    """
    seen, booklet = own_evidence(uow, page)
    if cover_on(page):
        return seen, booklet
    earlier = pages_before(uow, page) if before is None else before
    found = reach(_known(uow, page, earlier))
    if not found.work and not found.doubt:
        return seen, booklet
    if _speaks(seen, page):
        differs = not found.doubt and (booklet is None or booklet.id != found.work)
        return (replace(seen, cover_doubt=DIFFERS) if differs else seen), booklet
    # Half of a form without its number says nothing, and is still no page of a notebook.
    if _doubtful(page):
        return seen, booklet
    return _by_cover(uow, seen, found)


def _by_cover(uow: UnitOfWork, seen: Seen, found: Reach) -> tuple[Seen, Booklet | None]:
    """A page that says nothing itself, with the work of its cover sheet."""
    if found.doubt:
        return replace(seen, cover_doubt=found.doubt), None
    booklet = uow.session.get(Booklet, found.work)
    if booklet is None:
        return replace(seen, cover_doubt=UNKNOWN), None
    # The medium may have been changed since the cover sheet was printed.
    if not booklet.is_by_pages:
        return seen, None
    return replace(
        seen,
        code=booklet.code or "cover",
        labelled=True,
        note="",
    ), booklet


def cover_on(page: Page) -> str:
    """The work that the page names as a cover sheet; "" for any other page."""
    return work_of_cover(page.identity.get("codes", []))


def doubt_on_cover(uow: UnitOfWork, page: Page) -> str:
    """Why a cover sheet waits for a person, "" when it does not.

    The work is not known here, or the picture holds something else.
    """
    work = cover_on(page)
    seen, _booklet = own_evidence(uow, page)
    if work == SEVERAL or _speaks(seen, page):
        return ON_SHEET
    return UNKNOWN if uow.session.get(Booklet, work) is None else ""


def keep_cover(uow: UnitOfWork, page: Page) -> None:
    """Take down a cover sheet: it stays with its file and is no page of a work."""
    doubt = doubt_on_cover(uow, page)
    page.role, page.code, page.sheet, page.problems = "", None, "", [doubt] if doubt else []
    if doubt:
        page.state = PageState.EXCEPTION
        uow.record(
            Event.PAGE_EXCEPTION,
            f"page:{page.id}",
            problems=[doubt],
            code="",
            booklet="",
        )
        return
    page.state, page.reason = PageState.REJECTED, COVER_SHEET
    uow.record(Event.PAGE_REJECTED, f"page:{page.id}", cover=cover_on(page))


def _known(uow: UnitOfWork, page: Page, before: Iterable[Page | None]) -> Iterator[Before]:
    for former in before:
        if former is None:
            yield Before(unread=True)
        else:
            yield replace(_known_of(uow, former), by_time=by_time(uow, page, former))


def _known_of(uow: UnitOfWork, page: Page) -> Before:
    """What a page says to those behind it; what people decided about it comes first."""
    cover = cover_on(page)
    if page.booklet_id and page.state == PageState.ATTACHED:
        return Before(cover, page.booklet_id)
    if page.state == PageState.REJECTED and page.decided_by:
        return Before(cover)
    if _doubtful(page):
        return Before(cover, SEVERAL)
    # Most pages say nothing: they are not looked up in the plan.
    if not page.identity.get("codes") and not page.identity.get("layout"):
        return Before(cover)
    seen, booklet = own_evidence(uow, page)
    if not _speaks(seen, page):
        return Before(cover)
    return Before(cover, booklet.id if booklet else seen.code or SEVERAL)


def _doubtful(page: Page) -> bool:
    """Whether the picture may hide what would speak for a work."""
    return bool(UNREADABLE & set(page.identity.get("because", [])))


def _speaks(seen: Seen, page: Page) -> bool:
    """Whether anything on the page itself speaks for a work: a number, a label, a form."""
    return (
        seen.code is not None
        or seen.note not in ("", "no-code")
        or bool(page.identity.get("layout"))
    )
