"""Short answers beside the cells that the machine read, answer by answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.braille.answers import compare_all, split
from examday.braille.cells import to_unicode
from examday.braille.compare import Edit, Outcome
from examday.braille.page import Line
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import is_short
from examday.services.braille.cells import signs


@dataclass(frozen=True)
class CellEdit:
    """One differing cell: its number in the answer from 0, and the dot numbers that were typed and
    read; None where one side has no cell."""

    at: int
    typed: str | None
    read: str | None


@dataclass(frozen=True)
class Verdict:
    """Of one answer: `name`: agree, differs, machine unsure or unreadable; all differing cells;
    `untypable`: a character that has no Braille, if there is one."""

    name: str
    edits: tuple[CellEdit, ...]
    untypable: str | None


@dataclass(frozen=True)
class ShortAnswers:
    """`outcomes`: field → verdict; `cells`: task → the cells that were read, as Unicode Braille."""

    outcomes: dict[str, Verdict]
    cells: dict[str, str]


def compare_short(
    values: Mapping[str, Value], pages: list[list[Line]], language: str
) -> ShortAnswers:
    """Each short answer beside the cells under its task number."""
    written = split([line for page in pages for line in page])
    texts = {field: value.text for field, value in values.items() if is_short(field)}
    found = compare_all(texts, written, language)
    return ShortAnswers(
        {field: _verdict(outcome) for field, outcome in found.items()},
        {answer.task: to_unicode(cell.dots for cell in answer.cells) for answer in written},
    )


def _verdict(outcome: Outcome) -> Verdict:
    edits = tuple(_edit(edit) for edit in outcome.edits)
    return Verdict(outcome.verdict, edits, outcome.untypable)


def _edit(edit: Edit) -> CellEdit:
    typed, read = (
        None if dots is None else signs.numbers(dots) for dots in (edit.typed, edit.read)
    )
    return CellEdit(edit.at, typed, read)
