"""Own work, votes and decision of the commission."""

from flask import Blueprint, request

from examday.domain.appeals.hearing import Outcome
from examday.i18n import gettext as _
from examday.services.appeals.decision import decisions
from examday.services.appeals.hearing import own_work, votes
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.appeals.hearing.page import act_on
from examday.web.forms import choice

bp = Blueprint("decision", __name__)


@bp.post("/appeals/<id>/hearing/own-work")
@access("appeal.process")
def confirm_own_work(id: str) -> Answer:
    """Record whether the appellant knows the works as his own."""
    sent = request.form
    answer, way, note = (sent.get(name, "") for name in ("answer", "way", "note"))
    return act_on(
        id,
        "own-work",
        lambda uow: own_work.confirm_own(uow, id, answer, way, note),
        _("The answer is recorded."),
    )


@bp.post("/appeals/<id>/hearing/vote")
@access("appeal.process")
def vote(id: str) -> Answer:
    """Record one member's vote."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        outcome = choice(Outcome, "outcome")
        votes.vote(uow, id, sent.get("person", ""), outcome, sent.get("dissent", ""))

    return act_on(id, "vote", work, _("The vote is recorded."))


@bp.post("/appeals/<id>/hearing/decide")
@access("appeal.process")
def decide(id: str) -> Answer:
    """Close the hearing with its decision."""
    reasons = request.form.get("reasons", "")
    return act_on(
        id,
        "decide",
        lambda uow: decisions.decide(uow, id, reasons),
        _("Decided. Now every member who took part signs the protocol."),
        onward="protocol.page",
    )
