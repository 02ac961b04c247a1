"""Terms of a case: what is due and until when; the list of cases by urgency."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.reprocessing import STEP_NAMES, Step
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, countdown
from examday.services.appeals import cases
from examday.services.appeals.lookup import find_cases
from examday.services.appeals.order import orders
from examday.services.custody.booklets import require
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, OrderStep

MOST = 200
"""Cases that a search by person may choose from."""


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
    """The term that runs now; None when none does."""


def terms_of(uow: UnitOfWork, appeal: Appeal) -> Terms:
    """Return the terms of a case with their countdowns."""
    return Terms(cases.term(uow, appeal), due(uow, appeal))


def due(uow: UnitOfWork, appeal: Appeal) -> Due | None:
    """Return the term that runs now: consideration, then the next step of the decision; else None."""
    if appeal.state in (CaseState.REGISTERED, CaseState.SCHEDULED, CaseState.HEARING):
        return Due(N_("consider the appeal"), cases.term(uow, appeal))
    step = _next_step(uow, appeal)
    if step is None:
        return None
    today = uow.today()
    return Due(STEP_NAMES[Step(step.step)], countdown(calendar_of(uow), today, step.due, today))


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
    """late, today or soon: how near what is due has come."""
    person: str = ""
    """Number, code, or the beginning of a surname for those who may see names."""


def all_cases(uow: UnitOfWork, wanted: Wanted | None = None) -> list[tuple[Appeal, Due | None]]:
    """Return the cases with what is due in each: open ones first, the most urgent on top."""
    require(uow, "appeal.see")
    chosen = wanted or Wanted()
    query = select(Appeal)
    if chosen.state:
        query = query.where(Appeal.state == chosen.state)
    if chosen.person.strip():
        found = [one.id for one in find_cases(uow, chosen.person, most=MOST)]
        query = query.where(Appeal.id.in_(found))
    rows = [(appeal, due(uow, appeal)) for appeal in uow.session.scalars(query)]
    if chosen.term:
        rows = [row for row in rows if row[1] and row[1].until.urgency == chosen.term]
    return sorted(
        rows,
        key=lambda row: (
            row[0].closed_at is not None,
            row[1].until.last_day if row[1] else date.max,
            row[0].number,
        ),
    )
