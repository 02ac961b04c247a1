"""The case on one screen, drawn anew after each step."""

from collections.abc import Callable

from flask import render_template, request

from examday.services.appeals.hearing.withdrawal import statement_of
from examday.services.appeals.views.casebook import open_case
from examday.services.appeals.views.outcome import outcome_of
from examday.services.appeals.views.tasks import verdict
from examday.services.appeals.views.unread import unread
from examday.services.unit_of_work import UnitOfWork
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.links import crop_address, next_page
from examday.web.appeals.words import WORDS


def show(appeal_id: str, error: Refusal = None, field: str = "") -> str:
    """Draw the case, with what went wrong with `field` if something did."""

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, appeal_id)
        return render_template(
            "appeals/case.html",
            c=found,
            a=found.appeal,
            differing=[line for line in found.tasks if line.differs],
            same=[line for line in found.tasks if not line.differs],
            verdict=verdict(found.tasks),
            unread=unread(found),
            crop=crop_address,
            next=next_page(found),
            error=explain(error),
            bad=field,
            sent=request.form if error else {},
            came=outcome_of(uow, found.appeal) if not found.open else None,
            statement=statement_of(uow, found.appeal),
            **WORDS,
        )

    return look(draw)


def act_on(
    appeal_id: str,
    work: Callable[[UnitOfWork], object],
    said: str,
    field: str = "",
    anchor: str | None = None,
) -> Answer:
    """Take a step of the case and go back to its page, or say on it what was wrong with `field`."""
    return act(
        work,
        done=lambda _result: go_on("appeals.case", said, anchor=anchor, id=appeal_id),
        refused=lambda error: show(appeal_id, error, field),
    )
