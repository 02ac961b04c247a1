"""The page of the order: the case, its steps, who may do the next, similar works."""

import datetime as dt
from dataclasses import dataclass

from examday.domain.appeals.reprocessing import OWNERS
from examday.services.appeals.order import rechecks, second_transfer
from examday.services.appeals.order.hands import Hands, hands
from examday.services.appeals.order.similar import Similar, similar
from examday.services.appeals.views.casebook import CaseFile, open_case
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
    changed: list[str]
    """Long answers that stand differently now: they are what experts have to mark again."""
    similar: list[Similar]
    today: dt.date


def order_page(uow: UnitOfWork, appeal_id: str) -> OrderPage:
    """Return the order of this case; NotFound when there is no such case."""
    case = open_case(uow, appeal_id)
    appeal = case.appeal
    step = case.order.next
    return OrderPage(
        case=case,
        hands=hands(uow, appeal),
        mine=step is not None and bool(set(OWNERS[step]) & uow.actor.roles),
        ready=step is not None and second_transfer.is_proven(appeal, step),
        changed=rechecks.long_answers_changed(uow, appeal) if case.order.steps else [],
        similar=similar(uow, appeal) if appeal.defect else [],
        today=uow.today(),
    )
