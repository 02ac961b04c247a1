"""Several tables of the plan, examined together and brought in together or not at all.

The tables of a set may come in any order; each is judged after those it refers to, as if they were
in the plan already.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from examday.domain.errors import DomainError, Invalid, Stale
from examday.domain.identity import fold
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.plan.columns import KINDS
from examday.domain.plan.rows import Answers, Problem
from examday.services.custody.booklets import require
from examday.services.plan import files
from examday.services.plan.files import Report
from examday.services.plan.proposals.proposal import ASKED, CHANGED, WRONG
from examday.services.plan.tables import parts
from examday.services.plan.tables.parts import Part
from examday.services.unit_of_work import Store, UnitOfWork


@dataclass(frozen=True)
class Found:
    """What one table of a set would do; `report` is None where it could not be read."""

    part: Part
    report: Report | None = None


class _Undone(Exception):
    """Ends a transaction that only looked."""


def examine(
    store: Store,
    actor: Actor,
    tables: Iterable[Part],
    answers: Answers | None = None,
) -> list[Found]:
    """Report what the set would do to the plan; nothing is changed.

    The tables are in the order in which they would be brought in; unreadable ones come first.
    """
    found: list[Found] = []
    # The rows are really written and rolled back: only so does a later table see an earlier one.
    with _undone(store, actor) as uow:
        found.extend(judge(uow, tables, answers or Answers()))
    return found


def judge(uow: UnitOfWork, tables: Iterable[Part], answers: Answers) -> Iterator[Found]:
    """Judge table after table; the good rows of one are in the plan when the next is judged."""
    seen: dict[tuple[str, str], str] = {}
    for part in sorted(tables, key=_order):
        parsed = part.trouble or parts.read(part, answers)
        if isinstance(parsed, DomainError):
            yield Found(replace(part, trouble=parsed))
            continue
        report = _agreeing(files.examine(uow, parsed, answers.take_away), part, seen)
        yield Found(part, report)
        files.apply(uow, report.rows)
        uow.session.flush()


def _agreeing(report: Report, part: Part, seen: dict[tuple[str, str], str]) -> Report:
    """Refuse rows that contradict an earlier table of the set.

    `seen`: kind and entry → the file where it stood first; the entries of this report are added.
    """
    rows = []
    for row in report.rows:
        key = (part.kind, fold(row.label))
        place = seen.setdefault(key, part.file)
        if place != part.file and row.changes and row.what in (CHANGED, ASKED):
            other = Problem(
                "", N_("The file «%(file)s» says something else of it."), {"file": place}
            )
            row = replace(row, what=WRONG, problems=(other, *row.problems))
        rows.append(row)
    return Report(report.parsed, tuple(rows))


def may_bring_in(actor: Actor, tables: Iterable[Part]) -> bool:
    """Tell whether the role may bring in every table of the set."""
    return all(actor.may(files.permission(part.kind)) for part in tables if part.kind)


def fingerprint(found: Iterable[Found]) -> str:
    """Digest of what a report said, so that only the report that was read can be confirmed."""
    said = [
        (one.part.file, one.part.sheet, row.line, row.what, sorted(row.changes.items()))
        for one in found
        if one.report is not None
        for row in one.report.rows
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _order(part: Part) -> int:
    # Tables with trouble first: a person has to choose something before the rest means anything.
    return -1 if part.trouble is not None else list(KINDS).index(part.kind)


@contextmanager
def _undone(store: Store, actor: Actor) -> Iterator[UnitOfWork]:
    """Open a transaction that is always rolled back."""
    try:
        with store.begin(actor) as uow:
            yield uow
            raise _Undone
    except _Undone:
        return


def bring_in(
    uow: UnitOfWork,
    tables: Iterable[Part],
    answers: Answers | None = None,
    seen: str = "",
) -> list[Found]:
    """Bring the whole set in, or nothing.

    `seen`: the `fingerprint` of the report that was confirmed. Errors: Invalid while anything of
    the set is wrong; Stale when it would do something else than that report said.
    """
    uow.queue("plan")
    found = list(judge(uow, tables, answers or Answers()))
    good = [(one, one.report) for one in found if one.report is not None and one.report.good]
    if wrong := len(found) - len(good):
        raise Invalid(
            N_("Nothing was brought in: %(count)s tables of the set have mistakes."),
            code="plan-set",
            params={"count": wrong},
            advice=N_("Correct what the report names and send the files again."),
        )
    if seen and seen != fingerprint(found):
        raise Stale(
            N_("The plan has changed since you read the report."),
            advice=N_("Nothing was brought in. Read the report once more; it is a new one."),
        )
    # The rows are in the session already, so they are not brought in anew: only the right to each
    # table and its event are missing.
    for one, report in good:
        require(uow, files.permission(one.part.kind))
        files.note(uow, report, _digest(one.part.path))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
