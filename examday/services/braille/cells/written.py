"""Each answer's cells in the strips of a notebook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examday.braille.answers import split
from examday.braille.cells import Cell
from examday.braille.page import Line
from examday.services.braille.cells.strips import Spot, Strip
from examday.services.braille.cells.tasks import field_of
from examday.storage.tables import Exam


@dataclass(frozen=True)
class Written:
    """The cells of one answer without its task number. `spots`: cell by cell as the comparison
    counts them; empty where the task was answered more than once, because then it is not said
    which of the writings was compared."""

    strips: tuple[Strip, ...]
    spots: tuple[Spot, ...]


def answers_of(strips: Sequence[Strip], exam: Exam) -> dict[str, Written]:
    """Each field's answer in the strips of a notebook; "" is what belongs to no task."""
    found: dict[str, Written] = {}
    for answer in split(
        [Line(tuple(Cell(spot.piece.dots) for spot in strip.spots)) for strip in strips]
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
    lines: dict[tuple[int, int], dict[Spot, None]] = {}
    for spot in spots:
        lines.setdefault((spot.page, spot.line), {})[spot] = None
    return tuple(Strip(page, line, tuple(cells)) for (page, line), cells in lines.items())
