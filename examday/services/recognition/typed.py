"""The machine's reading of a typed print-out: every page of it, sealed, and shown only after
people have read.

Tesseract reads print well but not surely (a 3 is taken for a 5), so its lines are a hint like any
other.
"""

import numpy as np

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import MachineTrouble
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import ORIGINAL, PageState
from examday.domain.transfer.readings import Source
from examday.services.recognition.print_content import MODEL, PrintOut, content_of
from examday.services.scans.pictures import grey_of, working_pages
from examday.services.transfer.readings import alphabet_for, fields_for, find, rounds, seal
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page

SOURCE = Source.MACHINE_ORIGINAL
WORKER = Actor.system("reader")


def is_print(booklet: Booklet, page: Page) -> bool:
    """Is this a page of the typed original?"""
    return booklet.medium == Medium.TYPED and page.role == ORIGINAL


def ask(uow: UnitOfWork, page: Page) -> None:
    """Ask for the print-out to be read when a page of it was attached."""
    booklet = uow.session.get(Booklet, page.booklet_id) if page.booklet_id else None
    if booklet is not None and is_print(booklet, page):
        uow.enqueue(Task.READ_PAGE, page.id)


def process(store: Store, page_id: str) -> None:
    """Read the print-out that the attached page belongs to; any other page is left alone."""
    with store.read(WORKER) as uow:
        page = uow.session.get(Page, page_id)
        booklet = uow.session.get(Booklet, page.booklet_id) if page and page.booklet_id else None
        if page is None or booklet is None or page.state != PageState.ATTACHED:
            return
        if not is_print(booklet, page):
            return
    read_all(store, booklet.id)


def give_up(store: Store, page_id: str) -> None:
    """Reading was tried too often: people read without hints."""


def read_all(store: Store, booklet_id: str) -> None:
    """Read all pages of the print-out in order. The same pages again change nothing; without
    Tesseract nothing is kept."""
    with store.read(WORKER) as uow:
        sheets = _print_out(uow, booklet_id)
    if sheets is None:
        return
    content = content_of(sheets)
    if not content["lines"]:
        return
    with store.begin(WORKER) as uow:
        booklet = uow.hold(Booklet, booklet_id)
        seal(uow, booklet, SOURCE, content, number=rounds(uow, booklet, SOURCE) + 1)
        uow.record(Event.MACHINE_READ, f"booklet:{booklet.id}", model=MODEL, sources=[SOURCE])


def _print_out(uow: UnitOfWork, booklet_id: str) -> PrintOut | None:
    """The print-out as it is now; None when these very pages have been read."""
    booklet = uow.get(Booklet, booklet_id)
    pages = working_pages(uow, booklet, ORIGINAL)
    images, known = [page.image_sha256 for page in pages], find(uow, booklet, SOURCE)
    if known is not None and known.content.get("images") == images:
        return None
    return PrintOut(
        [(page.id, _picture(uow, page)) for page in pages],
        images,
        booklet.exam.subject,
        fields_for(booklet.exam),
        alphabet_for(booklet.exam),
    )


def _picture(uow: UnitOfWork, page: Page) -> np.ndarray:
    """The page in grey. MachineTrouble when there is no picture: it is being made again, or lost,
    which is not the same as nothing to read."""
    grey = grey_of(uow.settings, page)
    if grey is None:
        raise MachineTrouble(params={"what": "no picture"})
    return grey
