"""Breaks of a room in two keystrokes: the seat, then why; one more when the candidate is back."""

from flask import render_template, request

from examday.domain.custody.absences import BREAK_KEYS, BREAK_NAMES
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.custody import absences
from examday.services.custody.pages import breaks as shown_breaks
from examday.web.access import access
from examday.web.acts import Answer, Step, act, go_on, look
from examday.web.custody.blueprint import bp
from examday.web.errors import translate


@bp.get("/room/<exam_id>/<room_id>/breaks")
@access("custody.issue")
def breaks(exam_id: str, room_id: str) -> str:
    """Show who is out of the room, and all seats to choose one from."""
    return _page(exam_id, room_id)


@bp.post("/room/<exam_id>/<room_id>/breaks")
@access("custody.issue")
def leave(exam_id: str, room_id: str) -> Answer:
    """Record that a candidate leaves the room."""
    sent = request.form
    return _run(
        exam_id,
        room_id,
        lambda uow: absences.leave(
            uow, sent.get("seat", ""), sent.get("why", ""), sent.get("companion", "")
        ),
        _("Recorded: left the room."),
    )


@bp.post("/room/<exam_id>/<room_id>/breaks/back")
@access("custody.issue")
def come_back(exam_id: str, room_id: str) -> Answer:
    """Record that a candidate is back."""
    seat_id = request.form.get("seat", "")
    return _run(
        exam_id,
        room_id,
        lambda uow: absences.come_back(uow, seat_id),
        _("Recorded: back in the room."),
    )


@bp.post("/room/<exam_id>/<room_id>/breaks/mistake")
@access("custody.issue")
def undo_break(exam_id: str, room_id: str) -> Answer:
    """Take the last entry of a seat back, with a reason."""
    seat_id, reason = request.form.get("mistake", ""), request.form.get("reason", "")
    return _run(
        exam_id,
        room_id,
        lambda uow: absences.take_back(uow, seat_id, reason),
        _("The entry is taken back. It stays in the ledger with your reason."),
    )


def _run(
    exam_id: str,
    room_id: str,
    step: Step[None],
    said: str,
) -> Answer:
    return act(
        step,
        done=lambda _none: go_on("custody.breaks", said, exam_id=exam_id, room_id=room_id),
        refused=lambda error: _page(exam_id, room_id, error),
    )


def _page(exam_id: str, room_id: str, error: DomainError | None = None) -> str:
    shown = look(lambda uow: shown_breaks.room(uow, exam_id, room_id))
    wanted = request.args.get("seat") or request.form.get("seat", "")
    mistake = request.args.get("mistake") or request.form.get("mistake", "")
    return render_template(
        "custody/breaks.html",
        shown=shown,
        chosen=next(
            (line for line in shown.lines if line.seat.id == wanted and not line.away), None
        ),
        mistaken=next((line for line in shown.lines if line.seat.id == mistake), None),
        reason=request.form.get("reason", ""),
        bad=error.field if error else "",
        keys=_keys(len(shown.lines)),
        break_names=BREAK_NAMES,
        break_keys=BREAK_KEYS,
        companion=request.form.get("companion", ""),
        error=error and translate(error),
    )


def _keys(number: int) -> list[str]:
    """Return a key for each seat: digits first, then letters that mean nothing else on the page."""
    return [*"123456789", *"abcefghijklnqrstuvwxyz", *[""] * number][:number]
