"""Cells of each answer in the strips of a notebook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examday.braille.answers import split
from examday.braille.cells import Cell
from examday.braille.page import Line
from examday.domain.rules.languages import language_of
from examday.services.braille.cells.strips import Spot, Strip
from examday.services.braille.cells.tasks import field_of
from examday.storage.tables import Exam


@dataclass(frozen=True)
class Written:
    """The cells of one answer without its task number."""

    strips: tuple[Strip, ...]
    spots: tuple[Spot, ...]
    """Cell by cell as the comparison counts them; empty where the task was answered more than once,
    because then it is not said which of the writings was compared."""


def answers_of(strips: Sequence[Strip], exam: Exam) -> dict[str, Written]:
    """Return each field's answer in the strips; "" is what belongs to no task."""
    found: dict[str, Written] = {}
    for answer in split(
        [Line(tuple(Cell(spot.piece.dots) for spot in strip.spots)) for strip in strips],
        language_of(exam.subject),
    ):
        spots = tuple(
            strips[line].spots[cell] for line, cell in answer.places if strips[line].spots
        )
        field = field_of(answer.task, exam)
        before = found.get(field)
        found[field] = (
            Written((*before.strips, *_by_line(spots)), ())
            if before
            else Written(_by_line(spots), spots)
        )
    return found


def _by_line(spots: Iterable[Spot]) -> tuple[Strip, ...]:
    """Return the cells line by line."""
    # A dictionary, because it keeps the order and drops a cell that is named twice.
    lines: dict[tuple[int, int], dict[Spot, None]] = {}
    for spot in spots:
        lines.setdefault((spot.page, spot.line), {})[spot] = None
    return tuple(Strip(page, line, tuple(cells)) for (page, line), cells in lines.items())
