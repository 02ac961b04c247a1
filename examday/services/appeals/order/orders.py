"""Carrying out a decision: steps with owner and term, done one after the other."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import CaseState, Kind, case_move
from examday.domain.appeals.hearing import Outcome
from examday.domain.appeals.reprocessing import (
    DONE,
    OPEN,
    OWNERS,
    Results,
    Step,
    check_reserve_day,
    check_results,
    check_step,
    check_told,
    due_dates,
    progress,
    way,
)
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case, rules_of
from examday.services.appeals.decision.protocol_record import protocol_of
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal, OrderStep


@dataclass(frozen=True)
class Order:
    """The steps of an order; none where no order was given."""

    steps: dict[Step, OrderStep]
    next: Step | None
    """The first open step, as steps are taken in their order; None without an order and after its
    last step."""


def order_reprocessing(uow: UnitOfWork, appeal_id: str) -> list[OrderStep]:
    """Begin to carry out the decision: one row per step of its outcome, each with its last day.

    A transfer defect calls for the second transfer, another error for the recalculation alone, a
    procedural appeal for another exam day; a rejection is told to the appellant.
    """
    appeal = uow.hold(Appeal, appeal_id)
    # Before the decision there is no outcome that could have a way.
    case_move(CaseState(appeal.state), "order_reprocessing")
    named = way_of(appeal)
    # An order that is given late must not make its terms later.
    decided = decided_on(uow, appeal)
    due = due_dates(decided, rules_of(appeal), calendar_of(uow), Step.RECALCULATE in named)
    rows = [
        uow.add(
            OrderStep(
                appeal_id=appeal.id,
                step=step,
                due=due[step],
            )
        )
        for step in named
    ]
    move_case(
        uow, appeal, "order_reprocessing", due={step: due[step].isoformat() for step in named}
    )
    return rows


def way_of(appeal: Appeal) -> tuple[Step, ...]:
    """Return the steps that this decision has; empty before the decision."""
    if not appeal.outcome:
        return ()
    return way(Kind(appeal.kind), Outcome(appeal.outcome), appeal.defect)


def steps(uow: UnitOfWork, appeal: Appeal) -> dict[Step, OrderStep]:
    """Return the steps of the order in their order; empty when there is none.

    A step that the outcome has and the order lacks is open: nobody has recorded it as done.
    """
    rows = {
        row.step: row
        for row in uow.session.scalars(select(OrderStep).where(OrderStep.appeal_id == appeal.id))
    }
    if not rows:
        return {}
    return {
        step: rows.get(step) or unrecorded(uow, appeal, step)
        for step in Step
        if step in rows or step in way_of(appeal)
    }


def unrecorded(uow: UnitOfWork, appeal: Appeal, step: Step) -> OrderStep:
    """Return an open step that has no row yet; it is added when it is done."""
    decided = decided_on(uow, appeal)
    due = due_dates(decided, rules_of(appeal), calendar_of(uow), Step.RECALCULATE in way_of(appeal))
    return OrderStep(
        appeal_id=appeal.id,
        step=step,
        state=OPEN,
        due=due[step],
        facts={},
        done_by=None,
    )


def order_of(uow: UnitOfWork, appeal: Appeal) -> Order:
    """Return how far the order of this case is."""
    rows = steps(uow, appeal)
    states = {step: row.state for step, row in rows.items()}
    return Order(rows, progress(way_of(appeal), states).next if rows else None)


def begin(uow: UnitOfWork, appeal_id: str, step: Step) -> tuple[Appeal, OrderStep]:
    """Return the case and its step, both held, when the step may be done now.

    Conflict without an order or out of turn; Forbidden for anybody who does not own the step.
    """
    appeal = uow.hold(Appeal, appeal_id)
    # A step may rest on where the work stands, so the work is held as well.
    uow.hold(Booklet, appeal.booklet_id)
    rows = steps(uow, appeal)
    if not rows:
        raise Conflict(
            N_("No reprocessing was ordered in this case."),
            code="no-order",
            advice=N_("Open the page «Carrying out» of the case: the order is given there."),
        )
    if not set(OWNERS[step]) & uow.actor.roles:
        raise Forbidden()
    check_step(way_of(appeal), {one: row.state for one, row in rows.items()}, step)
    row = rows[step]
    return appeal, row if row.id else uow.add(row)


def finish(
    uow: UnitOfWork,
    appeal: Appeal,
    row: OrderStep,
    state: str,
    facts: Mapping[str, object],
) -> OrderStep:
    """Close a step with what was done, and record it."""
    row.state = state
    row.facts = dict(facts)
    row.done_by = uow.actor.person_id
    row.done_at = uow.now()
    uow.record(
        Event.APPEAL_STEP,
        f"appeal:{appeal.id}",
        step=row.step,
        state=state,
        facts=dict(facts),
    )
    return row


def record_results(
    uow: UnitOfWork,
    appeal_id: str,
    before: int,
    after: int,
    fell: str = "",
) -> OrderStep:
    """Record the results before and after; Invalid outside of 0 to 100.

    A lower result is asked about: `fell` says why it is right.
    """
    appeal, row = begin(uow, appeal_id, Step.RECALCULATE)
    check_results(Results(before, after, fell))
    facts = {"before": before, "after": after, "fell": fell.strip() if after < before else ""}
    return finish(uow, appeal, row, DONE, facts)


def approve(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """Record that the changed result is approved."""
    appeal, row = begin(uow, appeal_id, Step.APPROVE)
    return finish(uow, appeal, row, DONE, {})


def record_annulment(uow: UnitOfWork, appeal_id: str, document: str) -> OrderStep:
    """Record the paper by which the exam board annulled the result; Invalid without it."""
    appeal, row = begin(uow, appeal_id, Step.ANNUL)
    if not document.strip():
        raise Invalid(
            N_("Name the paper by which the result was annulled."),
            code="document",
            field="document",
            advice=N_("Number and date of the exam board's decision."),
        )
    return finish(uow, appeal, row, DONE, {"document": document.strip()})


def record_reserve_day(
    uow: UnitOfWork,
    appeal_id: str,
    day: dt.date,
    note: str = "",
) -> OrderStep:
    """Record the day on which the candidate sits the exam again; Invalid before the decision."""
    appeal, row = begin(uow, appeal_id, Step.RESERVE_DAY)
    check_reserve_day(day, decided_on(uow, appeal))
    return finish(uow, appeal, row, DONE, {"day": day.isoformat(), "note": note.strip()})


def record_notice(
    uow: UnitOfWork,
    appeal_id: str,
    way: str,
    whom: str = "",
    day: dt.date | None = None,
) -> OrderStep:
    """Record who was informed, when (today if not said) and how; Invalid without the way."""
    appeal, row = begin(uow, appeal_id, Step.INFORM)
    if not way.strip():
        raise Invalid(
            N_("Say how the appellant was informed."),
            code="way",
            field="way",
            advice=N_("For example: in person."),
        )
    told = day or uow.today()
    check_told(told, decided_on(uow, appeal), uow.today())
    facts = {"way": way.strip(), "whom": whom.strip(), "day": told.isoformat()}
    return finish(uow, appeal, row, DONE, facts)


def decided_on(uow: UnitOfWork, appeal: Appeal) -> dt.date:
    """Return the day on which the decision was written down: the terms of its steps run from it."""
    protocol = protocol_of(uow, appeal)
    return uow.local(protocol.at).date() if protocol else appeal.reached
