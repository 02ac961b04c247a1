"""Readiness of an exam day: its plan, judged by the rules; and the days that the plan has."""

import datetime as dt

from sqlalchemy import select

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
    rows = uow.session.execute(
        select(Exam.date, Exam.training).distinct().order_by(Exam.date.desc(), Exam.training)
    )
    return [(row.date, row.training) for row in rows]
