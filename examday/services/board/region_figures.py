"""Statistics over a region's works of one year, with small groups protected; nothing is written."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from examday.domain.appeals.figures import Table, part, written
from examday.domain.custody.lifecycle import Medium
from examday.services.people.sites import require_region
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam

GROUP = 5
"""Fewer are not told, and cannot be found by subtraction: who sits an exam with a special form is
known to their school, and needs are health data."""


@dataclass(frozen=True)
class Figures:
    """The works of one year. Each table is of the same works, so that all have one sum."""

    year: int
    works: str
    again: str
    """Works that were transferred a second time, as text: a small count is covered."""
    tables: Mapping[str, Table]


def year(uow: UnitOfWork, wanted: int) -> Figures:
    """Count the works with a special form of the real exams of a year, by what tells them apart."""
    require_region(uow)
    wanted = min(max(wanted, dt.MINYEAR), dt.MAXYEAR)
    of_year = (
        Exam.date.between(dt.date(wanted, 1, 1), dt.date(wanted, 12, 31)),
        Exam.training.is_(False),
        Booklet.medium != Medium.STANDARD,
    )
    columns: dict[str, Any] = {
        "medium": Booklet.medium,
        "subject": Exam.subject,
        "point": Booklet.site,
    }
    tables = {key: _table(uow, column, *of_year) for key, column in columns.items()}
    again = _count(uow, *of_year, Booklet.version > 1)
    works = _count(uow, *of_year)
    return Figures(wanted, written(works, GROUP), part(again, works, GROUP), tables)


def _table(uow: UnitOfWork, column: Any, *wanted: ColumnElement[bool]) -> Table:
    rows = uow.session.execute(
        select(column, func.count())
        .select_from(Booklet)
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(*wanted)
        .group_by(column)
    )
    return Table(tuple(sorted((label, count) for label, count in rows)), GROUP)


def _count(uow: UnitOfWork, *wanted: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Booklet).join(Exam, Exam.id == Booklet.exam_id)
    return uow.count(counted.where(*wanted))
