"""A table of the plan with a column of what is wrong in each row, to be corrected and sent again."""

from collections.abc import Callable, Iterable

from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor
from examday.domain.plan.columns import REASONS, named
from examday.domain.plan.rows import Answers, Problem
from examday.paper import tables
from examday.paper.table_shape import Table
from examday.services.plan.proposals.proposal import ASKED, WRONG
from examday.services.plan.tables import sets, upload
from examday.services.plan.tables.parts import Part
from examday.services.plan.tables.sets import Found
from examday.services.unit_of_work import Store

Say = Callable[[Problem], str]
"""A downloaded table is read by people too: its problems are in the reader's language."""


def table(
    store: Store,
    actor: Actor,
    parts: Iterable[Part],
    answers: Answers,
    number: int,
    say: Say,
) -> tuple[Found, bytes, str]:
    """Return table `number` of the report with the reasons: what was found, bytes, file ending.

    NotFound where the report has no such table, or the table cannot be read.
    """
    found = sets.examine(store, actor, parts, answers)
    if not 0 <= number < len(found) or found[number].report is None:
        raise NotFound()
    return found[number], *with_reasons(found[number], say)


def with_reasons(one: Found, say: Say) -> tuple[bytes, str]:
    """Return the same table with a column of reasons, and the ending of its file name."""
    part = one.part
    whole = upload.table(part.path, part.encoding, part.sheet)
    reasons = {
        row.line: "; ".join(say(problem) for problem in row.problems)
        for row in (one.report.rows if one.report else ())
        if row.what in (WRONG, ASKED)
    }
    lines = _with_column(whole, part.head or whole.head_line, reasons)
    # A workbook stays a workbook: its cells keep the leading zeros that CSV would lose in an office
    # program.
    if part.sheet:
        return tables.write_xlsx({part.kind: (lines[0], lines[1:])}), "xlsx"
    return tables.write_csv(lines[0], lines[1:]), "csv"


def _with_column(whole: Table, head: int, reasons: dict[int, str]) -> list[list[str]]:
    """All lines of the table with the reasons at their end."""
    width = max(len(cells) for _line, cells in whole.lines)
    # The reasons of an earlier round are dropped, or each round would add a column.
    old = {
        place
        for place, name in enumerate(whole.headed(head).header)
        if named(name) == named(REASONS)
    }
    lines = []
    for line, cells in whole.lines:
        padded = [*cells, *[""] * (width - len(cells))]
        kept = [cell for place, cell in enumerate(padded) if place not in old]
        lines.append([*kept, REASONS if line == head else reasons.get(line, "")])
    return lines
