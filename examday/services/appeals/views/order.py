"""The page of the order: the case, its steps, who may do the next, similar works."""

import datetime as dt
from dataclasses import dataclass

from examday.domain.appeals.reprocessing import OWNERS, Step
from examday.services.appeals.order import at_point, rechecks, second_transfer
from examday.services.appeals.order.hands import Hands, hands
from examday.services.appeals.order.orders import way_of
from examday.services.appeals.order.rechecks import Recheck
from examday.services.appeals.order.similar import Similar, similar
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.appeals.views.outcome import Outcome, outcome_of
from examday.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class OrderPage:
    """The order of a case."""

    case: CaseFile
    hands: Hands
    mine: bool
    """The next step is the actor's: each step has owners, and others only see it."""
    ready: bool
    """The work itself proves the next step, so that nobody declares a transfer done that is not."""
    recheck: Recheck
    """Who has marked and what is left to mark. The marks stay closed until the end, as they would
    lead the next expert."""
    at_point: bool
    """The second transfer may be ordered where the paper is, so the choice is offered only where
    that can be elsewhere."""
    way: tuple[str, ...]
    """The steps of this outcome; empty before the decision, which alone says what they are."""
    outcome: Outcome | None
    """What came of it, shown where all steps are done; None before anything has, as half an outcome
    would be believed."""
    similar: list[Similar]
    today: dt.date


def order_page(uow: UnitOfWork, appeal_id: str) -> OrderPage:
    """Return the order of this case; NotFound when there is no such case."""
    case = open_case(uow, appeal_id)
    appeal = case.appeal
    step = case.order.next
    return OrderPage(
        case=case,
        hands=hands(uow, appeal.booklet, appeal.version),
        mine=step is not None and bool(set(OWNERS[step]) & uow.actor.roles),
        ready=step is not None and second_transfer.is_proven(appeal, step),
        recheck=rechecks.recheck_of(uow, appeal)
        if step is Step.EXPERT_RECHECK
        else Recheck([], 0, entered=False),
        at_point=step is Step.ASSIGN and at_point.is_possible(uow, appeal),
        way=way_of(appeal),
        outcome=outcome_of(uow, appeal) if case.order.steps and step is None else None,
        similar=similar(uow, appeal) if appeal.defect else [],
        today=uow.today(),
    )
