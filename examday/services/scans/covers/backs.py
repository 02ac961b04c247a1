"""Blank backs that a duplex scanner takes: they stay with their file and are no pages of a work."""

from collections.abc import Sequence

from examday.domain.custody.lifecycle import Medium
from examday.domain.events import Event
from examday.domain.scans.pages import COVER_BACK, SHEET_BACK, PageState
from examday.services.scans.covers.reach import cover_on, seen_on
from examday.services.scans.works.work_sheets import is_counted
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Page


def why_back(uow: UnitOfWork, page: Page, before: Sequence[Page | None]) -> str:
    """Why the page is the blank back of the page before it; "" for any other page.

    Bare paper behind a cover sheet in the same file, or behind a page of a print-out whose sheets
    were counted. Of what is written by hand no back is blank by itself: pale pencil may look bare.
    `before`: the pages before it, the nearest first.
    """
    former = before[0] if before else None
    if not page.identity.get("blank") or former is None:
        return ""
    if cover_on(former):
        return COVER_BACK if page.number > 1 else ""
    # Two blank pages in a row are no front and its back: a person looks at the second.
    if former.identity.get("blank"):
        return ""
    return SHEET_BACK if _follows_a_counted_page(uow, page, before) else ""


def _follows_a_counted_page(uow: UnitOfWork, page: Page, before: Sequence[Page | None]) -> bool:
    """Whether a cover sheet gives the page to a print-out whose sheets were counted."""
    seen, booklet = seen_on(uow, page, before)
    printed = booklet is not None and booklet.medium == Medium.TYPED and is_counted(uow, booklet)
    return seen.labelled and not seen.cover_doubt and printed


def keep_back(uow: UnitOfWork, page: Page, why: str) -> None:
    """Take down a blank back: it stays with its file and is no page of a work."""
    page.role, page.code, page.sheet, page.problems = "", None, "", []
    page.state, page.reason = PageState.REJECTED, why
    uow.record(Event.PAGE_REJECTED, f"page:{page.id}", cover="")
