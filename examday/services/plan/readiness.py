"""Readiness of an exam day: its plan, judged by the rules; and the days that the plan has."""

import datetime as dt

from sqlalchemy import func, select

from examday.domain.plan.findings import Finding
from examday.domain.plan.readiness import check
from examday.services.plan.day_plan import day_plan
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam


def readiness(uow: UnitOfWork, day: dt.date, training: bool = False) -> tuple[Finding, ...]:
    """Judge the plan of one exam day: the rows of the readiness board."""
    return check(day_plan(uow, day, training))


def days(uow: UnitOfWork) -> list[tuple[dt.date, bool]]:
    """List the exam days of the plan, newest first: (date, training)."""
    # From each date to the one before it: a region has five hundred exams on one date.
    newest = select(func.max(Exam.date).label("date")).cte("days", recursive=True)
    before = select(func.max(Exam.date)).where(Exam.date < newest.c.date).scalar_subquery()
    dates = newest.union_all(select(before).where(newest.c.date.is_not(None)))
    rows = [
        (date, training)
        for training in (False, True)
        for date in uow.session.scalars(
            select(dates.c.date).where(
                select(Exam.id)
                .where(Exam.date == dates.c.date, Exam.training.is_(training))
                .exists()
            )
        )
    ]
    return sorted(rows, key=lambda day: (-day[0].toordinal(), day[1]))
