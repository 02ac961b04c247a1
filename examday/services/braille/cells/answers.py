"""What was typed becomes answers: "task number, one blank cell, answer", line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from examday.braille.answers import task_number
from examday.braille.cells import BLANK, to_unicode
from examday.braille.decode import Reading as Decoded
from examday.braille.joining import (
    INDENT,
    Edge,
    Joint,
    Kind,
    decided,
    edge_of_cells,
    edge_of_text,
    joints,
)
from examday.braille.languages import readings_in
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.rules.languages import language_of
from examday.services.braille.cells.alphabets import (
    MOST_LETTERS,
    NUMBERED,
    braille_of,
    kinds_of,
    lines_of,
)
from examday.services.braille.cells.grouping import NONE_SAID, Grouping
from examday.services.braille.cells.running_text import Written, text_of
from examday.services.braille.cells.signs import dots_in_words
from examday.services.rules.exam_forms import alphabet_for
from examday.storage.tables import Exam


@dataclass(frozen=True)
class WordBreak:
    """A word with a hyphen at a line end, and what the hyphen is taken for."""

    line: int
    """The line that ends with it, from 1."""
    tail: str
    head: str
    kind: Kind
    open: bool
    """Nobody has said yet what it is, and it could be more than a broken word."""

    @property
    def halves(self) -> str:
        """The two halves as one key."""
        return f"{self.tail}|{self.head}"


@dataclass(frozen=True)
class Entered:
    """One answer as it was entered."""

    task: str
    """As written; it need not be a task of the exam."""
    cells: str | None
    """Unicode Braille; None for plain text, which has one reading alone."""
    readings: tuple[Decoded, ...]
    """Likeliest first: an ambiguous entry keeps all of them for a person to choose."""
    lines: tuple[int, ...]
    """Line numbers it stands on, from 1: they lead back to the place in the entry."""
    breaks: tuple[WordBreak, ...] = ()

    @property
    def text(self) -> str:
        """The likeliest reading."""
        return self.readings[0].text if self.readings else ""

    @property
    def dots(self) -> str:
        """The cells as dot numbers; empty for plain text."""
        return dots_in_words(self.cells or "")


@dataclass(frozen=True)
class _Row:
    """A line of the entry without its task number."""

    number: int
    task: str
    written: Written
    edge: Edge
    gap: bool
    """An empty line stands before it."""


def parse(text: str, exam: Exam, grouping: Grouping = NONE_SAID) -> list[Entered]:
    """Split what was typed into answers: "task number, one blank cell, answer", each on a new line.

    A line that does not begin so goes on with the answer before, joined by the rule of
    `examday.braille.joining`, whatever alphabet it was typed in. Invalid names the line that is no
    Braille of its alphabet.
    """
    _check_length(text)
    groups: list[list[_Row]] = []
    for row in _rows(text, language_of(exam.subject), grouping):
        if row.task or not groups:
            groups.append([row])
        else:
            groups[-1].append(row)
    return [_answer(rows, exam, grouping) for rows in groups]


def _check_length(text: str) -> None:
    """Invalid for an entry longer than any work: it would be decoded reading by reading at every look."""
    if len(text) > MOST_LETTERS:
        raise Invalid(
            N_("This is longer than any work: %(n)s characters."),
            code="too-long",
            advice=N_("Enter one work at a time."),
            params={"n": len(text)},
        )


def _rows(text: str, language: str, grouping: Grouping) -> list[_Row]:
    """Return the lines that hold anything, each with its task number apart."""
    found: list[_Row] = []
    gap = False
    for number, (line, kind) in enumerate(zip(lines_of(text), kinds_of(text), strict=True), 1):
        if not line.strip(" \u2800"):
            gap = bool(found)
            continue
        # An essay may have «12 апреля» at the head of a line.
        whole = bool(found) and line.strip() in grouping.on
        found.append(_row(line, number, kind, language, gap, whole))
        gap = False
    return found


def _row(
    line: str,
    number: int,
    kind: str,
    language: str,
    gap: bool,
    whole: bool,
) -> _Row:
    """Return one line. `whole`: a number at its head belongs to the answer."""
    cells = braille_of(line, number, kind)
    if cells is None:
        # An indented line is a new paragraph, which may begin with a number.
        indented = len(line) - len(line.lstrip(" \t")) >= INDENT
        match = None if whole or indented else NUMBERED.match(line)
        body = (match.group(2) or "") if match else line
        task = match.group(1) if match else ""
        return _Row(number, task, Written(text=body.strip()), edge_of_text(body), gap)
    task, start = ("", 0) if whole else task_number(list(cells), language)
    edge = edge_of_cells(cells[start:], language)
    return _Row(number, task, Written(cells=_trimmed(cells[start:])), edge, gap)


def _trimmed(cells: Sequence[int]) -> tuple[int, ...]:
    """Return cells without outer blanks: an indent is kept by the joint before the line."""
    kept = list(cells)
    while kept and kept[-1] == BLANK:
        kept.pop()
    while kept and kept[0] == BLANK:
        kept.pop(0)
    return tuple(kept)


def _answer(rows: Sequence[_Row], exam: Exam, grouping: Grouping) -> Entered:
    """Return an answer with all its readings."""
    task = rows[0].task
    # A number alone on its line has nothing to join.
    body = [row for row in rows if row.written] or list(rows[:1])
    between = [
        decided(joint, grouping.breaks.get(f"{joint.tail}|{joint.head}"))
        for joint in joints([row.edge for row in body], _gaps(body))
    ]
    breaks = _breaks(body, between)
    long = task.isdigit() and int(task) > exam.tasks
    lines = tuple(row.number for row in rows)
    parts = [row.written for row in body]
    if long or any(part.cells is None for part in parts):
        text, cells = text_of(parts, between, language_of(exam.subject), paragraphs=long)
        return Entered(task, cells, (Decoded(text, 0.0, True),), lines, breaks)
    row = _one_line(parts, between)
    read = readings_in(language_of(exam.subject), row, _expected(exam), most=12)
    return Entered(task, to_unicode(row), tuple(read), lines, breaks)


def _breaks(rows: Sequence[_Row], between: Sequence[Joint]) -> tuple[WordBreak, ...]:
    """Return the words that were broken between these lines."""
    return tuple(
        WordBreak(row.number, joint.tail, joint.head, joint.kind, joint.open)
        for row, joint in zip(rows, between, strict=False)
        if joint.tail
    )


def _gaps(rows: Sequence[_Row]) -> list[int]:
    """Return the places of lines that follow an empty one."""
    return [place for place, row in enumerate(rows) if row.gap]


def _one_line(parts: Sequence[Written], between: Sequence[Joint]) -> tuple[int, ...]:
    """Return the cells of a short answer as one line: a cell row has no paragraphs."""
    cells = list[int]()
    for part, joint in zip_longest(parts, between):
        blank = joint is not None and joint.kind is Kind.PARAGRAPH
        whole = part.before(Joint(Kind.BLANK) if blank else joint) if joint else part
        cells += whole.cells or ()
    return tuple(cells)


def _expected(exam: Exam) -> str | None:
    """Return what short answers of the exam consist of, where that helps to read cells."""
    alphabet = alphabet_for(exam)
    # Only Russian cells are ambiguous between digits and letters when the number sign is missing.
    if language_of(exam.subject) != "ru":
        return None
    short = alphabet.short
    return "digits" if short and not set(short) & set(alphabet.letters) else None
