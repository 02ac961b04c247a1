"""A case as its pages show it: everything about one appeal, gathered in one read."""

from dataclasses import dataclass

from examday.domain.rules.ruleset import RuleSet
from examday.services.appeals import cases
from examday.services.appeals.decision.signatures import Signing, signing_of
from examday.services.appeals.hearing.sitting import Sitting, sitting_of
from examday.services.appeals.order.orders import Order, order_of
from examday.services.appeals.views.tasks import CaseTask, tasks_of
from examday.services.appeals.views.terms import Terms, terms_of
from examday.services.custody.booklets import require
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class CaseFile:
    """One appeal with everything that belongs to it."""

    appeal: Appeal
    rules: RuleSet
    """Of the exam date: names of the commission and of the defect have changed over the years."""
    terms: Terms
    tasks: list[CaseTask]
    sitting: Sitting
    signing: Signing
    order: Order
    names: dict[str, str]
    """Of all people by id, not only of this case: whoever signed may have left the commission
    since."""

    @property
    def open(self) -> bool:
        """Tell whether there is still something to do."""
        return cases.is_open(self.appeal)


def open_case(uow: UnitOfWork, appeal_id: str) -> CaseFile:
    """Return the whole case; NotFound when there is none."""
    require(uow, "appeal.see")
    appeal = uow.get(Appeal, appeal_id)
    return CaseFile(
        appeal=appeal,
        rules=cases.rules_of(appeal),
        terms=terms_of(uow, appeal),
        tasks=tasks_of(uow, appeal),
        sitting=sitting_of(uow, appeal),
        signing=signing_of(uow, appeal),
        order=order_of(uow, appeal),
        names=directory.names(uow),
    )
