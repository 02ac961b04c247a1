"""The order for reprocessing: its steps, each with owner and term; similar cases; closing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.appeals.reprocessing import OWNERS, Step
from examday.domain.errors import DomainError, Invalid
from examday.domain.people.roles import ROLE_NAMES
from examday.i18n import gettext as _
from examday.services.appeals import casebook, lookup, orders
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.web.access import access
from examday.web.appeals.cases import WORDS
from examday.web.errors import status_of, translate
from examday.web.forms import whole
from examday.web.session import store

bp = Blueprint("orders", __name__)


@bp.get("/appeals/<id>/order")
@access("appeal.see")
def page(id: str) -> str:
    """The steps of the order and what is to be done next."""
    return _show(id)


def _show(appeal_id: str, error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        found = casebook.open_case(uow, appeal_id)
        hands = orders.hands(uow, found.appeal)
        next_step = found.progress.next
        return render_template(
            "appeals/order.html",
            c=found,
            a=found.appeal,
            error=error and " ".join(translate(error)),
            hands=hands,
            copiers=_named(hands.copiers),
            readers=_named(hands.readers),
            sent=request.form if error else {},
            mine=bool(next_step and set(OWNERS[next_step]) & g.actor.roles),
            ready=next_step is not None and orders.proven(found.appeal, next_step),
            owners={
                step: [_(ROLE_NAMES[role]) for role in roles] for step, roles in OWNERS.items()
            },
            changed=orders.long_answers_changed(uow, found.appeal) if found.steps else [],
            today=uow.today(),
            similar=lookup.similar(uow, found.appeal) if found.appeal.defect else [],
            **WORDS,
        )


def _named(people: list[Person]) -> list[tuple[str, str]]:
    return [("", _("choose")), *((person.id, person.name) for person in people)]


@bp.post("/appeals/<id>/order")
@access("appeal.process")
def start(id: str) -> Response | tuple[str, int]:
    """Start the order after a transfer defect."""
    return _do(
        id,
        lambda uow: orders.order_reprocessing(uow, id),
        _("The order is given. Its first step: other hands."),
    )


@bp.post("/appeals/<id>/order/close")
@access("appeal.process")
def close(id: str) -> Response | tuple[str, int]:
    """Close the case."""
    return _do(
        id, lambda uow: orders.close(uow, id), _("The case is closed. Nothing of it is lost.")
    )


@bp.post("/appeals/<id>/order/<step>")
@access("appeal.process")
def step(id: str, step: str) -> Response | tuple[str, int]:
    """Finish one step with what it needs."""
    sent = request.form
    work: dict[str, Callable[[UnitOfWork], Any]] = {
        Step.ASSIGN: lambda uow: orders.assign(
            uow, id, sent.get("transferrer", ""), sent.get("second", "")
        ),
        Step.RETRANSFER: lambda uow: orders.retransferred(uow, id),
        Step.HAND_OVER: lambda uow: orders.handed_over(uow, id),
        Step.EXPERT_RECHECK: lambda uow: orders.rechecked(
            uow, id, sent.get("experts", "").split(), {"note": sent.get("marks", "").strip()}
        ),
        Step.RECALCULATE: lambda uow: orders.recalculated(uow, id, whole("before"), whole("after")),
        Step.APPROVE: lambda uow: orders.approved(uow, id),
        Step.INFORM: lambda uow: orders.informed(uow, id, sent.get("way", "")),
    }
    if step not in work:
        return _show(id, Invalid()), 400
    return _do(id, work[step], _("The step is done."))


def _do(appeal_id: str, work: Callable[[UnitOfWork], Any], done: str) -> Response | tuple[str, int]:
    try:
        with store().begin(g.actor) as uow:
            work(uow)
    except DomainError as error:
        return _show(appeal_id, error), status_of(error)
    flash(done)
    return redirect(url_for("orders.page", id=appeal_id), 303)
