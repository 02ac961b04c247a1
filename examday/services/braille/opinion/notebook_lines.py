"""The lines of a notebook as the machine found them, and their boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.services.braille.line_places import box_of_lines
from examday.services.braille.machine_pages import read_pages
from examday.services.braille.stored_pages import StoredLine
from examday.services.scans.showing.desk_order import working_pages
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page

At = tuple[int, int]
"""Page and line, from 1, in the pages people work from: stored order may be stated anew."""


@dataclass(frozen=True)
class Notebook:
    """The pages that people work from, each with its lines."""

    pages: list[Page]
    lines: list[Sequence[StoredLine]]
    whole: list[bool]
    """Whether no dots were seen on the page beside the cells that were read; False where nobody knows."""

    @property
    def order(self) -> list[At]:
        """The lines from the first to the last."""
        return [
            (page, n) for page, rows in enumerate(self.lines, 1) for n in range(1, len(rows) + 1)
        ]


def leaves_nothing(at_edge: bool, at: At, book: Notebook) -> bool:
    """Tell whether nothing more stands on the line of a word, as far as anybody knows."""
    return at_edge and book.whole[at[0] - 1]


def read_lines(uow: UnitOfWork, booklet: Booklet) -> Notebook:
    """Return the lines of each page; a page that the machine has not read has none."""
    stored = {page["page"]: page for page in read_pages(uow, booklet)}
    pages = working_pages(uow, booklet, "original")
    read = [stored.get(page.id) for page in pages]
    return Notebook(
        pages,
        [one["lines"] if one else [] for one in read],
        [one is not None and one.get("unread") == [] for one in read],
    )


def box_of(book: Notebook, lines: Sequence[At]) -> tuple[float, float, float, float] | None:
    """Return the box around these lines on their first page."""
    number = lines[0][0]
    own = [n for page, n in lines if page == number]
    return box_of_lines(book.pages[number - 1], book.lines[number - 1], own)
