"""The machine readers and the one event that feeds them: a page was attached.

Each reader is a module of the same shape: `ask(uow, page)` asks for the page to be read when the
reader knows what is on it, `process(store, arg)` reads, `give_up(store, arg)` ends what failed too
often.
"""

from typing import Protocol

from examday.services.recognition import braille, ink, typed
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Page


class Reader(Protocol):
    """What every reader offers. `arg` is the id that its `ask` has put into the outbox."""

    def ask(self, uow: UnitOfWork, page: Page) -> None:
        """Ask for the page to be read in the background, when there is something to read."""

    def process(self, store: Store, arg: str) -> None:
        """Read. The same again changes nothing."""

    def give_up(self, store: Store, arg: str) -> None:
        """Called once when reading was tried too often."""


READERS: tuple[Reader, ...] = (ink, typed, braille)
"""Each knows by itself whether a page is for it, so placing a page need not know who reads."""
PAGE_READERS: tuple[Reader, ...] = (ink, typed)
"""Those that share the task READ_PAGE: a page belongs to at most one of them, which only a look at
it tells."""


def page_attached(uow: UnitOfWork, page: Page) -> None:
    """Tell every reader of a page that has its place now."""
    for reader in READERS:
        reader.ask(uow, page)


def process_page(store: Store, page_id: str) -> None:
    """Have the page read by the reader that knows it."""
    for reader in PAGE_READERS:
        reader.process(store, page_id)


def give_up_page(store: Store, page_id: str) -> None:
    """Tell the readers of pages that this one was tried too often."""
    for reader in PAGE_READERS:
        reader.give_up(store, page_id)
