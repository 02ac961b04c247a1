"""The machine's readings of pages.

They are made in the background when a page is attached, sealed, shown only after people have read.

machine:original and machine:copy hold what was read on one page; machine:compare holds the copy's
likeness to the original and to the settled values, field by field. A notebook or a print-out has
no cells to lay beside the copy's: its copy is held against the settled values alone. None of them
is ever a value: they sort a person's work.
"""

from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.reading.page import PageReading, read_page
from examday.services.recognition.copyist import hand_of
from examday.services.recognition.forms.readings import keep
from examday.services.recognition.forms.sheets import Sheet, booklet_of, sheet_of, wanted
from examday.services.recognition.likeness import Likeness, likeness, page_content
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Page

WORKER = Actor.system("reader")


def ask(uow: UnitOfWork, page: Page) -> None:
    """Ask for the page to be read in the background."""
    booklet = booklet_of(uow, page)
    if booklet is not None and wanted(page, booklet):
        uow.enqueue(Task.READ_PAGE, page.id)


def process(store: Store, page_id: str) -> None:
    """Read an attached page.

    When it is a copy, compare it with its original and the settled values. Reading the same page
    again changes nothing. A page that cannot be read is no error: people read it all the same.
    """
    with store.read(WORKER) as uow:
        sheet = sheet_of(uow, page_id)
    if sheet is None or sheet.grey is None:
        return
    seen = read_page(sheet.grey, sheet.dpi, sheet.subject)
    # Nothing is stored of an unreadable page: an empty reading would look like an empty form.
    if seen.readable:
        content = page_content(seen, sheet.fields)
        keep(store, WORKER, page_id, content, _compared(sheet, seen), sheet.settled_sha256)


def give_up(store: Store, page_id: str) -> None:
    """Do nothing when reading was tried too often: people read without hints."""


def _compared(sheet: Sheet, seen: PageReading) -> Likeness | None:
    """The copy beside what it should say; None for an original, and where nothing can be compared."""
    if sheet.settled is None:
        return None
    hand = None if sheet.earlier is None else hand_of(sheet.earlier)
    if sheet.alone:
        return likeness(seen, sheet.settled, sheet.fields, None, hand)
    if sheet.original is None:
        return None
    original = read_page(sheet.original, None, sheet.subject)
    if not original.readable or original.identity.layout != seen.identity.layout:
        # A witness that should be there and cannot be read is no agreement: nothing is sorted.
        return None
    return likeness(seen, sheet.settled, sheet.fields, original, hand)
