"""The order for reprocessing: steps with owner and term, done one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals import reprocessing as rules
from examday.domain.appeals.reprocessing import DONE, Step
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.cases import calendar_of, move_case, rules_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.storage.tables_appeal import Appeal, OrderStep


@dataclass(frozen=True)
class Order:
    """The steps of an order; none where no order was given."""

    steps: dict[Step, OrderStep]
    next: Step | None
    """The first open step; None without an order and after its last step."""


def order_reprocessing(uow: UnitOfWork, appeal_id: str) -> list[OrderStep]:
    """Give the order: one row per step, each with its last day.

    Conflict without a transfer defect: nothing else is processed again.
    """
    appeal = uow.hold(Appeal, appeal_id)
    if not appeal.defect:
        raise Conflict(
            N_("No transfer defect was found in this case."),
            code="no-defect",
            advice=N_("Close the case."),
        )
    due = rules.due_dates(uow.today(), rules_of(appeal), calendar_of(uow))
    rows = [uow.add(OrderStep(appeal_id=appeal.id, step=step, due=due[step])) for step in Step]
    move_case(
        uow, appeal, "order_reprocessing", due={step: day.isoformat() for step, day in due.items()}
    )
    return rows


def steps(uow: UnitOfWork, appeal: Appeal) -> dict[Step, OrderStep]:
    """Return the steps of the order in their order; empty when there is none."""
    rows = {
        row.step: row
        for row in uow.session.scalars(select(OrderStep).where(OrderStep.appeal_id == appeal.id))
    }
    return {step: rows[step] for step in Step if step in rows}


def order_of(uow: UnitOfWork, appeal: Appeal) -> Order:
    """Return how far the order of this case is."""
    rows = steps(uow, appeal)
    states = {step: row.state for step, row in rows.items()}
    return Order(rows, rules.progress(states).next if rows else None)


def begin(uow: UnitOfWork, appeal_id: str, step: Step) -> tuple[Appeal, OrderStep]:
    """Return the case and its step, both held, when the step may be done now.

    Conflict without an order or out of turn; Forbidden for anybody who does not own the step.
    """
    appeal = uow.hold(Appeal, appeal_id)
    # A step may rest on where the work stands, so the work is held as well.
    uow.hold(Booklet, appeal.booklet_id)
    rows = steps(uow, appeal)
    if not rows:
        raise Conflict(N_("No reprocessing was ordered in this case."), code="no-order")
    if not set(rules.OWNERS[step]) & uow.actor.roles:
        raise Forbidden()
    rules.check_step({one: row.state for one, row in rows.items()}, step)
    return appeal, rows[step]


def finish(
    uow: UnitOfWork, appeal: Appeal, row: OrderStep, state: str, facts: Mapping[str, object]
) -> OrderStep:
    """Close a step with what was done, and record it."""
    row.state = state
    row.facts = dict(facts)
    row.done_by = uow.actor.person_id
    row.done_at = uow.now()
    uow.record(
        Event.APPEAL_STEP, f"appeal:{appeal.id}", step=row.step, state=state, facts=dict(facts)
    )
    return row


def record_results(uow: UnitOfWork, appeal_id: str, before: int, after: int) -> OrderStep:
    """Record the results before and after; Invalid outside of 0 to 100."""
    appeal, row = begin(uow, appeal_id, Step.RECALCULATE)
    for name, score in (("before", before), ("after", after)):
        # No rule says that the new score is the higher one: it may fall (domain.md 10.2, step 6).
        if not 0 <= score <= 100:
            raise Invalid(
                N_("Scores lie between 0 and 100."),
                code="score",
                field=name,
                advice=N_("Correct the figures."),
            )
    return finish(uow, appeal, row, DONE, {"before": before, "after": after})


def approve(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """Record that the changed result is approved."""
    appeal, row = begin(uow, appeal_id, Step.APPROVE)
    return finish(uow, appeal, row, DONE, {})


def record_notice(uow: UnitOfWork, appeal_id: str, way: str) -> OrderStep:
    """Record that the appellant was informed; `way` says how, Invalid without it."""
    appeal, row = begin(uow, appeal_id, Step.INFORM)
    if not way.strip():
        raise Invalid(
            N_("Say how the appellant was informed."),
            code="way",
            field="way",
            advice=N_("For example: in person."),
        )
    return finish(uow, appeal, row, DONE, {"way": way.strip()})
