"""Registration of an appeal from its paper form; the work comes under legal hold with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from examday.domain.appeals import case
from examday.domain.events import Event
from examday.services.appeals.filing import check_filing
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Filing:
    """What the secretary enters from the paper appeal (1-АП or ППЭ-02)."""

    kind: case.Kind
    booklet_id: str
    filed: dt.date
    reached: dt.date
    result_day: dt.date | None = None
    """The official day of the results. None for a procedural appeal: it is filed before there are
    any."""
    late_reason: str = ""
    """Why it is registered out of time. Only the commission may refuse a late appeal, so the
    program takes it with a reason."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Fields of the form that no rule asks about: kept, since they are printed on the receipt and
    the protocol."""


def register(uow: UnitOfWork, filing: Filing) -> Appeal:
    """Register an appeal by number; the work is put under legal hold in the same transaction.

    Conflict when the work is not handed over or has such an appeal open; Invalid when the dates are
    wrong or the filing window is over.
    """
    require(uow, "appeal.register")
    # The next number has no row that could be held, so two secretaries wait in line for it.
    uow.queue("appeal numbers")
    booklet = uow.hold(Booklet, filing.booklet_id)
    dates = case.FilingDates(booklet.exam.date, filing.result_day, filing.filed, filing.reached)
    check_filing(uow, booklet, filing.kind, dates, filing.late_reason)
    appeal = uow.add(
        Appeal(
            number=_next_number(uow, booklet),
            kind=filing.kind,
            exam_id=booklet.exam_id,
            booklet_id=booklet.id,
            version=booklet.version,
            filed=filing.filed,
            reached=filing.reached,
            result_day=filing.result_day,
            facts={**filing.facts, "late_reason": filing.late_reason},
            since=uow.now(),
        )
    )
    # The scans must not be destroyed while their reading is disputed (domain.md 14).
    booklet.hold = True
    uow.session.flush()
    uow.record(
        Event.APPEAL_REGISTER,
        f"appeal:{appeal.id}",
        number=appeal.number,
        about=filing.kind,
        booklet=booklet.id,
        version=booklet.version,
        late=bool(filing.late_reason),
    )
    return appeal


def _next_number(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the next free number of 2-АП for the region and subject of the exam."""
    exam = booklet.exam
    # Region and subject with both dashes: «77-02-» without the sequence.
    prefix = case.number(exam.region, exam.subject, 0)[:6]
    known = uow.count(
        select(func.count()).select_from(Appeal).where(Appeal.number.startswith(prefix))
    )
    return case.number(exam.region, exam.subject, known + 1)
