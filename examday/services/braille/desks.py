"""What the pages of the Braille desk show beside the own entry."""

from collections.abc import Collection
from dataclasses import dataclass

from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import is_long
from examday.paper.layout import Box
from examday.services.braille import cell_lines
from examday.services.braille.cells import answers
from examday.services.braille.cells.alphabets import lines_of
from examday.services.braille.cells.strips import Strip, Written, answers_of, typed
from examday.services.braille.machine_pages import BACK
from examday.services.braille.second_opinion import SecondOpinion, second_opinion
from examday.services.braille.transcription import Desk
from examday.services.recognition.braille import backs_state
from examday.services.scans.page_images import DeskPage, desk_page, desk_pages
from examday.services.scans.pictures import working_pages
from examday.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Notebook:
    """The pages that somebody transcribes, and for each where its lines are."""

    pages: list[DeskPage]
    lines: list[list[Box]]


def notebook_of(uow: UnitOfWork, desk: Desk) -> Notebook:
    """The scanned notebook beside an entry."""
    rows = working_pages(uow, desk.booklet, "original")
    lines = cell_lines.line_places(uow, desk.booklet, rows)
    return Notebook([desk_page(row) for row in rows], lines)


@dataclass(frozen=True)
class AnswerRow:
    """One answer of an entry. `field`: where it belongs, "" for no task of the exam; `strips`: its
    cells, none for plain text and long answers; `twice`: another row has the same task."""

    entered: answers.Entered
    field: str
    strips: list[Strip]
    long: bool
    twice: bool


@dataclass(frozen=True)
class Split:
    """An entry as answers; `tasks`: the fields to choose from; `missing`: those without an answer."""

    rows: list[AnswerRow]
    tasks: list[str]
    missing: list[str]


def split(desk: Desk, going_on: Collection[int]) -> Split:
    """The entry split by task numbers, see `answers.parse`. Invalid names the line that cannot be
    read."""
    exam = desk.booklet.exam
    found = answers.parse(desk.text, exam, going_on)
    fields = [answers.field_of(one.task, exam) for one in found]
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
    missing = [field for field in answers.missing({}, exam) if field not in fields]
    return Split(rows, answers.tasks_of(exam), missing)


def _strips(desk: Desk, entered: answers.Entered) -> list[Strip]:
    """The cells of an answer, line by line as it was entered."""
    if not entered.cells:
        return []
    lines, exam = lines_of(desk.text), desk.booklet.exam
    return [
        typed(lines[number - 1], number, exam, "\n".join(lines[: number - 1]))
        for number in entered.lines
    ]


@dataclass(frozen=True)
class Result:
    """After handing in: the machine's opinion and cells, front and back; `written`: the cells of
    each field's answer; `values`: the own answers."""

    opinion: SecondOpinion | None
    pages: list[DeskPage]
    strips: list[Strip]
    backs: list[Strip]
    back_state: str
    written: dict[str, Written]
    values: dict[str, Value]


def result(uow: UnitOfWork, desk: Desk) -> Result:
    """What the machine says of an entry that was handed in."""
    booklet = desk.booklet
    front = cell_lines.machine_strips(uow, booklet)
    return Result(
        opinion=second_opinion(uow, booklet.id),
        pages=desk_pages(uow, booklet, "original"),
        strips=front,
        backs=cell_lines.machine_strips(uow, booklet, BACK),
        back_state=backs_state(uow, booklet),
        written=answers_of(front, booklet.exam),
        values={field: value for field, value in desk.values.items() if not value.empty},
    )
