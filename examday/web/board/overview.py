"""«Пульт дня»: what the head of the point sees from across the room."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.board import STEP_LABELS, is_stuck
from examday.domain.custody.lifecycle import WAY, State
from examday.domain.errors import NotFound
from examday.i18n import gettext as _
from examday.services.board import overview as board
from examday.services.travel.confirmed import confirmed
from examday.web.access import access
from examday.web.board.next_step import button
from examday.web.board.spoken import spoken_alarm, spoken_counts
from examday.web.forms import said_day, wanted_day
from examday.web.session import sees_region, store
from examday.web.words import who_may

bp = Blueprint("board", __name__, url_prefix="/board")
MOST_ALARMS = 3
"""Alarms in sight, the loudest first; the others are folded, so that the table stays in view."""


@bp.get("/")
@access("day.see")
def index() -> str | Response:
    """Show the whole board; to the centre, which looks at all points, that of the region."""
    if sees_region():
        return redirect(url_for("region.index"))
    return render_template("board/index.html", **_values())


@bp.get("/fragment")
@access("day.see")
def fragment() -> str:
    """Show the part that refreshes itself."""
    return render_template("board/fragment.html", **_values())


def _values() -> dict[str, object]:
    with store().read() as uow:
        shown = board.show(uow, wanted_day())
        told = confirmed(uow)
    return {
        "confirmed": told,
        "board": shown,
        "states": WAY,
        "labels": STEP_LABELS,
        "now": shown.at,
        "counts": spoken_counts(shown.counts),
        "button": button(shown),
        "most_alarms": MOST_ALARMS,
        "alarms": [spoken_alarm(a) for a in shown.alarms],
        # With the time of the look, not of the drawing: marks and counts must agree.
        "stuck": lambda s: is_stuck(s.state, s.since, shown.at),
        "State": State,
        "who_may": who_may,
        "day": request.args.get("day", ""),
        "wanted": said_day(),
    }


@bp.get("/step")
@access("day.see")
def cell() -> str:
    """Show the works at one step, of one room or of all."""
    room, state = request.args.get("room", ""), request.args.get("state", "")
    # Off the way nobody waits; and the address may hold anything.
    if state not in WAY:
        raise NotFound()
    with store().read() as uow:
        found = board.step(uow, wanted_day(), state, room)
    # Kits of several media stand at one step and may wait for different acts.
    waits = dict.fromkeys(s.waits_for for s in found.standings)
    return render_template(
        "board/cell.html",
        standings=found.standings,
        title=_cell_title(State(state), room),
        day=request.args.get("day", ""),
        lead=_("Waits for %(who)s", who="; ".join(_(act) for act in waits if act))
        if any(waits)
        else "",
        stuck=lambda s: is_stuck(s.state, s.since, found.at),
    )


def _cell_title(state: State, room: str) -> str:
    words = _(STEP_LABELS[state])
    return _("Room %(room)s: %(step)s", room=room, step=words) if room else words.capitalize()
