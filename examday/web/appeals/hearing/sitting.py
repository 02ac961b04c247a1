"""The hearing of an appeal: appointment, attendance, opening."""

import datetime as dt

from flask import Blueprint, request

from examday.domain.appeals.hearing import Capacity
from examday.i18n import gettext as _
from examday.services.appeals.hearing import appointments, attendance, sitting
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.appeals.hearing.page import act_on
from examday.web.forms import choice, clock_time, day

bp = Blueprint("sitting", __name__)


@bp.post("/appeals/<id>/hearing/appoint")
@access("appeal.register")
def appoint(id: str) -> Answer:
    """Appoint the hearing, or appoint it anew."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        # Day and time are those of the point, as they stand on the notice.
        at = dt.datetime.combine(day("day"), clock_time("time"), uow.settings.time_zone)
        appointments.schedule(uow, id, at, sent.get("place", ""), sent.get("form", ""))

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
            bool(sent.get("related")),
        )

    return act_on(id, "attend", work, _("Recorded as present."))


@bp.post("/appeals/<id>/hearing/open")
@access("appeal.process")
def open_(id: str) -> Answer:
    """Open the hearing."""
    return act_on(id, "open", lambda uow: sitting.open_hearing(uow, id), _("The hearing is open."))
