"""The order for reprocessing: its steps, each with owner and term; similar cases; closing."""

from collections.abc import Callable, Iterable

from flask import Blueprint, render_template, request

from examday.domain.appeals.reprocessing import OWNERS, Step
from examday.domain.errors import Invalid
from examday.domain.people.roles import ROLE_NAMES
from examday.i18n import gettext as _
from examday.services.appeals import closing
from examday.services.appeals.order import orders, rechecks, second_transfer
from examday.services.appeals.views.order import order_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.words import WORDS
from examday.web.forms import whole

bp = Blueprint("orders", __name__)


@bp.get("/appeals/<id>/order")
@access("appeal.see")
def page(id: str) -> str:
    """The steps of the order and what is to be done next."""
    return _show(id)


def _show(appeal_id: str, error: Refusal = None) -> str:
    def draw(uow: UnitOfWork) -> str:
        shown = order_page(uow, appeal_id)
        return render_template(
            "appeals/order.html",
            p=shown,
            c=shown.case,
            a=shown.case.appeal,
            error=explain(error),
            copiers=_named((one.id, one.name) for one in shown.hands.copiers),
            readers=_named((one.id, one.name) for one in shown.hands.readers),
            sent=request.form if error else {},
            owners=_owners(),
            **WORDS,
        )

    return look(draw)


def _named(people: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("choose")), *people]


def _owners() -> dict[Step, list[str]]:
    """Step → who does it, in words."""
    return {step: [_(ROLE_NAMES[role]) for role in roles] for step, roles in OWNERS.items()}


@bp.post("/appeals/<id>/order")
@access("appeal.process")
def start(id: str) -> Answer:
    """Start the order after a transfer defect."""
    said = _("The order is given. Its first step: other hands.")
    return _act(id, lambda uow: orders.order_reprocessing(uow, id), said)


@bp.post("/appeals/<id>/order/close")
@access("appeal.process")
def close(id: str) -> Answer:
    """Close the case."""
    said = _("The case is closed. Nothing of it is lost.")
    return _act(id, lambda uow: closing.close(uow, id), said)


@bp.post("/appeals/<id>/order/<step>")
@access("appeal.process")
def step(id: str, step: str) -> Answer:
    """Finish one step with what it needs."""
    return _act(id, lambda uow: _finish(uow, id, step), _("The step is done."))


def _finish(uow: UnitOfWork, appeal_id: str, step: str) -> None:
    """Take from the form what this step needs; Invalid when there is no such step."""
    if step not in FINISH:
        raise Invalid()
    FINISH[Step(step)](uow, appeal_id)


def _assign(uow: UnitOfWork, appeal_id: str) -> None:
    sent = request.form
    second_transfer.assign(uow, appeal_id, sent.get("transferrer", ""), sent.get("second", ""))


def _recheck(uow: UnitOfWork, appeal_id: str) -> None:
    sent = request.form
    note = {"note": sent.get("marks", "").strip()}
    rechecks.rechecked(uow, appeal_id, sent.get("experts", "").split(), note)


def _recalculate(uow: UnitOfWork, appeal_id: str) -> None:
    orders.recalculated(uow, appeal_id, whole("before"), whole("after"))


def _inform(uow: UnitOfWork, appeal_id: str) -> None:
    orders.informed(uow, appeal_id, request.form.get("way", ""))


FINISH: dict[Step, Callable[[UnitOfWork, str], object]] = {
    Step.ASSIGN: _assign,
    Step.RETRANSFER: second_transfer.retransferred,
    Step.HAND_OVER: second_transfer.handed_over,
    Step.EXPERT_RECHECK: _recheck,
    Step.RECALCULATE: _recalculate,
    Step.APPROVE: orders.approved,
    Step.INFORM: _inform,
}


def _act(appeal_id: str, work: Callable[[UnitOfWork], object], said: str) -> Answer:
    return act(
        work,
        done=lambda _result: go_on("orders.page", said, id=appeal_id),
        refused=lambda error: _show(appeal_id, error),
    )
