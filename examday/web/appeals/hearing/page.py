"""The page of the hearing; its steps come back to it."""

from collections.abc import Callable

from flask import Blueprint, render_template, request

from examday.services.appeals.views.hearing import hearing_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.words import WORDS

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
