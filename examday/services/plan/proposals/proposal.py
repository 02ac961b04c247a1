"""What one row of a plan file would do to the plan; nothing is done here yet.

A column that the file does not have is left as it is. An empty cell of a column that it has takes a
value away; that is confirmed separately, and refused once papers of the candidate are issued.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from examday.domain.messages import N_
from examday.domain.plan.columns import PERSONAL, Column, Values
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.values import Changes, changes
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import Base

NEW, CHANGED, SAME, WRONG, ASKED = "new", "changed", "same", "wrong", "asked"
"""A row is one of these alone, so that their numbers add up to the rows of the table."""
VERDICT_NAMES: dict[str, str] = {
    NEW: N_("new"),
    CHANGED: N_("changed"),
    SAME: N_("as before"),
    WRONG: N_("wrong"),
    ASKED: N_("to be asked about"),
}
"""Verdict → words about one row. Pages and commands say the same, so that somebody who is helped
over the telephone finds the word on the screen."""
COUNT_NAMES: dict[str, str] = {
    NEW: N_("new rows"),
    CHANGED: N_("changed rows"),
    SAME: N_("rows as before"),
    WRONG: N_("wrong rows"),
    ASKED: N_("rows to be asked about"),
}
"""Verdict → words before a number of rows: Russian needs another form there than about one row."""
SEVERAL = frozenset({"many", "numbers", "subjects"})
"""Kinds of columns whose cells hold several things: there a part of the cell can be lost."""


@dataclass
class Proposal:
    """What one row would do, with its problems; `prepare` and `write` do it."""

    line: int
    label: str
    """Which entry the row is about: a code, never a name, because reports are shown to people who
    may not see names."""
    what: str = SAME
    problems: tuple[Problem, ...] = ()
    changes: Changes = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    """Need no decision: the row is taken as it is."""
    lost: tuple[str, ...] = ()
    """What would be gone, in the words of the files; it has to be confirmed."""
    prepare: Callable[[], None] = field(default=lambda: None)
    """Runs for all rows before the first `write`, so that two candidates can swap places."""
    write: Callable[[], None] = field(default=lambda: None)
    """Called only when every row of every table is accepted: a plan comes in whole or not at
    all."""

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns that differ from the plan; none for a new entry."""
        return tuple(sorted(self.changes)) if self.what != NEW else ()


def refuse(row: ParsedRow, label: str, *problems: Problem) -> Proposal:
    """Refuse a row, or ask about it where a person can answer all of its problems."""
    asked = bool(problems) and all(problem.asked for problem in problems)
    return Proposal(row.line, label, ASKED if asked else WRONG, problems, notes=row.notes)


def judge(
    row: ParsedRow,
    label: str,
    kind: str,
    before: Values | None,
    after: Values,
) -> Proposal:
    """Compare the entry `before` (None: there is none) with what the row says."""
    differing = changes(file_kinds()[kind], before or {}, after)
    if before is None:
        return Proposal(row.line, label, NEW, changes=differing, notes=row.notes)
    # Personal columns are named without their content: `lost` is shown with the code.
    lost = tuple(
        column.title if column.key in PERSONAL else f"{column.title}: {gone}"
        for column in file_kinds()[kind].columns
        if column.key in differing
        and (gone := _gone(column, *differing[column.key], column.key in row.empty))
    )
    what = CHANGED if differing else SAME
    return Proposal(
        row.line,
        label,
        what,
        changes=differing,
        notes=row.notes,
        lost=lost,
    )


def _gone(
    column: Column,
    old: str,
    new: str,
    empty: bool,
) -> str:
    """Name what of an old value is not there any more; a value replaced by another is not gone."""
    if empty or not new:
        return old
    if column.kind in SEVERAL:
        left = set(new.split("; "))
        return "; ".join(word for word in old.split("; ") if word not in left)
    # «копия № 12» → «копия»: the form is the same, the number would be lost.
    return old if column.kind == "document" and old.startswith(new) else ""


def writing(
    uow: UnitOfWork,
    proposal: Proposal,
    there: Base | None,
    wanted: Values,
    make: Callable[[], Base],
) -> Proposal:
    """Return the proposal with its `write`: change the entry `there`, or add one by `make`."""
    if there is None:
        return replace(proposal, write=lambda: (uow.add(make()), None)[1])
    return replace(proposal, write=partial(set_values, there, wanted))


def set_values(present: Base, wanted: Values) -> None:
    """Write the values that differ."""
    # Equal values are not assigned: the ledger would list the row as changed.
    for key, value in wanted.items():
        if getattr(present, key) != value:
            setattr(present, key, value)


def without_none(facts: Values) -> Values:
    """Drop facts without a value; an emptied cell takes a fact away."""
    return {key: value for key, value in facts.items() if value is not None}
