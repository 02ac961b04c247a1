"""A page of a form that is to be read by machine, with what it is compared with."""

from dataclasses import dataclass

import numpy as np

from examday.domain.scans.pages import PageState
from examday.domain.transfer.answers import Values
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source
from examday.services.recognition.copyist import EarlierCopy, earlier_copies
from examday.services.recognition.print_sheets import is_print
from examday.services.rules.exam_forms import FORM_1, fields_for
from examday.services.scans.pictures import grey_of, pages_of
from examday.services.transfer.readings import find, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page


@dataclass(frozen=True)
class Sheet:
    """A page to be read, and what it is compared with."""

    grey: np.ndarray | None
    """None where its file is not there; one that cannot be read just now is trouble of the
    computer."""
    dpi: float | None
    """Of the upright picture; None where the file says none, so that only the form can tell the size."""
    subject: str
    fields: FieldList
    settled: Values | None
    """The settled values of a copy, which it is held against; None for an original, and before they
    are settled."""
    settled_sha256: str
    alone: bool
    """The original is a notebook or print-out, which has no cells to compare the copy's with."""
    original: np.ndarray | None
    earlier: list[EarlierCopy] | None
    """The copyist's other copies of the day, from which the hand is learned; None where none is to
    be learned."""


def wanted(page: Page, booklet: Booklet) -> bool:
    """Tell whether the page carries a form that the reader knows."""
    return page.sheet.startswith(FORM_1) and not is_print(booklet, page)


def booklet_of(uow: UnitOfWork, page: Page | None) -> Booklet | None:
    """The work that a page is attached to, if any."""
    return uow.session.get(Booklet, page.booklet_id) if page and page.booklet_id else None


def sheet_of(uow: UnitOfWork, page_id: str) -> Sheet | None:
    """Collect what reading the page needs; None when it is not, or no longer, to be read."""
    page = uow.session.get(Page, page_id)
    booklet = booklet_of(uow, page)
    if (
        page is None
        or booklet is None
        or page.state != PageState.ATTACHED
        or not wanted(page, booklet)
    ):
        return None
    settled = find(uow, booklet, Source.SETTLED) if page.role == "copy" else None
    return Sheet(
        grey=grey_of(uow.settings, page),
        dpi=page.identity.get("dpi"),
        subject=booklet.exam.subject,
        fields=fields_for(booklet.exam),
        settled=values_of(settled) if settled else None,
        settled_sha256=settled.sha256 if settled else "",
        alone=booklet.is_by_pages,
        original=_original_beside(uow, page, booklet),
        # Up to three more pages to read: only where there is something to compare.
        earlier=earlier_copies(uow, booklet) if settled else None,
    )


def _original_beside(uow: UnitOfWork, page: Page, booklet: Booklet) -> np.ndarray | None:
    """The original that a copy is laid beside; None for an original, and for one without cells."""
    if page.role != "copy" or booklet.is_by_pages:
        return None
    originals = [page for page in pages_of(uow, booklet, "original") if wanted(page, booklet)]
    return grey_of(uow.settings, originals[0]) if originals else None
