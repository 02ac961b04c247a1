"""Register, withdraw, move and close an appeal; the legal hold that comes with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from examday.domain.appeals import case
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event, case_event
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, WorkCalendar
from examday.domain.rules.ruleset import RuleSet
from examday.services.custody.booklets import require
from examday.services.rules import rulesets
from examday.services.rules.calendars import work_calendar
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal, Hearing


@dataclass(frozen=True)
class Filing:
    """What the secretary enters from the paper appeal (1-АП or ППЭ-02). `late_reason`: registered
    out of time."""

    kind: case.Kind
    booklet_id: str
    filed: dt.date
    reached: dt.date
    result_day: dt.date | None = None
    late_reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def rules_of(appeal: Appeal) -> RuleSet:
    """The rule set of the exam the appeal is about."""
    return rulesets.for_date(appeal.exam.date)


def calendar_of(uow: UnitOfWork) -> WorkCalendar:
    """The working-day calendar of this region (Saturday as it is counted here)."""
    return work_calendar(uow.settings.saturday_works)


def day_of(uow: UnitOfWork, hearing: Hearing) -> dt.date:
    """The day of a hearing in the point's zone."""
    return uow.local(hearing.at).date()


def register(uow: UnitOfWork, filing: Filing) -> Appeal:
    """Register an appeal by number; the work is put under legal hold in the same transaction."""
    require(uow, "appeal.register")
    uow.queue(
        "appeal numbers"
    )  # two secretaries at once: the next number has no row that could be held
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
    if filing.kind is case.Kind.SCORE and State(booklet.state) is not State.HANDED_OVER:
        raise Conflict(
            N_("A score appeal needs a work that was handed over to the processing centre."),
            code="not-handed-over",
            advice=N_("Check the code of the work."),
        )
    if filing.reached < filing.filed:
        raise Invalid(
            N_("An appeal cannot reach the commission before it was filed."),
            code="dates",
            advice=N_("Check both dates."),
        )
    if not filing.late_reason:
        case.check_filed(
            filing.kind,
            booklet.exam.date,
            filing.result_day,
            filing.filed,
            rulesets.for_date(booklet.exam.date),
            calendar_of(uow),
        )
    twice = next((one for one in open_on(uow, booklet.id) if one.kind == filing.kind), None)
    if twice is not None:
        raise Conflict(
            N_("This work already has an open appeal: %(number)s."),
            code="open-appeal",
            advice=N_("Open that case."),
            params={"number": twice.number},
        )


def is_open(appeal: Appeal) -> bool:
    """Is there still something to do in this case?"""
    return appeal.state not in (case.CaseState.CLOSED, case.CaseState.WITHDRAWN)


def open_on(uow: UnitOfWork, booklet_id: str) -> list[Appeal]:
    """The appeals on a work that are neither closed nor withdrawn."""
    return list(
        uow.session.scalars(
            select(Appeal)
            .where(
                Appeal.booklet_id == booklet_id,
                Appeal.state.not_in((case.CaseState.CLOSED, case.CaseState.WITHDRAWN)),
            )
            .order_by(Appeal.number)
        )
    )


def _next_number(uow: UnitOfWork, booklet: Booklet) -> str:
    exam = booklet.exam
    prefix = case.number(exam.region, exam.subject, 0)[:6]
    known = (
        uow.session.scalar(
            select(func.count()).select_from(Appeal).where(Appeal.number.startswith(prefix))
        )
        or 0
    )
    return case.number(exam.region, exam.subject, known + 1)


def move_case(uow: UnitOfWork, appeal: Appeal, action: str, **data: object) -> Appeal:
    """Take one arrow of the case's table and record it as «appeal:<action>»."""
    row = case.case_move(case.CaseState(appeal.state), action)
    require(uow, row.permission)
    appeal.state, appeal.since = row.target, uow.now()
    uow.record(
        case_event(action), f"appeal:{appeal.id}", source=row.source, target=row.target, **data
    )
    return appeal


def withdraw(uow: UnitOfWork, appeal_id: str, reason: str) -> Appeal:
    """The appellant takes the appeal back before the hearing day; the legal hold ends with the
    last open appeal."""
    appeal = uow.hold(Appeal, appeal_id)
    hearing = latest_hearing(uow, appeal)
    day = day_of(uow, hearing) if hearing else None
    case.check_withdrawal(day, uow.today(), rules_of(appeal), calendar_of(uow))
    move_case(uow, appeal, "withdraw", reason=reason)
    release_hold(uow, appeal)
    return appeal


def release_hold(uow: UnitOfWork, appeal: Appeal) -> None:
    """End the legal hold when no other appeal on the work is open."""
    appeal.closed_at = uow.now()
    booklet = uow.hold(
        Booklet, appeal.booklet_id
    )  # of two cases closed at once the later one must see the other
    if all(one.id == appeal.id for one in open_on(uow, booklet.id)):
        booklet.hold = False


def latest_hearing(uow: UnitOfWork, appeal: Appeal) -> Hearing | None:
    """The appointment that counts."""
    return uow.session.scalars(
        select(Hearing)
        .where(Hearing.appeal_id == appeal.id)
        .order_by(Hearing.round.desc())
        .limit(1)
    ).first()


def term(uow: UnitOfWork, appeal: Appeal) -> Deadline:
    """Until when the appeal must be considered, with its countdown."""
    return case.consider_by(
        case.Kind(appeal.kind), appeal.reached, uow.today(), rules_of(appeal), calendar_of(uow)
    )
