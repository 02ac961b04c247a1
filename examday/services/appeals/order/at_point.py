"""The second transfer where the paper is: an order hands the work back to its point."""

from examday.domain.appeals.reprocessing import DONE, Step
from examday.domain.errors import Conflict
from examday.domain.travel.letters import Letter
from examday.services.appeals.order.orders import begin, finish
from examday.services.travel.orders import whose
from examday.services.travel.orders.ordering import order_transfer
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import CENTRE
from examday.storage.tables_appeal import Appeal
from examday.storage.tables_travel import WorkKeeper


def is_possible(uow: UnitOfWork, appeal: Appeal) -> bool:
    """Whether the work came from a station that may be given an order."""
    keeper = uow.session.get(WorkKeeper, appeal.booklet_id)
    if keeper is None or keeper.keeper != CENTRE:
        return False
    try:
        whose.require_station(uow, whose.station_of(uow, appeal.booklet))
    except Conflict:
        return False
    return True


def order(uow: UnitOfWork, appeal_id: str, reason: str) -> Letter:
    """Order the second transfer at the point, which names the other hands; the step is done.

    The case goes on when a bundle of the station has brought the new version. Errors: those of
    `order_transfer`; Conflict out of turn, Forbidden for whoever does not own the step.
    """
    appeal, row = begin(uow, appeal_id, Step.ASSIGN)
    version = appeal.booklet.version
    letter = order_transfer(uow, appeal.booklet_id, reason)
    facts = {"order": letter["number"], "point": letter["site"], "version": version + 1}
    finish(uow, appeal, row, DONE, facts)
    return letter
