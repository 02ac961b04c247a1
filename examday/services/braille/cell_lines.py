"""Image, cells and text in step: the cells of a line, each with its reading, its doubt and its
place on the picture.

Before the hand-in only the *places* of the lines that the machine found may steer the picture; its
cells are given out after the actor has handed in a reading of the same work, never before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from examday.braille.answers import split
from examday.braille.cell_meanings import CellMeaning, cell_meanings
from examday.braille.cells import Cell
from examday.braille.encode import NoBraille
from examday.braille.languages import encode_in
from examday.braille.page import DOUBTFUL, Line
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.languages import language_of
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.paper.layout import Box
from examday.services.braille.second_opinion import line_of
from examday.services.braille.transcription import (
    MOST_LETTERS,
    braille_of,
    field_of,
    kinds_of,
)
from examday.services.scans.pictures import size_of, upright_box, working_pages
from examday.services.transfer import settle
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Page

FRONT, BACK = Source.MACHINE_ORIGINAL, Source.MACHINE_BACK
SLATE_LINES = 18
"""Lines of a slate: a hint for stepping through a page of which no line is known."""


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
    kind = kinds_of(f"{before}\n{line}")[-1]
    language, cells = language_of(exam.subject), braille_of(line, number, kind)
    if cells is None:
        try:
            cells = encode_in(language, line.strip())
        except NoBraille as error:
            raise Invalid(
                N_("Line %(line)s: «%(character)s» has no Braille."),
                params={"line": number, "character": error.character},
            ) from error
    return Strip(
        0,
        number,
        tuple(Spot(piece, number, n) for n, piece in enumerate(cell_meanings(language, cells), 1)),
    )


def line_places(uow: UnitOfWork, booklet: Booklet, pages: Sequence[Page]) -> list[list[Box]]:
    """For each page where its lines are, from one side of the writing to the other, so that not
    even the length of a line tells what was read. A page that no machine has read is stepped
    through by the lines of a slate; a page without Braille has no lines, unless the whole notebook
    seems to have none."""
    read = {
        page["page"]: page for page in _read_pages(uow, booklet) if page["kind"] != "no picture"
    }
    found = [
        _places(page, read[page.id]["lines"]) if page.id in read else _even(page) for page in pages
    ]
    return found if any(found) else [_even(page) for page in pages]


def _places(page: Page, lines: Iterable[Any]) -> list[Box]:
    boxes = [
        [upright_box(page, tuple(cell["b"])) for cell in line["cells"] if cell.get("b")]
        for line in lines
    ]
    whole = [around(line) for line in boxes if line]
    if not whole:
        return []
    x0, y0, x1, y1 = around(whole)
    level = sum(box[2] - box[0] for box in whole) >= sum(box[3] - box[1] for box in whole)
    return [(x0, box[1], x1, box[3]) if level else (box[0], y0, box[2], y1) for box in whole]


def around(boxes: Sequence[Box]) -> Box:
    """The box around all these."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def _even(page: Page) -> list[Box]:
    width, height = size_of(page)
    step = height / SLATE_LINES
    return [(0.0, n * step, float(width), (n + 1) * step) for n in range(SLATE_LINES)]


def machine_strips(uow: UnitOfWork, booklet: Booklet, source: Source = FRONT) -> list[Strip]:
    """What the machine saw, line by line, on the front or the back of the sheets; empty before the
    actor has handed in a reading of this work."""
    if not has_read(uow, booklet):
        return []
    read, language = (
        {page["page"]: page for page in _read_pages(uow, booklet, source)},
        language_of(booklet.exam.subject),
    )
    return [
        _strip(page, number, n, line_of(row), language)
        for number, page in enumerate(working_pages(uow, booklet, "original"), 1)
        if page.id in read
        for n, row in enumerate(read[page.id]["lines"], 1)
    ]


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


def has_read(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Has the actor handed in a reading of the present version: a key-in, or the third one?"""
    mine = my_parts(uow, booklet) & {FIRST, SECOND}
    return (
        any(find(uow, booklet, Source(part)) for part in mine)
        or settle.own_reading(uow, booklet) is not None
    )


def _read_pages(uow: UnitOfWork, booklet: Booklet, source: Source = FRONT) -> list[dict[str, Any]]:
    machine = find(uow, booklet, source)
    return list(machine.content.get("pages", [])) if machine else []


def _strip(page: Page, number: int, n: int, line: Line, language: str) -> Strip:
    pieces = cell_meanings(language, [cell.dots for cell in line.cells])
    return Strip(
        number,
        n,
        tuple(
            Spot(
                piece,
                n,
                place,
                number,
                upright_box(page, cell.box) if cell.box else None,
                cell.confidence < DOUBTFUL,
            )
            for place, (piece, cell) in enumerate(zip(pieces, line.cells, strict=True), 1)
        ),
    )
