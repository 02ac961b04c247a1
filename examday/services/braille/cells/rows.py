"""The rows of an entry: which lines belong to one answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from examday.braille.answers import task_number
from examday.braille.cells import BLANK
from examday.braille.joining import (
    INDENT,
    Edge,
    Joint,
    Kind,
    edge_of_cells,
    edge_of_text,
)
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.braille.cells.alphabets import (
    MOST_LETTERS,
    NUMBERED,
    braille_of,
    kinds_of,
    lines_of,
)
from examday.services.braille.cells.grouping import Grouping
from examday.services.braille.cells.running_text import Written


@dataclass(frozen=True)
class Row:
    """A line of the entry without its task number."""

    number: int
    task: str
    written: Written
    edge: Edge
    gap: bool
    """An empty line stands before it, which ends a paragraph."""


def check_length(text: str) -> None:
    """Invalid for an entry longer than any work: it would be decoded reading by reading at every look."""
    if len(text) > MOST_LETTERS:
        raise Invalid(
            N_("This is longer than any work: %(n)s characters."),
            code="too-long",
            advice=N_("Enter one work at a time."),
            params={"n": len(text)},
        )


def rows_of(text: str, language: str, grouping: Grouping) -> list[Row]:
    """Return the lines that hold anything, each with its task number apart."""
    found: list[Row] = []
    gap = False
    for number, (line, kind) in enumerate(zip(lines_of(text), kinds_of(text), strict=True), 1):
        if not line.strip(" \u2800"):
            gap = bool(found)
            continue
        # An essay may have «12 апреля» at the head of a line.
        whole = bool(found) and line.strip() in grouping.on
        found.append(_row_of(line, number, kind, language, gap, whole))
        gap = False
    return found


def _row_of(
    line: str,
    number: int,
    kind: str,
    language: str,
    gap: bool,
    whole: bool,
) -> Row:
    """Return one line. `whole`: a number at its head belongs to the answer."""
    cells = braille_of(line, number, kind)
    if cells is None:
        # An indented line is a new paragraph, which may begin with a number.
        indented = len(line) - len(line.lstrip(" \t")) >= INDENT
        match = None if whole or indented else NUMBERED.match(line)
        body = (match.group(2) or "") if match else line
        task = match.group(1) if match else ""
        return Row(number, task, Written(text=body.strip()), edge_of_text(body), gap)
    task, start = ("", 0) if whole else task_number(list(cells), language)
    edge = edge_of_cells(cells[start:], language)
    return Row(number, task, Written(cells=_trimmed(cells[start:])), edge, gap)


def _trimmed(cells: Sequence[int]) -> tuple[int, ...]:
    """Return cells without outer blanks: an indent is kept by the joint before the line."""
    kept = list(cells)
    while kept and kept[-1] == BLANK:
        kept.pop()
    while kept and kept[0] == BLANK:
        kept.pop(0)
    return tuple(kept)


def one_line(parts: Sequence[Written], between: Sequence[Joint]) -> tuple[int, ...]:
    """Return the cells of a short answer as one line: a cell row has no paragraphs."""
    cells = list[int]()
    for part, joint in zip_longest(parts, between):
        blank = joint is not None and joint.kind is Kind.PARAGRAPH
        whole = part.before(Joint(Kind.BLANK) if blank else joint) if joint else part
        cells += whole.cells or ()
    return tuple(cells)
