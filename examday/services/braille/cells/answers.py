"""What was typed becomes answers: "task number, one blank cell, answer", line by line."""

from collections.abc import Collection
from dataclasses import dataclass

from examday.braille.answers import task_number
from examday.braille.cells import from_unicode, to_unicode
from examday.braille.decode import Reading as Decoded
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
from examday.services.braille.cells.signs import dots_in_words
from examday.services.transfer.readings import alphabet_for
from examday.storage.tables import Exam


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

    @property
    def text(self) -> str:
        """The likeliest reading."""
        return self.readings[0].text if self.readings else ""

    @property
    def dots(self) -> str:
        """The cells as dot numbers; empty for plain text."""
        return dots_in_words(self.cells or "")


def parse(text: str, exam: Exam, going_on: Collection[int] = ()) -> list[Entered]:
    """Split what was typed into answers: "task number, one blank cell, answer", each on a new line.

    A line that does not begin so goes on with the answer before. `going_on`: lines (from 1) that
    begin with a number and go on all the same, as a person said. Invalid names the line that is no
    Braille of its alphabet.
    """
    _check_length(text)
    found: list[Entered] = []
    for number, (line, kind) in enumerate(zip(lines_of(text), kinds_of(text), strict=True), 1):
        if not line.strip(" \u2800"):
            continue
        # An essay may have «12 апреля» at the head of a line.
        task, cells, plain = _line(line, number, kind, whole=bool(found) and number in going_on)
        if task or not found:
            found.append(_answer(task, cells, plain, (number,), exam))
        else:
            found[-1] = _joined(found[-1], cells, plain, number, exam)
    return found


def _check_length(text: str) -> None:
    """Invalid for an entry longer than any work: it would be decoded reading by reading at every look."""
    if len(text) > MOST_LETTERS:
        raise Invalid(
            N_("This is longer than any work: %(n)s characters."),
            code="too-long",
            advice=N_("Enter one work at a time."),
            params={"n": len(text)},
        )


def _line(
    line: str, number: int, kind: str, whole: bool
) -> tuple[str, tuple[int, ...] | None, str]:
    """Return task, cells (None for plain text) and plain text of a line.

    `whole`: a number at its head belongs to the answer.
    """
    cells = braille_of(line, number, kind)
    if whole:
        return "", cells, line.strip() if cells is None else ""
    if cells is None:
        match = NUMBERED.match(line)
        return (match.group(1), None, match.group(2) or "") if match else ("", None, line.strip())
    task, start = task_number(list(cells))
    return task, cells[start:], ""


def _answer(
    task: str, cells: tuple[int, ...] | None, plain: str, lines: tuple[int, ...], exam: Exam
) -> Entered:
    """Return an answer with all its readings."""
    if cells is None:
        return Entered(task, None, (Decoded(plain, 0.0, True),), lines)
    long = task.isdigit() and int(task) > exam.tasks
    # A long answer has too many readings to choose from: only the likeliest is kept, and the person
    # reads it over.
    read = readings_in(
        language_of(exam.subject),
        cells,
        _expected(exam),
        most=1 if long else 12,
        beam=8 if long else 64,
    )
    return Entered(task, to_unicode(cells), tuple(read), lines)


def _expected(exam: Exam) -> str | None:
    """Return what short answers of the exam consist of, where that helps to read cells."""
    alphabet = alphabet_for(exam)
    # Only Russian cells are ambiguous between digits and letters when the number sign is missing.
    if language_of(exam.subject) != "ru":
        return None
    return "digits" if not set(alphabet.short) & set(alphabet.letters) else None


def _joined(
    before: Entered, cells: tuple[int, ...] | None, plain: str, number: int, exam: Exam
) -> Entered:
    """Return the answer before, with one more line."""
    lines = (*before.lines, number)
    if before.cells is None or cells is None:
        more = plain or _likeliest(cells, exam)
        text = f"{before.text}\n{more}".strip("\n")
        return Entered(before.task, None, (Decoded(text, 0.0, True),), lines)
    # A line break stands for a blank, as in running Braille.
    both = (*from_unicode(before.cells), 0, *cells)
    return _answer(before.task, tuple(both), "", lines, exam)


def _likeliest(cells: tuple[int, ...] | None, exam: Exam) -> str:
    """Return the likeliest text of cells; empty without cells."""
    return readings_in(language_of(exam.subject), cells, most=1)[0].text if cells else ""
