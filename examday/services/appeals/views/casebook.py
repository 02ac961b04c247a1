"""A case as its pages show it: everything about one appeal, gathered in one read."""

from dataclasses import dataclass

from examday.domain.rules.calendar import Deadline
from examday.domain.rules.ruleset import RuleSet
from examday.services.appeals import cases, decisions, hearings, orders
from examday.services.appeals.views.lines import Line, lines
from examday.services.appeals.views.terms import Due, due
from examday.services.custody.booklets import require
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Protocol, ProtocolSignature


@dataclass(frozen=True)
class CaseFile:
    """One appeal with everything that belongs to it. `must_sign`: person → capacity; `names`: of
    all people."""

    appeal: Appeal
    rules: RuleSet
    term: Deadline
    due: Due | None
    lines: list[Line]
    sitting: hearings.Sitting
    protocol: Protocol | None
    signatures: list[ProtocolSignature]
    must_sign: dict[str, str]
    order: orders.Order
    names: dict[str, str]

    @property
    def open(self) -> bool:
        """Is there still something to do?"""
        return cases.is_open(self.appeal)


def open_case(uow: UnitOfWork, appeal_id: str) -> CaseFile:
    """The whole case by id; NotFound when there is none."""
    require(uow, "appeal.see")
    appeal = uow.get(Appeal, appeal_id)
    protocol = decisions.protocol_of(uow, appeal)
    return CaseFile(
        appeal=appeal,
        rules=cases.rules_of(appeal),
        term=cases.term(uow, appeal),
        due=due(uow, appeal),
        lines=lines(uow, appeal),
        sitting=hearings.sitting(uow, appeal),
        protocol=protocol,
        signatures=decisions.signatures(uow, protocol) if protocol else [],
        must_sign=decisions.must_sign(uow, appeal),
        order=orders.order_of(uow, appeal),
        names=directory.names(uow),
    )
