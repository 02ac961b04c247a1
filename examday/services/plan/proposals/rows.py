"""What each row of a plan file would do to the plan: new, changed, the same, or wrong; nothing is
done here yet.

Columns that a file does not have are left as they are. An empty cell of a column that it has takes
a value away; that is confirmed apart, and never possible once papers of the candidate are out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.identity import ByIdentity
from examday.domain.messages import N_
from examday.domain.plan.columns import PERSONAL, Column, Values
from examday.domain.plan.day import DOCUMENT_NAMES, FEATURE_NAMES
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.plan.booklets import Kits, follow_needs
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.values import (
    EXAM_FACTS,
    Changes,
    candidate_values,
    changes,
    exam_values,
    room_values,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import Base, JsonList
from examday.storage.tables import Booklet, Candidate, Exam, Room

NEW, CHANGED, SAME, WRONG, ASKED = "new", "changed", "same", "wrong", "asked"
EXAM_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("site_name", ""),
    ("region", ""),
    ("tasks", 40),
    ("long_tasks", []),
)
EXAM_KEY: Values = {
    "date": None,
    "kind": "ege",
    "subject": "",
    "site_code": "",
    "training": False,
}
"""What tells an exam apart, with what a missing column means."""
SEVERAL = frozenset({"many", "numbers", "subjects"})
"""Columns whose cells hold several things."""


@dataclass
class Proposal:
    """What one row would do. `label` says which thing it is about (a code, never a name); `changes`
    holds old and new of each column, `lost` what would be gone. All rows are prepared before the
    first is written, so that two candidates can swap places."""

    line: int
    label: str
    what: str = SAME
    problems: tuple[Problem, ...] = ()
    changes: Changes = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    lost: tuple[str, ...] = ()
    prepare: Callable[[], None] = field(default=lambda: None)
    write: Callable[[], None] = field(default=lambda: None)

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns that differ."""
        return tuple(sorted(self.changes)) if self.what != NEW else ()


def refuse(row: ParsedRow, label: str, *problems: Problem) -> Proposal:
    """A row that cannot be taken, or not before a person has answered."""
    asked = bool(problems) and all(problem.asked for problem in problems)
    return Proposal(row.line, label, ASKED if asked else WRONG, problems, notes=row.notes)


def judge(row: ParsedRow, label: str, kind: str, before: Values | None, after: Values) -> Proposal:
    """New where nothing was before; else changed or the same, with old and new of each column."""
    differing = changes(file_kinds()[kind], before or {}, after)
    if before is None:
        return Proposal(row.line, label, NEW, changes=differing, notes=row.notes)
    lost = tuple(
        column.title if column.key in PERSONAL else f"{column.title}: {gone}"
        for column in file_kinds()[kind].columns
        if column.key in differing
        and (gone := _gone(column, *differing[column.key], column.key in row.empty))
    )
    what = CHANGED if differing else SAME
    return Proposal(row.line, label, what, changes=differing, notes=row.notes, lost=lost)


def _gone(column: Column, old: str, new: str, empty: bool) -> str:
    """What of an old value is not there any more; a value that is only another one is not gone."""
    if empty or not new:
        return old
    if column.kind in SEVERAL:
        left = set(new.split("; "))
        return "; ".join(word for word in old.split("; ") if word not in left)
    return old if column.kind == "document" and old.startswith(new) else ""


def set_values(present: Base, wanted: Values) -> None:
    """Write the values that differ."""
    for key, value in wanted.items():
        if getattr(present, key) != value:
            setattr(present, key, value)


def twins(column: str, known: ByIdentity[Any], written: str) -> list[Problem]:
    """The problem that several entries of the plan look like what is written."""
    alike = known.unclear(written)
    if not alike:
        return []
    return [
        Problem(
            column,
            N_("Several entries of the plan look like this one: %(codes)s."),
            {"codes": ", ".join(alike)},
        )
    ]


def spelled(column: str, written: str, stands: str) -> tuple[Problem, ...]:
    """A note where the plan spells a code in another way that looks the same."""
    if written == stands:
        return ()
    return (Problem(column, N_("In the plan it is written «%(code)s»."), {"code": stands}),)


class Exams:
    """The exams of the plan by what tells them apart."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.all = list(uow.session.scalars(select(Exam).order_by(Exam.date, Exam.subject)))
        self.by_key = {(e.date, e.kind, e.subject, e.site_code, e.training): e for e in self.all}

    def of(self, values: Values) -> Exam | None:
        """The exam that a row's date, form, subject, point and training mark name."""
        return self.by_key.get(
            (
                values["date"],
                values.get("kind", "ege"),
                values["subject"],
                values["site_code"],
                values.get("training", False),
            )
        )


def exam_label(values: Values) -> str:
    """Date and subject: how a report names an exam."""
    return f"{values['date']:%d.%m.%Y} {values.get('subject') or ''}".strip()


def exams(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the exams file."""
    known = Exams(uow)
    started = set(
        uow.session.scalars(
            select(Booklet.exam_id).where(Booklet.state != State.REGISTERED).distinct()
        )
    )
    for row in rows:
        values, label = row.values, exam_label(row.values)
        there = known.of(values)
        wanted = _exam_values(values, there)
        if there and there.id in started and _other_tasks(there, wanted):
            yield refuse(
                row,
                label,
                Problem("", N_("Works of this exam are issued: the number of tasks stands.")),
            )
            continue
        key = {name: values.get(name, usual) for name, usual in EXAM_KEY.items()}
        before = _with_usual(exam_values(there)) if there else None
        yield _writing(
            uow,
            judge(row, label, "exams", before, values if there else {**key, **values}),
            there,
            wanted,
            partial(Exam, **key, **wanted),
        )


def _with_usual(values: Values) -> Values:
    """The values of an exam with what its facts mean where nothing is recorded."""
    usual = {key: value for key, value in EXAM_FACTS.items() if values.get(key) is None}
    return {**values, **usual}


def _writing(
    uow: UnitOfWork,
    proposal: Proposal,
    there: Base | None,
    wanted: Values,
    make: Callable[[], Base],
) -> Proposal:
    """The same proposal with what it does to the database."""
    if there is None:
        return replace(proposal, write=lambda: (uow.add(make()), None)[1])
    return replace(proposal, write=partial(set_values, there, wanted))


def _exam_values(values: Values, there: Exam | None) -> Values:
    """What an exam is to hold after the row. A fact with its usual meaning is recorded only where
    something was recorded before."""
    wanted: dict[str, Any] = {
        key: empty if values[key] is None else values[key]
        for key, empty in EXAM_COLUMNS
        if key in values
    }
    before = there.facts if there else {}
    facts = {
        key: values[key]
        for key, usual in EXAM_FACTS.items()
        if key in values and (key in before or values[key] != usual)
    }
    wanted["facts"] = _without_none({**before, **facts})
    return wanted


def _other_tasks(exam: Exam, wanted: Values) -> bool:
    """Would the number of tasks or the long tasks change?"""
    return any(
        wanted.get(key, getattr(exam, key)) != getattr(exam, key) for key in ("tasks", "long_tasks")
    )


def _without_none(facts: Values) -> Values:
    """The facts that are known; an emptied cell takes a fact away."""
    return {key: value for key, value in facts.items() if value is not None}


def rooms(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the rooms file."""
    known = {(room.site_code, room.number): room for room in uow.session.scalars(select(Room))}
    for row in rows:
        values = row.values
        key = {"site_code": values["site_code"], "number": values["number"]}
        there = known.get((key["site_code"], key["number"]))
        wanted = {name: values[name] for name in ("purpose", "seats") if name in values}
        features = {name: values[name] for name in FEATURE_NAMES if name in values}
        wanted["features"] = _without_none({**(there.features if there else {}), **features})
        yield _writing(
            uow,
            judge(row, values["number"], "rooms", room_values(there) if there else None, values),
            there,
            wanted,
            partial(Room, **key, **wanted),
        )


def candidates(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the candidates file."""
    known = ByIdentity((row.code, row) for row in uow.session.scalars(select(Candidate)))
    kits = Kits(uow)
    for row in rows:
        values = row.values
        unclear = twins("Код участника", known, values["code"])
        if unclear:
            yield refuse(row, values["code"], *unclear)
            continue
        there = known.get(values["code"])
        wanted: dict[str, Any] = {
            name: values[name] or ""
            for name in ("surname", "name", "patronymic", "document", "school_code")
            if name in values
        }
        if "needs" in values:
            wanted["needs"] = values["needs"] or []
        wanted["documents"] = _documents(there.documents if there else [], values)
        after = {**values, "code": there.code} if there else values
        before = candidate_values(there) if there else None
        proposal = _writing(
            uow,
            judge(row, values["code"], "candidates", before, after),
            there,
            wanted,
            partial(Candidate, code=values["code"], **wanted),
        )
        yield _with_booklets(uow, proposal, there, wanted, kits, row) if there else proposal


def _with_booklets(
    uow: UnitOfWork,
    proposal: Proposal,
    candidate: Candidate,
    wanted: Values,
    kits: Kits,
    row: ParsedRow,
) -> Proposal:
    """Other needs, other kits: those that are not issued yet follow. Once one is issued nothing is
    taken away."""
    proposal.notes += spelled("Код участника", row.values["code"], candidate.code)
    if proposal.lost and kits.is_out(candidate):
        return refuse(
            row,
            proposal.label,
            Problem(
                "",
                N_("Papers of this candidate are out, so nothing can be taken away: %(what)s."),
                {"what": ", ".join(proposal.lost)},
            ),
        )
    if "needs" not in proposal.changes:
        return proposal
    enter, before = proposal.write, frozenset(candidate.needs)

    def write() -> None:
        enter()
        follow_needs(uow, candidate, before)

    following, gone = kits.follow(candidate, frozenset(wanted["needs"]))
    return replace(
        proposal,
        write=write,
        changes={**proposal.changes, **following},
        lost=(*proposal.lost, *gone),
    )


def _documents(there: JsonList, values: Values) -> JsonList:
    """The documents after the row: kinds that have a column are replaced, the others stay."""
    kept = [document for document in there if document.get("kind") not in values]
    given = [{"kind": kind, **values[kind]} for kind in DOCUMENT_NAMES if values.get(kind)]
    return sorted([*kept, *given], key=lambda document: str(document.get("kind")))
