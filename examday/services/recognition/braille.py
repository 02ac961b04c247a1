"""Reads Braille notebooks by machine: a third, independent reading, shown after people have read.

The backs of two-sided sheets are read from the same pictures when somebody who has handed in asks
for it; they are a reading of their own, so that nothing that was compared or signed changes.
"""

from examday.braille.detect import WEIGHTS
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.transfer.readings import Source
from examday.services.braille.machine_pages import BACK, FRONT
from examday.services.recognition.braille_pages import is_original, new_sheets, read_sheet
from examday.services.recognition.wishes import wish
from examday.services.transfer.readings import rounds, seal
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Page

READER = Actor.system("braille-reader")
"""In the ledger a machine is never a person, so it has a name of its own."""


def ask(uow: UnitOfWork, page: Page) -> None:
    """Have the notebook read when a page of it was attached; one open wish for a work is enough."""
    booklet = uow.session.get(Booklet, page.booklet_id) if page.booklet_id else None
    if booklet is None or not is_original(booklet, page):
        return
    wish(uow, Task.READ_BRAILLE, booklet)


def process(store: Store, booklet_id: str) -> None:
    """Read every page of the original in order.

    The same pages again change nothing; a page without a picture or without Braille is kept as
    such, so that page numbers stay true.
    """
    _process(store, booklet_id, FRONT)


def process_backs(store: Store, booklet_id: str) -> None:
    """The same for what was embossed from the other side of each sheet."""
    _process(store, booklet_id, BACK)


def _process(store: Store, booklet_id: str, source: Source) -> None:
    with store.read(READER) as uow:
        sheets = new_sheets(uow, booklet_id, source)
    if not sheets:
        return
    # Outside of any transaction: a notebook takes long, and SQLite has one writer.
    content = {
        "fields": {},
        "pages": [read_sheet(page_id, picture, source == BACK) for page_id, picture in sheets],
        # Which weights have read: other ones may see other dots.
        "weights": WEIGHTS,
    }
    with store.begin(READER) as uow:
        booklet = uow.hold(Booklet, booklet_id)
        reading = seal(uow, booklet, source, content, number=rounds(uow, booklet, source) + 1)
        uow.record(
            Event.READING_MACHINE,
            f"booklet:{booklet.id}",
            source=source,
            pages=len(sheets),
            sha256=reading.sha256,
        )


def give_up(store: Store, booklet_id: str) -> None:
    """Do nothing when reading was tried too often: people read without a second opinion."""
