"""What was typed becomes answers: "task number, one blank cell, answer", line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.braille.cells import to_unicode
from examday.braille.decode import Reading as Decoded
from examday.braille.joining import (
    Joint,
    Kind,
    decided,
    joints,
)
from examday.braille.languages import readings_in
from examday.domain.numbers import typed_number
from examday.domain.rules.languages import language_of
from examday.services.braille.cells.grouping import NONE_SAID, Grouping
from examday.services.braille.cells.rows import Row, check_length, one_line, rows_of
from examday.services.braille.cells.running_text import text_of
from examday.services.braille.cells.signs import dots_in_words
from examday.services.rules.exam_forms import alphabet_for
from examday.storage.tables import Exam


@dataclass(frozen=True)
class WordBreak:
    """A word with a hyphen at a line end, and what the hyphen is taken for."""

    line: int
    """The line that ends with it, from 1, as the desk numbers lines: people speak of it."""
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
    """As written: it need not be a task of the exam, and is shown all the same."""
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


def parse(text: str, exam: Exam, grouping: Grouping = NONE_SAID) -> list[Entered]:
    """Split what was typed into answers: "task number, one blank cell, answer", each on a new line.

    A line that does not begin so goes on with the answer before, joined by the rule of
    `examday.braille.joining`, whatever alphabet it was typed in. Invalid names the line that is no
    Braille of its alphabet.
    """
    check_length(text)
    groups: list[list[Row]] = []
    for row in rows_of(text, language_of(exam.subject), grouping):
        if row.task or not groups:
            groups.append([row])
        else:
            groups[-1].append(row)
    return [_answer(rows, exam, grouping) for rows in groups]


def _answer(rows: Sequence[Row], exam: Exam, grouping: Grouping) -> Entered:
    """Return an answer with all its readings."""
    task = rows[0].task
    # A number alone on its line has nothing to join, so its line is left out.
    body = [row for row in rows if row.written] or list(rows[:1])
    between = [
        decided(joint, grouping.breaks.get(f"{joint.tail}|{joint.head}"))
        for joint in joints([row.edge for row in body], _gaps(body))
    ]
    breaks = _breaks(body, between)
    long = (typed_number(task) or 0) > exam.tasks
    lines = tuple(row.number for row in rows)
    parts = [row.written for row in body]
    if long or any(part.cells is None for part in parts):
        text, cells = text_of(parts, between, language_of(exam.subject), paragraphs=long)
        return Entered(task, cells, (Decoded(text, 0.0, True),), lines, breaks)
    row = one_line(parts, between)
    read = readings_in(language_of(exam.subject), row, _expected(exam), most=12)
    return Entered(task, to_unicode(row), tuple(read), lines, breaks)


def _breaks(rows: Sequence[Row], between: Sequence[Joint]) -> tuple[WordBreak, ...]:
    """Return the words that were broken between these lines."""
    return tuple(
        WordBreak(row.number, joint.tail, joint.head, joint.kind, joint.open)
        for row, joint in zip(rows, between, strict=False)
        if joint.tail
    )


def _gaps(rows: Sequence[Row]) -> list[int]:
    """Return the places of lines that follow an empty one."""
    return [place for place, row in enumerate(rows) if row.gap]


def _expected(exam: Exam) -> str | None:
    """Return what short answers of the exam consist of, where that helps to read cells."""
    alphabet = alphabet_for(exam)
    # Only Russian cells are ambiguous between digits and letters when the number sign is missing.
    if language_of(exam.subject) != "ru":
        return None
    short = alphabet.short
    return "digits" if short and not set(short) & set(alphabet.letters) else None
