"""Short answers beside the cells that the machine read, answer by answer."""

from collections.abc import Collection, Mapping
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
    """One differing cell."""

    at: int
    """Its number in the answer, from 0, as the entry is cut by it; pages count from 1."""
    typed: str | None
    """Dot numbers; None where the transcription has no cell, so that a lost cell is told from a
    changed one."""
    read: str | None
    """None where the machine found no cell: a lost one is told from a changed one on this side
    too."""


@dataclass(frozen=True)
class Verdict:
    """What the machine says of one answer."""

    name: str
    """agree, differs, machine unsure or unreadable: an unsure machine speaks against nobody."""
    edits: tuple[CellEdit, ...]
    untypable: str | None
    """A character that has no Braille: the answer cannot have stood on the paper as it was typed.
    """


@dataclass(frozen=True)
class ShortAnswers:
    """`outcomes`: field → verdict; `cells`: task → the cells that were read, as Unicode Braille."""

    outcomes: dict[str, Verdict]
    cells: dict[str, str]


def compare_short(
    values: Mapping[str, Value],
    pages: list[list[Line]],
    language: str,
    continued: Collection[tuple[int, ...]] = (),
) -> ShortAnswers:
    """Compare each short answer with the cells under its task number.

    `continued`: heads of lines that go on with the answer before, as people said.
    """
    written = split([line for page in pages for line in page], language, continued)
    texts = {field: value.text for field, value in values.items() if is_short(field)}
    found = compare_all(texts, written, language)
    return ShortAnswers(
        {field: _verdict(outcome) for field, outcome in found.items()},
        {answer.task: to_unicode(cell.dots for cell in answer.cells) for answer in written},
    )


def _verdict(outcome: Outcome) -> Verdict:
    """Return a comparison in the words of the pages."""
    edits = tuple(_edit(edit) for edit in outcome.edits)
    return Verdict(outcome.verdict, edits, outcome.untypable)


def _edit(edit: Edit) -> CellEdit:
    """Return a differing cell with dot numbers in place of bits."""
    typed, read = (
        None if dots is None else signs.dots_apart(dots) or "·" for dots in (edit.typed, edit.read)
    )
    return CellEdit(edit.at, typed, read)
