"""Whether a page is a second picture of a sheet that its work has already."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from examday.domain.scans.judging import Seen, Verdict, judge
from examday.domain.scans.pages import COPY, ORIGINAL
from examday.reading.ink_match import same_ink, straight
from examday.services.scans.evidence import waiting
from examday.services.scans.pictures import form_of, grey_of, pages_of
from examday.services.scans.works.bare_sheets import without_layout
from examday.services.scans.works.pages_again import shows_page_again
from examday.services.unit_of_work import UnitOfWork
from examday.settings import Settings
from examday.storage.tables import Booklet, Page


def first_look(
    uow: UnitOfWork,
    page: Page,
    booklet: Booklet | None,
    seen: Seen,
    received: dt.datetime | None = None,
    further: Sequence[Page] = (),
) -> Verdict:
    """Return what is to be done with a page by what was read on it and what the work waits for.

    `received`, `further`: as `evidence.waiting` takes them.
    """
    if booklet is None:
        return judge(seen, None)
    known = waiting(uow, booklet, page, received, further)
    return judge(seen, replace(known, bare=without_layout(booklet)))


def judged(
    uow: UnitOfWork,
    page: Page,
    booklet: Booklet,
    seen: Seen,
    grey: np.ndarray | None = None,
    received: dt.datetime | None = None,
    further: Sequence[Page] = (),
) -> Verdict:
    """Return what is to be done with a page of this booklet, its picture looked at as well.

    `grey`, `received`, `further`: of a page that the station does not keep.
    """
    verdict = first_look(uow, page, booklet, seen, received, further)
    return second_look(uow, page, booklet, verdict, grey)


def second_look(
    uow: UnitOfWork,
    page: Page,
    booklet: Booklet,
    verdict: Verdict,
    grey: np.ndarray | None = None,
) -> Verdict:
    """Return the verdict on a page after its picture was held against those of its work.

    A copy that shows the ink of an original is another picture of the original. A page of a
    print-out or notebook that shows a page that is there is that page again: else it would stand
    for a page that is missing. `grey`: the picture of a page that the station does not keep. A page that is
    asked about anyway is not looked at.
    """
    copy = verdict == Verdict(COPY) and form_of(page) is not None
    by_pages = verdict == Verdict(ORIGINAL) and booklet.is_by_pages
    if not copy and not by_pages:
        return verdict
    if by_pages:
        again = shows_page_again(uow, page, booklet, grey)
        return Verdict(ORIGINAL, ("duplicate",)) if again else verdict
    picture = grey_of(uow.settings, page) if grey is None else grey
    return (
        Verdict(ORIGINAL, ("same-ink",)) if shows_original(uow, page, booklet, picture) else verdict
    )


def shows_original(
    uow: UnitOfWork,
    page: Page,
    booklet: Booklet,
    grey: np.ndarray | None,
) -> bool:
    """Tell whether the page shows the ink of one of the booklet's originals.

    False where that cannot be compared: the page, or the original, lies under no form, or holds too
    little writing.
    """
    form, mine = form_of(page), _laid(page, grey)
    if form is None or mine is None:
        return False
    originals = [row for row in pages_of(uow, booklet, ORIGINAL) if row.sheet == page.sheet]
    pictures = (_straight(uow.settings, row) for row in originals)
    return any(other is not None and same_ink(other, mine, form) for other in pictures)


def _straight(settings: Settings, page: Page) -> np.ndarray | None:
    """The page laid straight under its form; None without a form or a picture."""
    return None if form_of(page) is None else _laid(page, grey_of(settings, page))


def _laid(page: Page, grey: np.ndarray | None) -> np.ndarray | None:
    form, matrix = form_of(page), page.identity.get("matrix")
    if form is None or matrix is None or grey is None:
        return None
    return straight(grey, np.array(matrix, dtype=float), form)
