"""The year's figures of the commission: read only."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.appeals import figures
from examday.domain.appeals.case import CaseState
from examday.domain.appeals.figures import CaseFigures, Table
from examday.domain.errors import Invalid
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision.findings import defects
from examday.services.appeals.decision.protocols import protocol_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Reading
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Year:
    """Everything one page or report of a year shows."""

    year: int
    cases: int
    open: int
    tables: dict[str, Table]
    median_days: float | None
    fields: int
    defects: int
    rate: tuple[float, float] | None


def year(uow: UnitOfWork, wanted: int) -> Year:
    """Appeals filed in `wanted`, and the defect rate of the works whose exams were held in it;
    training left out."""
    require(uow, "appeal.see")
    if not dt.MINYEAR <= wanted <= dt.MAXYEAR:
        raise Invalid()
    first, last = dt.date(wanted, 1, 1), dt.date(wanted, 12, 31)
    appeals = list(
        uow.session.scalars(
            select(Appeal)
            .join(Exam)
            .where(Appeal.filed.between(first, last), Exam.training.is_(False))
        )
    )
    rows = [_figures(uow, appeal) for appeal in appeals]
    fields = _transferred_fields(uow, first, last)
    defects = sum(len(row.causes) for row in rows)
    return Year(
        wanted,
        len(rows),
        sum(1 for one in appeals if one.closed_at is None),
        figures.tables(rows),
        figures.days_to_decision(rows),
        fields,
        defects,
        figures.defect_rate(defects, fields),
    )


def _figures(uow: UnitOfWork, appeal: Appeal) -> CaseFigures:
    protocol = protocol_of(uow, appeal)
    causes = tuple(row.category for row in defects(uow, appeal))
    outcome = appeal.outcome or (CaseState.WITHDRAWN if appeal.state == CaseState.WITHDRAWN else "")
    return CaseFigures(
        appeal.kind,
        appeal.exam.site_code,
        outcome,
        causes,
        appeal.reached,
        protocol.at.date() if protocol else None,
    )


def _transferred_fields(uow: UnitOfWork, first: dt.date, last: dt.date) -> int:
    """Filled fields of all first transfers of the year: what the rate is a rate of."""
    rows = uow.session.scalars(
        select(Reading)
        .join(Booklet, Booklet.id == Reading.booklet_id)
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(
            Exam.date.between(first, last),
            Exam.training.is_(False),
            Reading.source == Source.SETTLED,
            Reading.version == 1,
            Reading.round == 1,
        )
    )
    return sum(
        1 for row in rows for value in row.content.get("fields", {}).values() if value.get("text")
    )


def years(uow: UnitOfWork) -> list[int]:
    """Years with appeals, newest first."""
    first, last = uow.session.execute(select(func.min(Appeal.filed), func.max(Appeal.filed))).one()
    return list(range(last.year, first.year - 1, -1)) if first else []
