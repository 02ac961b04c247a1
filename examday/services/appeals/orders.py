"""The order for reprocessing: other hands, a new transfer version, hand-over, experts, results,
approval, notice."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals import reprocessing as rules
from examday.domain.appeals.reprocessing import DONE, OPEN, SKIPPED, Step
from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.fields import is_long
from examday.domain.transfer.readings import Source, marks_content
from examday.services.appeals import hands
from examday.services.appeals.cases import calendar_of, move_case, release_hold, rules_of
from examday.services.appeals.layers import contents
from examday.services.custody import papers
from examday.services.custody.booklets import advance, require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet
from examday.storage.tables_appeal import Appeal, OrderStep


@dataclass(frozen=True)
class Order:
    """The steps of an order and which comes next; without steps where none was given."""

    steps: dict[Step, OrderStep]
    next: Step | None


FINISHED = (State.CERTIFIED, State.PACKED, State.HANDED_OVER)


def order_reprocessing(uow: UnitOfWork, appeal_id: str) -> list[OrderStep]:
    """Start the order: one row per step, each with its last day. Only after a transfer defect was
    found."""
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
    """The steps of the order in their order; empty when there is none."""
    rows = {
        row.step: row
        for row in uow.session.scalars(select(OrderStep).where(OrderStep.appeal_id == appeal.id))
    }
    return {step: rows[step] for step in Step if step in rows}


def order_of(uow: UnitOfWork, appeal: Appeal) -> Order:
    """How far the order of this case is."""
    rows = steps(uow, appeal)
    states = {step: row.state for step, row in rows.items()}
    return Order(rows, rules.progress(states).next if rows else None)


def _begin(uow: UnitOfWork, appeal_id: str, step: Step) -> tuple[Appeal, OrderStep]:
    appeal = uow.hold(Appeal, appeal_id)
    uow.hold(Booklet, appeal.booklet_id)  # a step may rest on where the work stands
    rows = steps(uow, appeal)
    if not rows:
        raise Conflict(N_("No reprocessing was ordered in this case."), code="no-order")
    if not set(rules.OWNERS[step]) & uow.actor.roles:
        raise Forbidden()
    rules.check_step({one: row.state for one, row in rows.items()}, step)
    return appeal, rows[step]


def _finish(
    uow: UnitOfWork, appeal: Appeal, row: OrderStep, state: str, facts: Mapping[str, object]
) -> OrderStep:
    row.state, row.facts, row.done_by, row.done_at = (
        state,
        dict(facts),
        uow.actor.person_id,
        uow.now(),
    )
    uow.record(
        Event.APPEAL_STEP, f"appeal:{appeal.id}", step=row.step, state=state, facts=dict(facts)
    )
    return row


def assign(uow: UnitOfWork, appeal_id: str, transferrer: str, second_reader: str) -> OrderStep:
    """Name other hands and reopen the work as version n+1. Nobody who touched an earlier version
    may be named; the two are different people."""
    appeal, row = _begin(uow, appeal_id, Step.ASSIGN)
    hands.check_named(uow, appeal, transferrer, second_reader)
    booklet = appeal.booklet
    advance(uow, booklet, "retransfer", appeal=appeal.number)
    papers.new_forms(uow, booklet)
    for part, person in (
        ("copier", transferrer),
        ("first", transferrer),
        ("second", second_reader),
    ):
        _give(uow, booklet, part, person)
    return _finish(
        uow,
        appeal,
        row,
        DONE,
        {"transferrer": transferrer, "second_reader": second_reader, "version": booklet.version},
    )


def _give(uow: UnitOfWork, booklet: Booklet, part: str, person_id: str) -> None:
    uow.add(
        Assignment(
            booklet_id=booklet.id,
            version=booklet.version,
            part=part,
            person_id=person_id,
            at=uow.now(),
        )
    )


def proven(appeal: Appeal, step: Step) -> bool:
    """The transfer and the hand-over are done when the pipeline itself shows it; the other steps a
    person declares."""
    again = appeal.booklet.version > appeal.version
    return {
        Step.RETRANSFER: again and appeal.booklet.state in FINISHED,
        Step.HAND_OVER: again and appeal.booklet.state == State.HANDED_OVER,
    }.get(step, True)


def retransferred(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """Done when the new version is certified."""
    appeal, row = _begin(uow, appeal_id, Step.RETRANSFER)
    booklet = appeal.booklet
    if not proven(appeal, Step.RETRANSFER):
        raise Conflict(
            N_("The new transfer is not certified yet: it is «%(state)s»."),
            code="not-certified",
            advice=N_("Take it through key-in, copy, verification and signatures first."),
            params={"state": STATE_NAMES[State(booklet.state)]},
        )
    return _finish(uow, appeal, row, DONE, {"version": booklet.version})


def handed_over(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """Done when the new form was handed over to the processing centre. When no long answer
    changed, the experts' step is skipped with that reason."""
    appeal, row = _begin(uow, appeal_id, Step.HAND_OVER)
    if not proven(appeal, Step.HAND_OVER):
        raise Conflict(
            N_("The new form has not been handed over yet."),
            code="not-handed-over",
            advice=N_("Pack it and hand it over first."),
        )
    done = _finish(uow, appeal, row, DONE, {"version": appeal.booklet.version})
    changed = long_answers_changed(uow, appeal)
    if not changed:
        recheck = steps(uow, appeal)[Step.EXPERT_RECHECK]
        _finish(uow, appeal, recheck, SKIPPED, {"reason": "no long answer changed"})
    return done


def long_answers_changed(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Long answers that stand differently in the new version."""

    def long(version: int) -> dict[str, object]:
        reading = contents(uow, appeal.booklet_id, version).get(Source.SETTLED)
        return {
            f: v.get("text")
            for f, v in (reading.content["fields"] if reading else {}).items()
            if is_long(f)
        }

    before, after = long(appeal.version), long(appeal.booklet.version)
    return sorted(f for f in before | after if before.get(f) != after.get(f))


def rechecked(
    uow: UnitOfWork, appeal_id: str, experts: list[str], marks: dict[str, str]
) -> OrderStep:
    """Experts other than the first have marked the changed long answers."""
    appeal, row = _begin(uow, appeal_id, Step.EXPERT_RECHECK)
    first = contents(uow, appeal.booklet_id, appeal.version).get(Source.MARKS)
    known = set(marks_content(first.content).get("experts", [])) if first else set()
    if not experts or known & set(experts):
        raise Conflict(
            N_("The re-check needs experts other than the first."),
            code="same-expert",
            advice=N_("Name experts who have not marked this work."),
        )
    return _finish(uow, appeal, row, DONE, {"experts": experts, "marks": marks})


def recalculated(uow: UnitOfWork, appeal_id: str, before: int, after: int) -> OrderStep:
    """Results before and after; they may go up or down."""
    appeal, row = _begin(uow, appeal_id, Step.RECALCULATE)
    for name, score in (("before", before), ("after", after)):
        if not 0 <= score <= 100:
            raise Invalid(
                N_("Scores lie between 0 and 100."),
                code="score",
                field=name,
                advice=N_("Correct the figures."),
            )
    return _finish(uow, appeal, row, DONE, {"before": before, "after": after})


def approved(uow: UnitOfWork, appeal_id: str) -> OrderStep:
    """The changed result is approved."""
    appeal, row = _begin(uow, appeal_id, Step.APPROVE)
    return _finish(uow, appeal, row, DONE, {})


def informed(uow: UnitOfWork, appeal_id: str, way: str) -> OrderStep:
    """The appellant was told; `way` says how."""
    appeal, row = _begin(uow, appeal_id, Step.INFORM)
    if not way.strip():
        raise Invalid(
            N_("Say how the appellant was informed."),
            code="way",
            field="way",
            advice=N_("For example: in person."),
        )
    return _finish(uow, appeal, row, DONE, {"way": way.strip()})


def close(uow: UnitOfWork, appeal_id: str) -> Appeal:
    """Close the case: after a rejected appeal at once, after a defect only when no step of the
    order is open."""
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    if appeal.defect:
        rules.check_close(
            {step: row.state for step, row in steps(uow, appeal).items()} or {Step.ASSIGN: OPEN}
        )
    move_case(uow, appeal, "close")
    release_hold(uow, appeal)
    return appeal
