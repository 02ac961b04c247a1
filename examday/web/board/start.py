"""The first address: an empty station explains itself.

Otherwise everybody lands where their work is.
"""

from flask import Blueprint, current_app, g, redirect, render_template, url_for

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.board import overview as board
from examday.services.custody import views
from examday.services.training import demo_day
from examday.services.transfer.desks import signers
from examday.web.access import public
from examday.web.acts import Answer, look
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
    home = _home()
    return redirect(home) if home else render_template("board/start/no_step.html")


LANDING: tuple[tuple[frozenset[Role], str], ...] = (
    (frozenset({Role.SITE_HEAD}), "board"),
    (frozenset({Role.BRAILLE_CHAIR, Role.BRAILLE_DEPUTY, Role.BRAILLE_TRANSCRIBER}), "commission"),
    (frozenset({Role.TECHNICAL_SPECIALIST}), "scans"),
    (frozenset({Role.LEAD_ORGANISER, Role.ROOM_ORGANISER, Role.ASSISTANT}), "work"),
    (frozenset({Role.EXAM_BOARD_MEMBER, Role.PUBLIC_OBSERVER}), "sign"),
    (
        frozenset(
            {
                Role.APPEAL_CHAIR,
                Role.APPEAL_DEPUTY,
                Role.APPEAL_SECRETARY,
                Role.APPEAL_MEMBER,
                Role.APPEAL_OPERATOR,
            }
        ),
        "appeals",
    ),
)
"""Where the next work of a role is; the first line that fits counts. The board is the head's: to
anybody else it says what all the others have to do."""


def _home() -> str:
    """Return the page on which this person's next work is; "" where the program asks nothing of them."""
    # Kits first: while candidates wait for theirs, nothing else is the next work.
    if look(lambda uow: views.turn_of(uow, views.rooms(uow))) and not _is_head():
        return url_for("custody.index")
    # Signatures are what is forgotten: the first work that waits for one opens at once.
    first = (
        look(lambda uow: signers.waiting(uow, most=1))
        if g.actor.may("sign") and not _is_head()
        else []
    )
    if first:
        return url_for("sign.sheet", booklet_id=first[0].id)
    name = next((place for roles, place in LANDING if g.actor.roles & roles), "")
    if name and f"{name}.index" in current_app.view_functions:
        return url_for(f"{name}.index")
    places = nav()
    return places[0].url if places else ""


def _is_head() -> bool:
    return Role.SITE_HEAD in g.actor.roles


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
