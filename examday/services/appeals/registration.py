"""Registration of an appeal from its paper form; the work comes under legal hold with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from examday.domain.appeals import case
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.cases import open_on
from examday.services.custody.booklets import require
from examday.services.rules import rulesets
from examday.services.rules.calendars import calendar_of
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
    """Fields of the form that no rule asks about; they are printed on the receipt and the protocol.
    """


def register(uow: UnitOfWork, filing: Filing) -> Appeal:
    """Register an appeal by number; the work is put under legal hold in the same transaction.

    Conflict when the work is not handed over or has such an appeal open; Invalid when the dates are
    wrong or the filing window is over.
    """
    require(uow, "appeal.register")
    # The next number has no row that could be held, so two secretaries wait in line for it.
    uow.queue("appeal numbers")
    booklet = uow.hold(Booklet, filing.booklet_id)
    _check_filing(uow, booklet, filing)
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


def _check_filing(uow: UnitOfWork, booklet: Booklet, filing: Filing) -> None:
    """Refuse a filing that cannot be: wrong dates, too early, too late, or open already."""
    # Before the hand-over the site itself can correct the copy, and there are no results to appeal
    # against.
    if filing.kind is case.Kind.SCORE and State(booklet.state) is not State.HANDED_OVER:
        raise Conflict(
            N_("A score appeal needs a work that was handed over to the processing centre."),
            code="not-handed-over",
            advice=N_("Check the code of the work."),
        )
    dates = case.FilingDates(booklet.exam.date, filing.result_day, filing.filed, filing.reached)
    case.check_dates(filing.kind, dates, uow.today())
    rules = rulesets.for_date(booklet.exam.date)
    # A late appeal with its reason passes: whether the reason is good is decided at the hearing.
    case.check_filed(filing.kind, dates, filing.late_reason, rules, calendar_of(uow))
    # One appeal of each kind may be open: on procedure and on the score are considered apart.
    twice = next((one for one in open_on(uow, booklet.id) if one.kind == filing.kind), None)
    if twice is not None:
        raise Conflict(
            N_("This work already has an open appeal: %(number)s."),
            code="open-appeal",
            advice=N_("Open that case."),
            params={"number": twice.number},
        )


def _next_number(uow: UnitOfWork, booklet: Booklet) -> str:
    """Return the next free number of 2-АП for the region and subject of the exam."""
    exam = booklet.exam
    # Region and subject with both dashes: «77-02-» without the sequence.
    prefix = case.number(exam.region, exam.subject, 0)[:6]
    known = (
        uow.session.scalar(
            select(func.count()).select_from(Appeal).where(Appeal.number.startswith(prefix))
        )
        or 0
    )
    return case.number(exam.region, exam.subject, known + 1)
