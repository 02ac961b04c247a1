"""The first address: an empty station explains itself; otherwise everybody lands where their work
is."""

from flask import Blueprint, g, redirect, render_template, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.training import demo_day
from examday.storage.tables import EventRow, Exam, Person
from examday.storage.uow import UnitOfWork
from examday.web.access import public
from examday.web.session import store
from examday.web.shell import nav

bp = Blueprint("start", __name__)


@bp.get("/")
@public
def index() -> str | Response:
    """Where to begin."""
    with store().read() as uow:
        people, exams = _number(uow, Person), _number(uow, Exam)
    if not people:
        return render_template("board/start/empty.html")
    if g.actor is None:
        return redirect(url_for("login.form"))
    if not exams and g.actor.may("plan.edit"):
        return render_template("board/start/no_plan.html")
    places = nav()
    return redirect(places[0].url if places else url_for("booklet.find"))


@bp.post("/training-day")
@public
def training() -> str:
    """Fill an empty station with a training day, or go on with a filling that was cut off. Refused
    once a real plan or a whole training day is there: they must never mix, and log-ins are shown
    once only."""
    with store().read() as uow:
        done = (
            uow.session.scalar(select(EventRow.seq).where(EventRow.kind == demo_day.SEEDED))
            is not None
        )
    lines = [] if done else demo_day.seed(store())
    if not lines:
        raise Conflict(
            N_("This station is not empty any more."),
            code="not-empty",
            advice=N_(
                "A training day needs a station of its own: start one with another data folder."
            ),
        )
    return render_template("board/start/seeded.html", logins=lines)


def _number(uow: UnitOfWork, table: type[Exam] | type[Person]) -> int:
    return uow.session.scalar(select(func.count(table.id))) or 0
