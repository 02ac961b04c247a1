"""The machine's second opinion on a transcription: does it produce the cells that were scanned?"""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.braille.answers import compare_all, split
from examday.braille.cells import to_unicode
from examday.braille.compare import Edit, Outcome
from examday.braille.page import Line
from examday.braille.running import Difference, compare_running, without_braille
from examday.domain.braille.notebook import answers
from examday.domain.rules.languages import language_of
from examday.domain.transfer.answers import Value
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.fields import FieldId, is_long, is_short
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.braille.cells import signs
from examday.services.braille.machine_pages import line_of, read_pages
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import fields_for, find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


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
class Place:
    """Where a long answer gives other cells, counted from 1; what was typed and read, as Unicode
    Braille; `unsure`: the machine doubts every cell of this place."""

    page: int
    line: int
    cell: int
    typed: str
    read: str
    unsure: bool


@dataclass(frozen=True)
class SecondOpinion:
    """The machine's reading beside the own entry, shown only after it was handed in. `silent`:
    characters of a long answer that have no Braille and so could not be compared."""

    outcomes: dict[str, Verdict]
    long: dict[str, list[Place]]
    cells: dict[str, str]
    silent: dict[str, str]


def second_opinion(
    uow: UnitOfWork, booklet_id: str, values: Mapping[str, Value] | None = None
) -> SecondOpinion | None:
    """Does this transcription (without `values`: the actor's own) produce these cells? None before
    the actor has handed in, or when nothing was read."""
    booklet = uow.get(Booklet, booklet_id)
    machine = find(uow, booklet, Source.MACHINE_ORIGINAL)
    if machine is None or "pages" not in machine.content:
        return None
    if values is None:
        values = _own_values(uow, booklet)
    if values is None:
        return None
    return _compare(booklet, values, _answer_pages(uow, booklet))


def _compare(
    booklet: Booklet, values: Mapping[str, Value], pages: list[list[Line]]
) -> SecondOpinion:
    written = split([line for page in pages for line in page])
    language = language_of(booklet.exam.subject)
    short = {f: v.text for f, v in values.items() if is_short(f)}
    essays = {f: v.text for f, v in values.items() if is_long(f)}
    return SecondOpinion(
        {f: _verdict(found) for f, found in compare_all(short, written, language).items()},
        _compare_essays(booklet, essays, pages, language),
        {answer.task: to_unicode(cell.dots for cell in answer.cells) for answer in written},
        _silent(essays, language),
    )


def _silent(essays: Mapping[str, str], language: str) -> dict[str, str]:
    found = {field: without_braille(text, language) for field, text in essays.items()}
    return {field: characters for field, characters in found.items() if characters}


def _verdict(outcome: Outcome) -> Verdict:
    edits = tuple(_edit(edit) for edit in outcome.edits)
    return Verdict(outcome.verdict, edits, outcome.untypable)


def _edit(edit: Edit) -> CellEdit:
    typed, read = (
        None if dots is None else signs.numbers(dots) for dots in (edit.typed, edit.read)
    )
    return CellEdit(edit.at, typed, read)


def _places(differences: list[Difference]) -> list[Place]:
    return [
        Place(one.page, one.line, one.cell, one.typed, one.read, one.unsure) for one in differences
    ]


def _own_values(uow: UnitOfWork, booklet: Booklet) -> dict[str, Value] | None:
    """What the actor has handed in; None before that."""
    mine = my_parts(uow, booklet)
    handed_in = (find(uow, booklet, Source(part)) for part in (FIRST, SECOND) if part in mine)
    own = next((reading for reading in handed_in if reading), None)
    if own is None:
        return None
    return {f: Value(v.get("text", "")) for f, v in own.content["fields"].items()}


def _compare_essays(
    booklet: Booklet, essays: Mapping[str, str], pages: list[list[Line]], language: str
) -> dict[str, list[Place]]:
    """Each long answer beside the cells; where it ends is told by the numbers of other tasks. One
    without text and without cells says nothing."""
    tasks = [_task(f) for f in fields_for(booklet.exam).ids if is_short(f) or is_long(f)]
    found = {}
    for field, text in essays.items():
        own = _task(field)
        others = [task for task in tasks if task != own]
        places = _places(compare_running(text, pages, language, own, others))
        if places or text:
            found[field] = places
    return found


def _task(field_id: str) -> str:
    """The number that stands on the paper before the answer."""
    return FieldId.parse(field_id).key


def _answer_pages(uow: UnitOfWork, booklet: Booklet) -> list[list[Line]]:
    """The lines that were read, page by page, of what the commission stated to be answers, in its
    order."""
    read = {
        page["page"]: [line_of(row) for row in page["lines"]] for page in read_pages(uow, booklet)
    }
    leaves = commission.leaves(uow, booklet.id)
    return [read.get(leaf.page, []) for leaf in answers(leaves)] if leaves else list(read.values())
