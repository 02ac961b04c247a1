"""Rows of the exams file."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import select

from examday.domain.custody.kit import has_short_answers
from examday.domain.custody.lifecycle import NOT_ISSUED
from examday.domain.messages import N_
from examday.domain.plan.columns import Values
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.plan.proposals.proposal import Proposal, judge, refuse, without_none, writing
from examday.services.plan.values import EXAM_FACTS, as_said, assumed, exam_values, with_said
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam

EXAM_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("site_name", ""),
    ("region", ""),
    ("tasks", 40),
    ("long_tasks", []),
)
"""Columns of an exam beside its key, with what an emptied cell means. 40 is the number of short
answer rows that the standard form has; an essay, which has no such form, then has none."""
EXAM_KEY: Values = {
    "date": None,
    "kind": "ege",
    "subject": "",
    "site_code": "",
    "training": False,
}
"""What tells an exam apart, with what a missing column means: lists of a point are mostly of one
form of exam and do not say it."""


class Exams:
    """The exams of the plan, found by what tells them apart."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.all = list(uow.session.scalars(select(Exam).order_by(Exam.date, Exam.subject)))
        self.by_id = {exam.id: exam for exam in self.all}
        self.by_key = {(e.date, e.kind, e.subject, e.site_code, e.training): e for e in self.all}

    def of(self, values: Values) -> Exam | None:
        """Find the exam that a row's date, form, subject, point and training mark name."""
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
    """Name an exam in a report: date and subject."""
    return f"{values['date']:%d.%m.%Y} {values.get('subject') or ''}".strip()


def exams(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Propose what the rows of the exams file would do."""
    known = Exams(uow)
    started = set(
        uow.session.scalars(
            select(Booklet.exam_id).where(Booklet.state.not_in(NOT_ISSUED)).distinct()
        )
    )
    for row in rows:
        there = known.of(row.values)
        wanted = _wanted(row, there)
        # The fields of an issued work are made from the number of tasks; other fields would leave
        # readings without a field.
        if there and there.id in started and _has_other_tasks(there, wanted):
            stands = N_("Works of this exam are issued: the number of tasks stands.")
            yield refuse(row, exam_label(row.values), Problem("", stands))
        else:
            yield _proposal(uow, row, there, wanted)


def _proposal(
    uow: UnitOfWork,
    row: ParsedRow,
    there: Exam | None,
    wanted: Values,
) -> Proposal:
    values = row.values
    key = {name: values.get(name, usual) for name, usual in EXAM_KEY.items()}
    before = _with_usual(exam_values(there)) if there else None
    said = as_said(row, "tasks")
    after = said if there else {**key, **said}
    judged = judge(row, exam_label(values), "exams", before, after)
    return writing(uow, judged, there, wanted, partial(Exam, **key, **wanted))


def _with_usual(values: Values) -> Values:
    """Fill in what the facts of an exam mean where nothing is recorded."""
    usual = {key: value for key, value in EXAM_FACTS.items() if values.get(key) is None}
    return {**values, **usual}


def _wanted(row: ParsedRow, there: Exam | None) -> Values:
    """What an exam is to hold after the row."""
    values = row.values
    wanted: dict[str, Any] = {
        key: empty if values[key] is None else values[key]
        for key, empty in EXAM_COLUMNS
        if key in values
    }
    if values.get("tasks") is None and not has_short_answers(
        values.get("kind", EXAM_KEY["kind"]), values["subject"]
    ):
        # What stands for nothing said stays: works may be issued with it.
        unsaid = there is not None and "tasks" in assumed(there.facts)
        wanted["tasks"] = there.tasks if there and (unsaid or "tasks" not in values) else 0
    before = with_said(there.facts if there else {}, "tasks", row, new=not there)
    # A usual meaning is recorded only where something was recorded before: an export brought back
    # must not change the plan.
    facts = {
        key: values[key]
        for key, usual in EXAM_FACTS.items()
        if key in values and (key in before or values[key] != usual)
    }
    wanted["facts"] = without_none({**before, **facts})
    return wanted


def _has_other_tasks(exam: Exam, wanted: Values) -> bool:
    """Tell whether the number of tasks or the long tasks would change."""
    return any(
        wanted.get(key, getattr(exam, key)) != getattr(exam, key) for key in ("tasks", "long_tasks")
    )
