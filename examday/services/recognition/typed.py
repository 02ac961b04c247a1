"""The machine's reading of a typed print-out: every page of it, sealed, and shown only after
people have read.

Tesseract reads print well but not surely (a 3 is taken for a 5), so its lines are a hint like any
other.
"""

from typing import Any

from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import MachineTrouble
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans import ORIGINAL, PageState
from examday.domain.transfer.alphabet import fold_value
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import is_short
from examday.domain.transfer.readings import Source
from examday.reading.printed import Line, answers_in, read_print
from examday.services.scans.pictures import grey_of, working_pages
from examday.services.transfer.readings import alphabet_for, fields_for, find, rounds, seal
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page

SOURCE = Source.MACHINE_ORIGINAL
MODEL = "tesseract"
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
        booklet = uow.get(Booklet, booklet_id)
        pages = [
            (page.id, page.image_sha256, grey_of(uow.settings, page))
            for page in working_pages(uow, booklet, ORIGINAL)
        ]
        known, subject = find(uow, booklet, SOURCE), booklet.exam.subject
        fields, alphabet = fields_for(booklet.exam), alphabet_for(booklet.exam)
    images = [image for _, image, _ in pages]
    if known is not None and known.content.get("images") == images:
        return
    if any(
        grey is None for _, _, grey in pages
    ):  # being made again, or lost: not the same as nothing to read
        raise MachineTrouble(params={"what": "no picture"})
    lines = [(page, read_print(grey, subject)) for page, _, grey in pages if grey is not None]
    short = [f for f in fields.ids if is_short(f)]
    found = answers_in([line for _, each in lines for line in each], fields.tasks)
    content = {
        "fields": {f: _kept(f, found[f], alphabet) for f in short if f in found},
        "images": images,
        "lines": [
            {"page": page, "text": line.text, "confidence": round(line.confidence, 4)}
            for page, each in lines
            for line in each
        ],
        "model": MODEL,
    }
    if not content["lines"]:
        return
    with store.begin(WORKER) as uow:
        booklet = uow.hold(Booklet, booklet_id)
        seal(uow, booklet, SOURCE, content, number=rounds(uow, booklet, SOURCE) + 1)
        uow.record(Event.MACHINE_READ, f"booklet:{booklet.id}", model=MODEL, sources=[SOURCE])


def _kept(field_id: str, line: Line, alphabet: Any) -> dict[str, Any]:
    """The answer as the form would hold it, with the machine's sureness."""
    return {
        **fold_value(field_id, Value(line.text), alphabet).plain(field_id),
        "confidence": round(line.confidence, 4),
    }
