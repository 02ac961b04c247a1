"""From lines of a notebook to answers: "task number, one blank cell, answer", each on a new line.

A line that does not begin so goes on with the answer before it, by the rule of `joining`. The
split is a proposal that a person may correct.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from examday.braille.cells import BLANK, Cell
from examday.braille.compare import UNREADABLE, Outcome, compare
from examday.braille.joining import BREAKS, Kind, edge_of_cells, joints
from examday.braille.languages import notations_of
from examday.braille.page import Line
from examday.braille.tables import NUMBER, PUNCTUATION, RUSSIAN, SIGNS

_PART_LETTERS = {RUSSIAN[letter][0]: letter.upper() for letter in "абвс"}
"""Older papers number tasks by parts (А15, В3): without the letter two tasks would have one
number."""
_CLOSING = (PUNCTUATION["."][0], PUNCTUATION[")"][0])
"""Print closes a task number with «.» or «)», and some write it so: it must not begin the
answer."""
_CAPITALS = {signs[0] for signs in SIGNS.values()}
_HEAD_CELLS = 10
"""Cells of a line's head that tell it from others: a number, a blank and the next word. By its text
and not by its place, because lines move when others are inserted."""
_MOST_DIGITS = 2
"""No form has a hundred tasks; a longer number is an answer or a year."""


@dataclass(frozen=True)
class Answer:
    """The cells of one answer."""

    task: str
    """As written: "7", "А15"; "" for what stands before the first number: shown, because dropped it
    would be lost in silence."""
    cells: tuple[Cell, ...]
    places: tuple[tuple[int, int], ...]
    """(line, cell) of each cell, so that a difference can be shown on the picture."""
    optional: frozenset[int] = frozenset()
    """Indices of hyphens at line ends: the machine cannot tell a broken word from its own hyphen."""


def head_of(cells: Sequence[int]) -> tuple[int, ...]:
    """Return the first cells of a line without capital signs: they tell one line from another."""
    return tuple(dots for dots in cells if dots not in _CAPITALS)[:_HEAD_CELLS]


def split(
    lines: Sequence[Line], language: str = "ru", continued: Collection[tuple[int, ...]] = ()
) -> list[Answer]:
    """Return answers in the order written; a task answered twice comes twice.

    `continued`: heads of lines (`head_of`) that go on with the answer before, as a person said.
    """
    answers: list[Answer] = []
    # Without indents: the machine's are guesses, and a new paragraph is a blank here anyhow.
    between = joints(
        [edge_of_cells([cell.dots for cell in line.cells], language) for line in lines]
    )
    for number, line in enumerate(lines):
        dots = [cell.dots for cell in line.cells]
        task, start = ("", 0) if head_of(dots) in continued else task_number(dots, language)
        cells = line.cells[start:]
        places = tuple((number, i) for i in range(start, len(line.cells)))
        if task or not answers:
            answers.append(Answer(task, cells, places))
        else:
            answers[-1] = _joined(answers[-1], cells, places, between[number - 1].kind)
    return answers


def _joined(
    last: Answer,
    cells: tuple[Cell, ...],
    places: tuple[tuple[int, int], ...],
    kind: Kind,
) -> Answer:
    """Return an answer with one more line."""
    if not last.cells:
        return Answer(last.task, cells, places, last.optional)
    if kind in BREAKS:
        optional = last.optional | {len(last.cells) - 1}
        return Answer(last.task, (*last.cells, *cells), (*last.places, *places), optional)
    if kind is Kind.NOTHING:
        return Answer(
            last.task, (*last.cells[:-1], *cells), (*last.places[:-1], *places), last.optional
        )
    # At the head of the new line, because the line end itself has no cell that could be shown.
    here = places[0] if places else last.places[-1]
    return Answer(
        last.task,
        (*last.cells, Cell(BLANK), *cells),
        (*last.places, here, *places),
        last.optional,
    )


def task_number(cells: Sequence[int], language: str = "ru") -> tuple[str, int]:
    """Return the task number a line begins with and where its answer starts; ("", 0) without one.

    Numbers are written as the language has them: in French as elsewhere, or with the sign 6.
    """
    letter, place = _part_letter(cells)
    sign = cells[place] if place < len(cells) else -1
    known = next((digits for one, digits in notations_of(language) if one == sign), None)
    if known is None:
        return "", 0
    digit_of = {cell: digit for digit, cell in known.items()}
    digits = "".join(
        digit_of[cell] for cell in takewhile(digit_of.__contains__, cells[place + 1 :])
    )
    # A number that begins with 0 names no task, so it is part of the answer.
    if not 0 < len(digits) <= _MOST_DIGITS or digits.startswith("0"):
        return "", 0
    rest = cells[place + 1 + len(digits) :]
    if rest and rest[0] in _CLOSING:
        rest = rest[1:]
    # One blank cell parts number and answer (domain.md 4.1); without it the number is the answer.
    if rest and rest[0] != BLANK:
        return "", 0
    return letter + digits, len(cells) - len(rest[1:])


def _part_letter(cells: Sequence[int]) -> tuple[str, int]:
    """Return the letter of a part before a number sign, and where the number sign stands."""
    place = 1 if cells and cells[0] == SIGNS["ru"][0] else 0
    if place + 1 < len(cells) and cells[place] in _PART_LETTERS and cells[place + 1] == NUMBER:
        return _PART_LETTERS[cells[place]], place + 1
    return "", place


def compare_all(
    typed: Mapping[str, str], answers: Sequence[Answer], language: str = "ru"
) -> dict[str, Outcome]:
    """Compare each typed answer with the cells read for its task.

    A task read nowhere is unreadable, unless left empty.
    """
    outcomes: dict[str, Outcome] = {}
    for task, text in typed.items():
        tried = [
            compare(text, answer.cells, language, answer.optional)
            for answer in answers
            if answer.task == task
        ]
        nothing = compare("", ()) if not text.strip() else Outcome(UNREADABLE)
        # Where a task was answered twice the writing that agrees best counts: which one is valid is
        # for people to say.
        outcomes[task] = min(tried, key=lambda outcome: len(outcome.edits)) if tried else nothing
    for answer in answers:
        # Cells under a number that nobody typed: an answer was left out, or the number was misread.
        if answer.task and answer.task not in outcomes and any(cell.dots for cell in answer.cells):
            outcomes[answer.task] = compare("", answer.cells, language)
    return outcomes
