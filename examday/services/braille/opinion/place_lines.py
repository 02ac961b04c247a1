"""Places of a long answer in the notebook: on which lines each stands, and what the machine saw there.

The lines are found by the words on which both entries agree, never by what one of them has at the
place. So they may be said before the own reading; the cells themselves are given out after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from examday.braille.running import Found, words_found
from examday.domain.rules.languages import language_of
from examday.domain.transfer.text_places import Cut
from examday.services.braille.cells.strips import Strip
from examday.services.braille.opinion.continued import heads_said_to_go_on
from examday.services.braille.opinion.essays import own_and_others
from examday.services.braille.opinion.notebook_lines import (
    At,
    Notebook,
    box_of,
    leaves_nothing,
    read_lines,
)
from examday.services.braille.stored_pages import line_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

NEAR = 80
"""Characters from a place within which its words must have been found: about three lines of a slate."""
MOST_LINES = 4
"""Lines between the words around a place; with more, the words were found in a wrong passage."""


@dataclass(frozen=True)
class Stretch:
    """The lines on which a place stands."""

    lines: tuple[At, ...]
    box: tuple[float, float, float, float] | None
    """Around its lines on the first page, px of the upright picture; None where it is not known:
    the whole page is shown, as a guess would hide the place."""

    @property
    def page(self) -> int:
        """The page on which it begins."""
        return self.lines[0][0]

    def of(self, strips: Sequence[Strip]) -> list[Strip]:
        """Return the cells of its lines."""
        return [strip for strip in strips if (strip.page, strip.line) in self.lines]


def stretches(uow: UnitOfWork, booklet: Booklet, cuts: Iterable[Cut]) -> dict[str, Stretch]:
    """Return place → its lines, for the places whose words the machine has read."""
    book = read_lines(uow, booklet)
    language = language_of(booklet.exam.subject)
    continued = heads_said_to_go_on(uow, booklet, language)
    pages = [[line_of(row) for row in rows] for rows in book.lines]
    known: dict[str, Stretch] = {}
    for cut in cuts:
        own, others = own_and_others(cut.field, booklet.exam)
        text = "".join(cut.pieces)
        found = words_found(text, pages, language, own, others, continued)
        known |= _stretches(cut, book, found)
    return known


def _stretches(cut: Cut, book: Notebook, found: Mapping[int, Found]) -> dict[str, Stretch]:
    at = 0
    known: dict[str, Stretch] = {}
    for place, piece in zip(cut.in_text, cut.pieces, strict=False):
        at += len(piece)
        if lines := _lines(found, at, book):
            known[place.id] = Stretch(lines, box_of(book, lines))
    return known


def _lines(found: Mapping[int, Found], at: int, book: Notebook) -> tuple[At, ...]:
    """Return the lines from the last word before this character to the first behind it.

    A word that ends its line is not on the line of the place, nor is one that begins its line:
    unless something on the page was not read, which may stand beside it.
    """
    before = max((word for word in found if at - NEAR <= word < at), default=-1)
    after = min((word for word in found if at <= word < at + NEAR), default=-1)
    start, end = _between(found.get(before), found.get(after), book)
    return tuple(book.order[start : end + 1]) if end - start in range(MOST_LINES) else ()


def _between(before: Found | None, after: Found | None, book: Notebook) -> tuple[int, int]:
    """Return the first and the last line between two words; the last below the first for nowhere."""
    order = book.order
    if before and after:
        start, end = order.index(before.last), order.index(after.first)
        inner = start + leaves_nothing(before.closes, before.last, book)
        outer = end - leaves_nothing(after.opens, after.first, book)
        return (inner, outer) if inner <= outer else (start, end)
    if before:
        start = order.index(before.last)
        return start, min(start + before.closes, len(order) - 1)
    if after:
        end = order.index(after.first)
        return max(end - after.opens, 0), end
    return 0, -1
