"""Cells in rows: each cell with its reading, its doubt and its place on the picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examday.braille.answers import split
from examday.braille.cell_meanings import CellMeaning, cell_meanings
from examday.braille.cells import Cell
from examday.braille.encode import NoBraille
from examday.braille.languages import encode_in
from examday.braille.page import Line
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.languages import language_of
from examday.paper.layout import Box
from examday.services.braille.cells import signs
from examday.services.braille.cells.alphabets import MOST_LETTERS, braille_of, kinds_of
from examday.services.braille.cells.answers import field_of
from examday.storage.tables import Exam


@dataclass(frozen=True)
class Spot:
    """One cell: `line` and `cell` count from 1; `page` from 1 in the pages people work from, 0 for
    typed cells; `box` in px of the upright picture, None for blanks and for typed cells; `doubt`:
    the machine is not sure of it."""

    piece: CellMeaning
    line: int
    cell: int
    page: int = 0
    box: Box | None = None
    doubt: bool = False

    @property
    def glyph(self) -> str:
        """The drawing of the dots."""
        return signs.glyph(self.piece.dots)

    @property
    def heard(self) -> str:
        """The numbers of the dots; empty for a blank cell."""
        return signs.heard(self.piece.dots)


@dataclass(frozen=True)
class Strip:
    """The cells of one line, or of the part of a line that belongs to one answer."""

    page: int
    line: int
    spots: tuple[Spot, ...]


def typed(line: str, number: int, exam: Exam, before: str = "") -> Strip:
    """The cells of a line as somebody typed it; plain text as it would be embossed. `before`: the
    lines above, which tell Braille ASCII from Latin letters. Invalid says what has no cell."""
    if len(line) + len(before) > MOST_LETTERS:
        raise Invalid()
    kind, language = kinds_of(f"{before}\n{line}")[-1], language_of(exam.subject)
    cells = braille_of(line, number, kind)
    if cells is None:
        cells = _embossed(line.strip(), number, language)
    pieces = cell_meanings(language, cells)
    return Strip(0, number, tuple(Spot(piece, number, n) for n, piece in enumerate(pieces, 1)))


def _embossed(text: str, number: int, language: str) -> tuple[int, ...]:
    """The cells of plain text; Invalid names the line and the character that has none."""
    try:
        return encode_in(language, text)
    except NoBraille as error:
        raise Invalid(
            N_("Line %(line)s: «%(character)s» has no Braille."),
            params={"line": number, "character": error.character},
        ) from error


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


def around(boxes: Sequence[Box]) -> Box:
    """The box around all these."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
