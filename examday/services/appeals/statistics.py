"""Figures of the commission by year; nothing is written."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.appeals import figures
from examday.domain.appeals.case import CaseState
from examday.domain.appeals.figures import CaseFigures, Rate, Table
from examday.domain.errors import Invalid
from examday.domain.transfer.readings import Source
from examday.services.appeals.decision.findings import defects
from examday.services.appeals.decision.protocol_record import protocol_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Reading
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Year:
    """Everything that the page and the report of a year show."""

    year: int
    cases: str
    """Small counts are covered here too: the total of a year may be one person."""
    open: str
    withdrawn: str
    tables: dict[str, Table]
    median_days: float | None
    """Calendar days from reaching the commission to the decision; None with fewer than six."""
    fields: int
    defects: str
    rate: Rate | None
    """Defects per 1,000 transferred fields with their interval: with a handful of cases the rate
    alone would look more certain than it is."""


def year(uow: UnitOfWork, wanted: int) -> Year:
    """Return the figures of appeals filed in `wanted` and the defect rate of its exams.

    Training is left out. Invalid for a year that no calendar has.
    """
    require(uow, "appeal.see")
    if not dt.MINYEAR <= wanted <= dt.MAXYEAR:
        raise Invalid()
    first = dt.date(wanted, 1, 1)
    last = dt.date(wanted, 12, 31)
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
    made = figures.tables(rows)
    states = {label: shown for label, shown, _bar in made["outcome"].shown()}
    # A table that cannot be protected tells nothing, and neither do counts taken from it.
    unseen = "0" if made["outcome"].safe else "…"
    return Year(
        wanted,
        figures.written(len(rows)),
        states.get("open", unseen),
        states.get("withdrawn", unseen),
        made,
        figures.days_to_decision(rows),
        fields,
        figures.written(defects),
        figures.defect_rate(defects, fields),
    )


def _figures(uow: UnitOfWork, appeal: Appeal) -> CaseFigures:
    """Return what the statistics need of one case."""
    protocol = protocol_of(uow, appeal)
    causes = tuple(row.category for row in defects(uow, appeal))
    withdrawn = appeal.state == CaseState.WITHDRAWN
    return CaseFigures(
        appeal.kind,
        appeal.exam.site_code,
        "withdrawn" if withdrawn else "decided" if protocol else "open",
        appeal.outcome,
        causes,
        appeal.reached,
        uow.local(protocol.at).date() if protocol else None,
    )


def _transferred_fields(uow: UnitOfWork, first: dt.date, last: dt.date) -> int:
    """Count the filled fields of all first transfers of the year: the base of the rate."""
    rows = uow.session.scalars(
        select(Reading)
        .join(Booklet, Booklet.id == Reading.booklet_id)
        .join(Exam, Exam.id == Booklet.exam_id)
        .where(
            Exam.date.between(first, last),
            Exam.training.is_(False),
            Reading.source == Source.SETTLED,
            # A second transfer or a settling done anew would count the same field twice.
            Reading.version == 1,
            Reading.round == 1,
        )
    )
    return sum(
        1 for row in rows for value in row.content.get("fields", {}).values() if value.get("text")
    )


def years(uow: UnitOfWork) -> list[int]:
    """Return the years with appeals, newest first."""
    first, last = uow.session.execute(select(func.min(Appeal.filed), func.max(Appeal.filed))).one()
    return list(range(last.year, first.year - 1, -1)) if first else []
