"""The tables of a report as the page shows them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from examday.domain.plan.rows import Problem
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.proposals.proposal import ASKED, CHANGED, NEW, SAME, WRONG, Proposal
from examday.services.plan.tables.parts import Part, look_at
from examday.services.plan.tables.sets import Found
from examday.services.plan.tables.upload import Look
from examday.web.errors import translate
from examday.web.plan.tables.choices import WORD

SHOWN_ROWS = 300
"""Rows of one table on the page, at most: a region's list has thousands, and the browser of an old
laptop stands still over them."""
ORDER = {WRONG: 0, ASKED: 1, CHANGED: 2, NEW: 3, SAME: 4}
"""What a person has to act on stands first."""

Strange = tuple[str, str, list[tuple[str, str]]]
"""A word that is not clear: field name, words for the question, meanings to choose from. Nothing is
chosen beforehand."""


@dataclass(frozen=True)
class ReportTable:
    """One table of the set as the page shows it."""

    number: int
    found: Found
    rows: list[Proposal]
    more: int
    """Rows over `SHOWN_ROWS`: counted, so that nobody takes what is shown for all."""
    counts: Counter[str]
    trouble: str
    look: Look | None
    """First lines, where a person has to say how the table is read: wrong letters are seen at a
    glance."""
    strange: list[Strange]

    @property
    def part(self) -> Part:
        """The table itself."""
        return self.found.part


def report_table(number: int, one: Found) -> ReportTable:
    """Prepare one table for the page; rows that change nothing are left out."""
    rows = [row for row in _rows(one) if row.what != SAME]
    rows.sort(key=lambda row: (ORDER[row.what], row.line))
    trouble = one.part.trouble
    unclear = trouble is not None or bool(one.report and one.report.parsed.missing)
    return ReportTable(
        number,
        one,
        rows[:SHOWN_ROWS],
        len(rows) - SHOWN_ROWS,
        one.report.counts if one.report else Counter(),
        " ".join(translate(trouble)) if trouble is not None else "",
        look_at(one.part) if unclear else None,
        _strange(one),
    )


def _rows(one: Found) -> tuple[Proposal, ...]:
    return one.report.rows if one.report else ()


def asked(found: Iterable[Found]) -> dict[str, int]:
    """Count the rows that wait for each sort of answer: «words», «take_away», «leave_out»."""
    waiting: Counter[str] = Counter()
    for one in found:
        waiting.update(_question(row) for row in _rows(one) if row.what == ASKED)
    return dict(waiting)


def _question(row: Proposal) -> str:
    if any(problem.words for problem in row.problems):
        return "words"
    return "take_away" if row.lost else "leave_out"


def _strange(one: Found) -> list[Strange]:
    """Words of the table that are not clear, each once however many rows have it."""
    problems = [problem for row in _rows(one) for problem in row.problems if problem.words]
    found = {word[0]: word for problem in problems for word in _questions(one.part.kind, problem)}
    return list(found.values())


def _questions(kind: str, problem: Problem) -> Iterator[Strange]:
    columns = {column.title: column for column in file_kinds()[kind].columns}
    column = columns[problem.column]
    for word, values in problem.words.items():
        meanings = [(value, column.said.get(value, value)) for value in values]
        yield f"{WORD}{column.key}:{word}", f"{column.title}: «{word}»", meanings
