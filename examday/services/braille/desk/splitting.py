"""An entry split into answers by its task numbers."""

from collections.abc import Collection
from dataclasses import dataclass

from examday.domain.transfer.fields import is_long
from examday.services.braille.cells import answers, tasks
from examday.services.braille.cells.alphabets import lines_of
from examday.services.braille.cells.strips import Strip
from examday.services.braille.cells.typed_lines import strip_of_line
from examday.services.braille.desk.transcription import Desk


@dataclass(frozen=True)
class AnswerRow:
    """One answer of an entry."""

    entered: answers.Entered
    field: str
    """Where it belongs; "" for a number that is no task of the exam: it is shown, not dropped."""
    strips: list[Strip]
    """Its cells; none for plain text, and none for essays: thousands of drawings help nobody."""
    long: bool
    twice: bool
    """Another row has the same task; which one counts a person says."""


@dataclass(frozen=True)
class Split:
    """An entry as answers."""

    rows: list[AnswerRow]
    tasks: list[str]
    missing: list[str]
    """Tasks without an answer: listed before the hand-in, because they become blank by it."""


def split(desk: Desk, going_on: Collection[int]) -> Split:
    """Split the entry by task numbers, see `answers.parse`.

    Invalid names the line that cannot be read.
    """
    exam = desk.booklet.exam
    found = answers.parse(desk.text, exam, going_on)
    fields = [tasks.field_of(one.task, exam) for one in found]
    rows = [
        AnswerRow(
            entered=one,
            field=field,
            strips=[] if is_long(field) else _strips(desk, one),
            long=is_long(field),
            twice=bool(field) and fields.count(field) > 1,
        )
        for one, field in zip(found, fields, strict=True)
    ]
    missing = [field for field in tasks.missing({}, exam) if field not in fields]
    return Split(rows, tasks.tasks_of(exam), missing)


def _strips(desk: Desk, entered: answers.Entered) -> list[Strip]:
    """Return the cells of an answer, line by line as it was entered."""
    if not entered.cells:
        return []
    lines = lines_of(desk.text)
    exam = desk.booklet.exam
    return [
        # The lines above tell Braille ASCII from Latin letters.
        strip_of_line(lines[number - 1], number, exam, "\n".join(lines[: number - 1]))
        for number in entered.lines
    ]
