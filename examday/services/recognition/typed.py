"""The machine's reading of a typed print-out.

It covers every page of it, is sealed, and is shown only after people have read.

Tesseract reads print well but not surely (a 3 is taken for a 5), so its lines are a hint like any
other.
"""

from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import PageState
from examday.domain.transfer.readings import Source
from examday.services.recognition.print_content import MODEL, content_of
from examday.services.recognition.print_sheets import is_print, print_out
from examday.services.transfer.readings import rounds, seal
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page

SOURCE = Source.MACHINE_ORIGINAL
"""A print-out is an original like any other: its reading has no source of its own."""
WORKER = Actor.system("reader")


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
    """Do nothing when reading was tried too often: people read without hints."""


def read_all(store: Store, booklet_id: str) -> None:
    """Read all pages of the print-out in order.

    The same pages again change nothing; without Tesseract nothing is kept.
    """
    with store.read(WORKER) as uow:
        sheets = print_out(uow, booklet_id, SOURCE)
    if sheets is None:
        return
    content = content_of(sheets)
    # Without Tesseract there are no lines: that is not the reading of an empty sheet.
    if not content["lines"]:
        return
    with store.begin(WORKER) as uow:
        booklet = uow.hold(Booklet, booklet_id)
        seal(uow, booklet, SOURCE, content, number=rounds(uow, booklet, SOURCE) + 1)
        uow.record(Event.MACHINE_READ, f"booklet:{booklet.id}", model=MODEL, sources=[SOURCE])
