"""Terms of a case: what is due and until when; the list of cases by urgency."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.reprocessing import STEP_NAMES, Step
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, WorkCalendar, countdown
from examday.services.appeals import cases
from examday.services.appeals.lookup import cases_meant
from examday.services.appeals.order import orders
from examday.services.custody.booklets import require
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, OrderStep

A_PAGE = 50
"""Cases on one page: a commission hears fewer in a week."""
OPEN = Appeal.closed_at.is_(None)
"""What is closed or withdrawn has no day left that could be missed."""
MOST_COUNTED = 500
"""Open cases that are counted: beyond it the exact number costs more than it tells, and «500+» is
said."""


@dataclass(frozen=True)
class Due:
    """What a case has to come to next, and until when."""

    what: str
    until: Deadline


@dataclass(frozen=True)
class Terms:
    """The terms of a case."""

    consider: Deadline
    """When the commission has to have considered it; printed on the receipt, also after it has
    passed."""
    due: Due | None
    """The term that runs now; None when none does, so that no case looks late without one."""


def terms_of(uow: UnitOfWork, appeal: Appeal) -> Terms:
    """Return the terms of a case with their countdowns."""
    return Terms(cases.term(uow, appeal), due(uow, appeal))


def due(uow: UnitOfWork, appeal: Appeal, days: WorkCalendar | None = None) -> Due | None:
    """Return the term that runs now: consideration, then the next step of the decision; else None.

    `days`: the calendar of the point, where many cases are asked about.
    """
    days = days or calendar_of(uow)
    if appeal.state in (CaseState.REGISTERED, CaseState.SCHEDULED, CaseState.HEARING):
        return Due(N_("consider the appeal"), cases.term(uow, appeal, days))
    step = _next_step(uow, appeal)
    if step is None:
        return None
    today = uow.today()
    return Due(STEP_NAMES[Step(step.step)], countdown(days, today, step.due, today))


def _next_step(uow: UnitOfWork, appeal: Appeal) -> OrderStep | None:
    """Return the step that the decision waits for; None before it and after the last one."""
    # The terms run from the decision on, also while the protocol is signed and no order was given.
    if appeal.state in (CaseState.DECIDED, CaseState.SIGNED):
        first = next(iter(orders.way_of(appeal)), None)
        return orders.unrecorded(uow, appeal, first) if first else None
    order = orders.order_of(uow, appeal)
    # A decision made in time is not late because the work is still being processed again.
    if appeal.state != CaseState.REPROCESSING or order.next is None:
        return None
    return order.steps[order.next]


@dataclass(frozen=True)
class Wanted:
    """Which cases a list shows; empty parts choose nothing away."""

    state: str = ""
    term: str = ""
    """late, today or soon: how near what is due has come, in words, as a date alone has to be
    counted from."""
    person: str = ""
    """Number, code, or the beginning of a surname for those who may see names."""


@dataclass(frozen=True)
class Cases:
    """One page of the list: cases with what is due, the most urgent on top.

    `open`: how many cases are open in all, «500+» where there are more. `after`: where the next page begins, "" on the last one.
    """

    rows: list[tuple[Appeal, Due | None]]
    open: str
    after: str = ""


def _narrowed(uow: UnitOfWork, query: Select[Appeal], chosen: Wanted) -> Select[Appeal]:
    """The cases that somebody asked for, as far as the database can tell."""
    if chosen.state:
        query = query.where(Appeal.state == chosen.state)
    if chosen.person.strip():
        query = query.where(Appeal.id.in_(cases_meant(uow, chosen.person)))
    # A case without a term is never late.
    return query.where(OPEN) if chosen.term else query


def all_cases(uow: UnitOfWork, wanted: Wanted | None = None, after: str = "") -> Cases:
    """Return the cases with what is due in each: open ones first, the most urgent on top.

    A term runs from the day on which the case reached the commission, so a page holds the cases
    that reached it first.
    """
    require(uow, "appeal.see")
    chosen = wanted or Wanted()
    query = _narrowed(uow, _after(select(Appeal), after), chosen)
    appeals = _page(uow, query)
    days = calendar_of(uow)
    rows = [(appeal, due(uow, appeal, days)) for appeal in appeals]
    if chosen.term:
        rows = [row for row in rows if row[1] and row[1].until.urgency == chosen.term]
    last = _name(appeals[-1]) if len(appeals) == A_PAGE else ""
    return Cases(sorted(rows, key=_urgency), _open(uow), last)


def _open(uow: UnitOfWork) -> str:
    some = select(Appeal.id).where(OPEN).limit(MOST_COUNTED + 1).subquery()
    number = uow.count(select(func.count()).select_from(some))
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else f"{number}"


def _page(uow: UnitOfWork, query: Select[Appeal]) -> list[Appeal]:
    """The first open cases of the query, filled up with closed ones."""
    query = query.options(joinedload(Appeal.exam), joinedload(Appeal.booklet))
    first = query.where(OPEN).order_by(Appeal.reached, Appeal.number)
    found = list(uow.session.scalars(first.limit(A_PAGE)))
    rest = query.where(~OPEN).order_by(Appeal.closed_at.desc(), Appeal.number)
    return found + list(uow.session.scalars(rest.limit(A_PAGE - len(found))))


def _after(query: Select[Appeal], after: str) -> Select[Appeal]:
    """Those behind the case that `_name` named."""
    when, _, number = after.partition(" ")
    if not number:
        return query
    if "T" in when:  # A moment is a closed case: the list goes by when it was closed then.
        closed = datetime.fromisoformat(when)
        earlier = (Appeal.closed_at < closed) | (
            (Appeal.closed_at == closed) & (Appeal.number > number)
        )
        return query.where(earlier)
    day = date.fromisoformat(when)
    later = (Appeal.reached > day) | ((Appeal.reached == day) & (Appeal.number > number))
    return query.where(~OPEN | later)


def _name(appeal: Appeal) -> str:
    when = appeal.closed_at or appeal.reached
    return f"{when.isoformat()} {appeal.number}"


def _urgency(row: tuple[Appeal, Due | None]) -> tuple[bool, date, str]:
    appeal, what = row
    return (appeal.closed_at is not None, what.until.last_day if what else date.max, appeal.number)
