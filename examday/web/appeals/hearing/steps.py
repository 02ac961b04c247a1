"""Steps of a hearing, in their order: appointment, attendance, opening, own work, votes."""

import datetime as dt

from flask import Blueprint, request

from examday.domain.appeals.hearing import Asked, Capacity, Outcome
from examday.i18n import gettext as _
from examday.services.appeals.hearing import (
    appointments,
    attendance,
    correcting,
    opening,
    own_work,
    votes,
)
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.appeals.hearing.page import act_on
from examday.web.forms import choice, clock_time, day

bp = Blueprint("hearing_steps", __name__)


@bp.post("/appeals/<id>/hearing/appoint")
@access("appeal.register")
def appoint(id: str) -> Answer:
    """Appoint the hearing, or appoint it anew."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        # Day and time are those of the point, as they stand on the notice.
        at = dt.datetime.combine(day("day"), clock_time("time"), uow.zone)
        appointments.schedule(
            uow, id, at, sent.get("place", ""), sent.get("form", ""), sent.get("late_reason", "")
        )

    said = _("The hearing is appointed. Print the notice and hand it over today.")
    return act_on(id, "appoint", work, said)


@bp.post("/appeals/<id>/hearing/attend")
@access("appeal.process")
def attend(id: str) -> Answer:
    """Record one person as present."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        attendance.attend(
            uow,
            id,
            choice(Capacity, "capacity"),
            sent.get("person") or None,
            sent.get("name", ""),
            _asked(),
        )

    return act_on(id, "attend", work, _("Recorded as present."))


def _asked() -> Asked:
    """Return what the person was asked beside the records."""
    said = ("related", "marked", "organised", "transferred", "was_asked")
    return Asked(*(bool(request.form.get(name)) for name in said))


@bp.post("/appeals/<id>/hearing/open")
@access("appeal.process")
def open_(id: str) -> Answer:
    """Open the hearing."""
    why = request.form.get("late_reason", "")
    return act_on(
        id, "open", lambda uow: opening.open_hearing(uow, id, why), _("The hearing is open.")
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


@bp.post("/appeals/<id>/hearing/attend/<row>")
@access("appeal.process")
def correct_attendance(id: str, row: str) -> Answer:
    """Correct who was present in what capacity."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        # The empty choice of this form is "was not present".
        capacity = choice(Capacity, "capacity") if sent.get("capacity") != "nobody" else None
        correcting.correct_attendance(
            uow,
            id,
            row,
            capacity,
            sent.get("reason", ""),
            sent.get("name", ""),
            _asked(),
        )

    return act_on(id, "attend", work, _("Corrected. The wrong entry stays visible."))


@bp.post("/appeals/<id>/hearing/vote/<row>")
@access("appeal.process")
def correct_vote(id: str, row: str) -> Answer:
    """Correct a vote that was entered wrongly."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        outcome = choice(Outcome, "outcome")
        correcting.correct_vote(
            uow, id, row, outcome, sent.get("reason", ""), sent.get("dissent", "")
        )

    return act_on(id, "vote", work, _("Corrected. The wrong entry stays visible."))


@bp.post("/appeals/<id>/hearing/own-work/correct")
@access("appeal.process")
def correct_own_work(id: str) -> Answer:
    """Correct what the appellant answered."""
    sent = request.form
    answer, way, note, reason = (sent.get(name, "") for name in ("answer", "way", "note", "reason"))
    return act_on(
        id,
        "own-work",
        lambda uow: correcting.correct_own_work(uow, id, answer, way, note, reason),
        _("Corrected. The wrong entry stays visible."),
    )
