"""The last days of open cases, counted again when the days off of a year are corrected."""

import datetime as dt

from examday.domain.appeals.case import CaseState, Kind, consider_by
from examday.domain.appeals.reprocessing import OPEN, STEP_NAMES, Step, due_dates
from examday.domain.messages import N_
from examday.domain.rules.calendar import WorkCalendar
from examday.services.appeals.cases import rules_of
from examday.services.appeals.order.orders import decided_on, steps
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal

CONSIDER = N_("consider the appeal")


def move_terms(
    uow: UnitOfWork,
    cases: list[Appeal],
    before: WorkCalendar,
    now: WorkCalendar,
) -> list[list[str]]:
    """Set the last days of open steps anew; return every term that moved, as it was and is."""
    moved: list[list[str]] = []
    for appeal in cases:
        if appeal.state in (CaseState.REGISTERED, CaseState.SCHEDULED, CaseState.HEARING):
            was, is_now = _consider(uow, appeal, before), _consider(uow, appeal, now)
            if was != is_now:
                moved.append([appeal.number, CONSIDER, was.isoformat(), is_now.isoformat()])
        moved += _move_steps(uow, appeal, now)
    return moved


def _consider(uow: UnitOfWork, appeal: Appeal, calendar: WorkCalendar) -> dt.date:
    """Return the last day of consideration by this calendar."""
    return consider_by(
        Kind(appeal.kind), appeal.reached, uow.today(), rules_of(appeal), calendar
    ).last_day


def _move_steps(uow: UnitOfWork, appeal: Appeal, now: WorkCalendar) -> list[list[str]]:
    """Set the last days of the open steps of an order anew, from the day of the decision."""
    rows = steps(uow, appeal)
    if appeal.state != CaseState.REPROCESSING:
        return []
    due = due_dates(decided_on(uow, appeal), rules_of(appeal), now, Step.RECALCULATE in rows)
    moved: list[list[str]] = []
    for step, row in rows.items():
        if row.state == OPEN and row.due != due[step]:
            moved.append(
                [appeal.number, STEP_NAMES[step], row.due.isoformat(), due[step].isoformat()]
            )
            row.due = due[step]
    return moved
