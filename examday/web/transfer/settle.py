"""«Разногласия»: own reading or decision, and the decision itself."""

from flask import request

from examday.domain.errors import DomainError, Forbidden, Invalid
from examday.i18n import gettext as _
from examday.services.transfer.desks.settle import table
from examday.services.transfer.settling.decision import decide_with_companion
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.transfer.desks import decision
from examday.web.transfer.desks.own_page import own_page
from examday.web.transfer.offers import desk_or_offer, next_desk, queue_page
from examday.web.transfer.own_reading import bp


@bp.get("/settle")
@access("settle.decide")
def index() -> str:
    """Show works whose key-ins differ."""
    return queue_page("settle")


@bp.get("/settle/<booklet_id>")
@access("settle.decide")
def desk(booklet_id: str) -> Answer:
    """Show the present step: own reading, or the decision."""
    return desk_or_offer("settle", booklet_id, lambda: _desk(booklet_id))


@bp.post("/settle/<booklet_id>")
@access("settle.decide")
def decide(booklet_id: str) -> Answer:
    """The decisions on all differing fields."""

    def step(uow: UnitOfWork) -> None:
        rulings = decision.rulings(table(uow, booklet_id))
        content, pin = request.form.get("content", ""), request.form.get("pin", "")
        decide_with_companion(uow, booklet_id, rulings, content, pin)

    said = _("Settled. The work can be copied onto the standard form.")
    return act(
        step,
        done=lambda _none: next_desk("settle", _("Settled."), lambda: go_on("work.index", said)),
        refused=lambda error: _desk(booklet_id, error),
        kinds=(Invalid, Forbidden),
    )


def _desk(booklet_id: str, error: DomainError | None = None) -> str:
    def page(uow: UnitOfWork) -> str:
        shown = table(uow, booklet_id)
        if shown.revealed is None:
            return own_page(uow, shown, error)
        return decision.page(uow, shown, shown.revealed, error)

    return look(page)
