"""Terms of a case: what is due and until when; the list of cases by urgency."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.reprocessing import STEP_NAMES
from examday.domain.messages import N_
from examday.domain.rules.calendar import Deadline, countdown
from examday.services.appeals import cases
from examday.services.appeals.order import orders
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


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
    """Return the term that runs now: consideration, then the next step of the order; else None."""
    if appeal.state in (CaseState.REGISTERED, CaseState.SCHEDULED, CaseState.HEARING):
        return Due(N_("consider the appeal"), cases.term(uow, appeal))
    order = orders.order_of(uow, appeal)
    # A decision made in time is not late because the work is still being processed again.
    if appeal.state != CaseState.REPROCESSING or order.next is None:
        return None
    today = uow.today()
    last_day = order.steps[order.next].due
    return Due(STEP_NAMES[order.next], countdown(cases.calendar_of(uow), today, last_day, today))


def all_cases(uow: UnitOfWork) -> list[tuple[Appeal, Due | None]]:
    """Return every case with what is due in it: open ones first, the most urgent on top."""
    require(uow, "appeal.see")
    rows = [(appeal, due(uow, appeal)) for appeal in uow.session.scalars(select(Appeal))]
    return sorted(
        rows,
        key=lambda row: (
            row[0].closed_at is not None,
            row[1].until.last_day if row[1] else date.max,
            row[0].number,
        ),
    )
