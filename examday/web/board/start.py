"""The first address: an empty station explains itself.

Otherwise everybody lands where their work is.
"""

from flask import Blueprint, g, redirect, render_template, url_for

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services import board
from examday.services.training import demo_day
from examday.web.access import public
from examday.web.acts import Answer
from examday.web.session import store
from examday.web.shell import nav

bp = Blueprint("start", __name__)


@bp.get("/")
@public
def index() -> Answer:
    """Where to begin."""
    with store().read() as uow:
        there = board.what_is_there(uow)
    # Before the log-in: nobody could log in yet.
    if not there.people:
        return render_template("board/start/empty.html")
    if g.actor is None:
        return redirect(url_for("login.form"))
    if not there.exams and g.actor.may("plan.edit"):
        return render_template("board/start/no_plan.html")
    places = nav()
    return redirect(places[0].url if places else url_for("booklet.find"))


@bp.post("/training-day")
@public
def training() -> str:
    """Fill an empty station with a training day, or go on with a filling that was cut off.

    Refused once a real plan or a whole training day is there: they must never mix, and log-ins are
    shown once only.
    """
    with store().read() as uow:
        done = demo_day.is_seeded(uow)
    # A filling that was cut off goes on; a whole one never starts twice.
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
