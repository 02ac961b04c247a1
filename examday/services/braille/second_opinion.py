"""The machine's second opinion on a transcription: does it produce the cells that were scanned?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from examday.braille.answers import compare_all, split
from examday.braille.cells import Cell, to_unicode
from examday.braille.compare import Outcome
from examday.braille.page import Line
from examday.braille.running import Difference, compare_running, without_braille
from examday.domain.braille.notebook import answers
from examday.domain.rules.languages import language_of
from examday.domain.transfer.answers import Value
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.fields import FieldId, is_long, is_short
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import fields_for, find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


@dataclass(frozen=True)
class SecondOpinion:
    """The machine's reading beside the own entry, shown only after it was handed in. `silent`:
    characters of a long answer that have no Braille and so could not be compared."""

    outcomes: dict[str, Outcome]
    long: dict[str, list[Difference]]
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
    pages = _answer_pages(uow, booklet, machine)
    written = split([line for page in pages for line in page])
    language = language_of(booklet.exam.subject)
    short = {f: v.text for f, v in values.items() if is_short(f)}
    essays = {f: v.text for f, v in values.items() if is_long(f)}
    compared = _compare_essays(booklet, essays, pages, language)
    silent = {f: without_braille(text, language) for f, text in essays.items()}
    return SecondOpinion(
        compare_all(short, written, language),
        {f: found for f, found in compared.items() if found or essays[f]},
        {a.task: to_unicode(c.dots for c in a.cells) for a in written},
        {f: characters for f, characters in silent.items() if characters},
    )


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
) -> dict[str, list[Difference]]:
    """Each long answer beside the cells; where it ends is told by the numbers of other tasks."""
    tasks = [_task(f) for f in fields_for(booklet.exam).ids if is_short(f) or is_long(f)]
    return {
        field: compare_running(
            text, pages, language, _task(field), [one for one in tasks if one != _task(field)]
        )
        for field, text in essays.items()
    }


def _task(field_id: str) -> str:
    """The number that stands on the paper before the answer."""
    return FieldId.parse(field_id).key


def _answer_pages(uow: UnitOfWork, booklet: Booklet, machine: Reading) -> list[list[Line]]:
    """The lines that were read, page by page, of what the commission stated to be answers, in its
    order."""
    read = {
        page["page"]: [line_of(row) for row in page["lines"]] for page in machine.content["pages"]
    }
    leaves = commission.leaves(uow, booklet.id)
    return [read.get(leaf.page, []) for leaf in answers(leaves)] if leaves else list(read.values())


def line_of(row: Mapping[str, Any]) -> Line:
    """A stored line as cells with their doubt."""
    return Line(
        tuple(
            Cell(
                int(c["d"]),
                tuple(c["p"]) if c.get("p") else None,
                tuple(c["b"]) if c.get("b") else None,
                float(c.get("c", 1.0)),
            )
            for c in row["cells"]
        )
    )
