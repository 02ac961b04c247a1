"""The page of the hearing, and the steps while it is open: own work, votes, decision."""

from collections.abc import Callable

from flask import Blueprint, render_template, request

from examday.domain.appeals.hearing import Outcome
from examday.i18n import gettext as _
from examday.services.appeals.decision import decisions
from examday.services.appeals.hearing import own_work, votes
from examday.services.appeals.views.hearing import hearing_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.words import WORDS
from examday.web.forms import choice

bp = Blueprint("hearing", __name__)


@bp.get("/appeals/<id>/hearing")
@access("appeal.process")
def page(id: str) -> str:
    """Show everything of the hearing on one page, in the order in which it happens."""
    return show(id)


def show(appeal_id: str, error: Refusal = None, part: str = "") -> str:
    """Draw the hearing, with what went wrong in `part` if something did."""

    def draw(uow: UnitOfWork) -> str:
        shown = hearing_page(uow, appeal_id)
        return render_template(
            "appeals/hearing.html",
            h=shown,
            c=shown.case,
            a=shown.case.appeal,
            error=explain(error),
            part=part,
            sent=request.form if error else {},
            **WORDS,
        )

    return look(draw)


def act_on(
    appeal_id: str,
    part: str,
    work: Callable[[UnitOfWork], object],
    said: str,
    onward: str = "hearing.page",
) -> Answer:
    """Take a step and go on with `onward`, or say in the section `part` what was wrong."""
    # The page is long: whoever enters one vote after the other stays at the votes.
    anchor = part if onward == "hearing.page" else None
    return act(
        work,
        done=lambda _result: go_on(onward, said, anchor=anchor, id=appeal_id),
        refused=lambda error: show(appeal_id, error, part),
    )


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
