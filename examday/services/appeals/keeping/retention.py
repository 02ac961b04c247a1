"""Retention of works: terms by rule set, legal hold, destruction by act of two people."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.jobs import Task
from examday.domain.messages import N_
from examday.services.appeals.keeping.hindrances import require_free, scans_of
from examday.services.appeals.keeping.signers import check_people
from examday.services.people.log_in import Part, prove_oneself
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam
from examday.storage.tables_appeal import Destruction

A_PAGE = 100
"""Exams on one page; the oldest, whose term ends first, come first."""


@dataclass(frozen=True)
class Kept:
    """How long the works of one exam are kept, and what stands against destroying them."""

    exam: Exam
    until: dt.date
    works: int
    held: int
    """Works under appeal: a single one keeps all of the exam, because an act names an exam as a
    whole."""
    due: bool


def overview(uow: UnitOfWork, after: str = "") -> list[Kept]:
    """Return exams whose works are kept, with their last day of keeping, by date; at most `A_PAGE`.

    `after`: date and id of the last one of the page before.
    """
    gone = select(Destruction.id).where(Destruction.exam_id == Exam.id)
    query = select(Exam).where(~gone.exists()).order_by(Exam.date, Exam.id).limit(A_PAGE)
    date, _, last = after.partition(" ")
    if last:
        day = dt.date.fromisoformat(date)
        query = query.where((Exam.date > day) | ((Exam.date == day) & (Exam.id > last)))
    exams = uow.session.scalars(query).all()
    works, held = _works(uow, exams), _works(uow, exams, Booklet.hold.is_(True))
    return [_kept(uow, exam, works.get(exam.id, 0), held.get(exam.id, 0)) for exam in exams]


def _works(uow: UnitOfWork, exams: Sequence[Exam], *which: ColumnElement[bool]) -> dict[str, int]:
    """Return exam id → how many works."""
    rows = uow.session.execute(
        select(Booklet.exam_id, func.count())
        .where(Booklet.exam_id.in_([exam.id for exam in exams]), *which)
        .group_by(Booklet.exam_id)
    )
    return {exam_id: count for exam_id, count in rows}


def _kept(
    uow: UnitOfWork,
    exam: Exam,
    works: int,
    held: int,
) -> Kept:
    until = in_force.for_exam(exam).retention_end(exam.date)
    return Kept(exam, until, works, held, uow.today() > until and not held)


def destroy(
    uow: UnitOfWork,
    exam_id: str,
    basis: str,
    second_id: str,
    second_secret: str,
) -> Destruction:
    """Destroy the scans of one exam by act of two people, after its term and without a legal hold.

    Readings, findings and signatures stay, and of the scans their digests. Forbidden or SamePerson
    for wrong signers; Conflict before the term, under appeal, while a page
    of the files waits for a decision, or when destroyed already.
    """
    uow.get(Exam, exam_id)
    second = prove_oneself(uow, second_id, second_secret, Part.CONFIRMS)
    check_people(uow, second.id)
    # Works before the exam, as everywhere: an appeal that is being registered puts a hold on one.
    works = uow.hold_all(
        Booklet, uow.session.scalars(select(Booklet.id).where(Booklet.exam_id == exam_id))
    )
    exam = uow.hold(Exam, exam_id)
    require_free(uow, exam, works)
    if not basis.strip():
        raise Invalid(
            N_("An act of destruction names its basis."),
            code="basis",
            field="basis",
            advice=N_("Enter the order."),
        )
    act = uow.add(
        Destruction(
            exam_id=exam.id,
            booklets=sorted(work.id for work in works),
            hashes=scans_of(uow, exam),
            basis=basis.strip(),
            person_id=uow.actor.person_id,
            second_id=second.id,
            at=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(Event.RETENTION_DESTROY, f"exam:{exam.id}", act=act.id, files=len(act.hashes))
    # Files go only after the commit: a transaction that fails must not have lost a scan.
    uow.enqueue(Task.REMOVE_DESTROYED, act.id)
    return act
