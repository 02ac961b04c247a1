"""A Braille work on the pages of settling: its notebook, and where the questions stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.services.braille import cell_lines
from examday.services.braille.cells.strips import Strip
from examday.services.braille.cells.written import Written, answers_of
from examday.services.braille.opinion.place_lines import Stretch, stretches
from examday.services.scans import page_images
from examday.services.transfer.desks.settle import Table
from examday.services.unit_of_work import UnitOfWork
from examday.web.braille.shown_pages import pages_for_viewer
from examday.web.transfer import page_view
from examday.web.transfer.desks.places import PlaceShown, shown_places


@dataclass(frozen=True)
class Notebook:
    """For a Braille work: its pages, and the cells that the machine saw, by field."""

    written: Mapping[str, Written] = field(default_factory=dict)
    pages: list[page_images.DeskPage] = field(default_factory=list)
    film: str = ""
    picture: page_view.Picture | None = None
    places: Mapping[str, PlaceShown] = field(default_factory=dict)
    """Places of long answers. Of other works they are without pages and lines, as only a notebook
    has these."""
    cells: Mapping[str, list[Strip]] = field(default_factory=dict)
    """Place → the cells of its lines; empty before the own reading, which nothing may lead."""


def notebook_of(uow: UnitOfWork, shown: Table, pages: list[page_images.DeskPage]) -> Notebook:
    """Return the notebook of a Braille work; of other works, and before it is scanned, only the
    places.
    """
    if not shown.booklet.is_braille or not pages:
        return Notebook(places=shown_places(shown, {}, pages))
    found = stretches(uow, shown.booklet, shown.asked.cuts.values())
    strips = cell_lines.machine_strips(uow, shown.booklet)
    written = answers_of(strips, shown.booklet.exam)
    # Opened at the first answer in question, as far as the machine could find one.
    first = next(filter(None, (_page_of(q, found, written) for q in shown.asked.ids)), 1)
    return Notebook(
        written,
        pages,
        pages_for_viewer(pages),
        page_view.picture(pages, first),
        shown_places(shown, found, pages),
        {place: stretch.of(strips) for place, stretch in found.items()},
    )


def _page_of(
    question: str,
    found: Mapping[str, Stretch],
    written: Mapping[str, Written],
) -> int:
    """Return the page of a place or of an answer; 0 where it is not known."""
    if question in found:
        return found[question].page
    return written[question].strips[0].page if question in written else 0
