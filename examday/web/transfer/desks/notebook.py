"""A Braille work on the page of the decision: its notebook, and what the machine says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from examday.domain.transfer.answers import Choice
from examday.services.braille import cell_lines
from examday.services.braille.cells.written import Written, answers_of
from examday.services.braille.opinion import second_opinion
from examday.services.scans import page_images
from examday.services.transfer.desks.settle import Revealed, Table
from examday.services.unit_of_work import UnitOfWork
from examday.web.braille.shown_pages import pages_for_viewer
from examday.web.transfer import page_view


@dataclass(frozen=True)
class Notebook:
    """For a Braille work: its pages, and the cells that the machine saw, by field."""

    written: Mapping[str, Written] = field(default_factory=dict)
    pages: list[page_images.DeskPage] = field(default_factory=list)
    film: str = ""
    picture: page_view.Picture | None = None


def opinions(
    uow: UnitOfWork, shown: Table, revealed: Revealed
) -> dict[Choice, second_opinion.SecondOpinion]:
    """For a Braille work: does each of the three readings give the cells that the machine saw?

    Shown after the own reading only; empty when there is no machine reading of cells.
    """
    if not shown.booklet.is_braille:
        return {}
    found = {}
    for choice in (Choice.OWN, Choice.FIRST, Choice.SECOND):
        values = revealed.by_choice[choice]
        opinion = second_opinion.second_opinion(uow, shown.booklet.id, values)
        if opinion is not None:
            found[choice] = opinion
    return found


def notebook_of(uow: UnitOfWork, shown: Table, pages: list[page_images.DeskPage]) -> Notebook:
    """Return the notebook of a Braille work; empty for other works, and before it is scanned."""
    if not shown.booklet.is_braille or not pages:
        return Notebook()
    strips = cell_lines.machine_strips(uow, shown.booklet)
    written = answers_of(strips, shown.booklet.exam)
    # Opened at the first answer in question, as far as the machine could find one.
    first = next((written[f].strips[0].page for f in shown.differing if f in written), 1)
    return Notebook(written, pages, pages_for_viewer(pages), page_view.picture(pages, first))
