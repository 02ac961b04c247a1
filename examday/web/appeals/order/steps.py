"""Steps of an order, each with what its form sends."""

from collections.abc import Callable

from flask import Blueprint, request

from examday.domain.appeals.reprocessing import Step
from examday.domain.errors import Invalid
from examday.i18n import gettext as _
from examday.services.appeals.order import marking, orders, second_transfer
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.appeals.order.orders import act_on
from examday.web.forms import day, whole

bp = Blueprint("order_steps", __name__)


@bp.post("/appeals/<id>/order/<step>")
@access("appeal.process")
def step(id: str, step: str) -> Answer:
    """Finish one step with what it needs."""
    return act_on(id, lambda uow: _finish(uow, id, step), _("The step is done."))


def _finish(uow: UnitOfWork, appeal_id: str, step: str) -> None:
    """Close a step with what its form sent; Invalid when there is no such step."""
    if step not in FINISH:
        raise Invalid()
    FINISH[Step(step)](uow, appeal_id)


def _assign(uow: UnitOfWork, appeal_id: str) -> None:
    """Name the two people of the second transfer."""
    sent = request.form
    transferrer, second, asked = (sent.get(name, "") for name in ("transferrer", "second", "asked"))
    second_transfer.assign(uow, appeal_id, transferrer, second, bool(asked))


def _recheck(uow: UnitOfWork, appeal_id: str) -> None:
    """Take the marks of one expert: code and points of each answer."""
    marking.enter_marks(uow, appeal_id, request.form.get("code", ""), sent_marks())


def sent_marks() -> dict[str, str]:
    """Return what was entered for each long answer, field → points."""
    named = "mark-"
    return {
        key.removeprefix(named): value
        for key, value in request.form.items()
        if key.startswith(named)
    }


def _recalculate(uow: UnitOfWork, appeal_id: str) -> None:
    """Take the results before and after."""
    fell = request.form.get("fell", "")
    orders.record_results(uow, appeal_id, whole("before"), whole("after"), fell)


def _annul(uow: UnitOfWork, appeal_id: str) -> None:
    """Take the paper of the annulment."""
    orders.record_annulment(uow, appeal_id, request.form.get("document", ""))


def _reserve_day(uow: UnitOfWork, appeal_id: str) -> None:
    """Take the day on which the candidate sits the exam again."""
    orders.record_reserve_day(uow, appeal_id, day("day"), request.form.get("note", ""))


def _inform(uow: UnitOfWork, appeal_id: str) -> None:
    """Take who was informed, when and how."""
    sent = request.form
    # The page holds today; whoever empties the entry has not said a day.
    told = day("day") if "day" in sent else None
    orders.record_notice(uow, appeal_id, sent.get("way", ""), sent.get("whom", ""), told)


FINISH: dict[Step, Callable[[UnitOfWork, str], object]] = {
    Step.ANNUL: _annul,
    Step.RESERVE_DAY: _reserve_day,
    Step.ASSIGN: _assign,
    Step.RETRANSFER: second_transfer.finish_transfer,
    Step.HAND_OVER: second_transfer.finish_hand_over,
    Step.EXPERT_RECHECK: _recheck,
    Step.RECALCULATE: _recalculate,
    Step.APPROVE: orders.approve,
    Step.INFORM: _inform,
}
"""Step → what it takes from the form: each is closed by other facts. A step without fields is the
use case itself."""
