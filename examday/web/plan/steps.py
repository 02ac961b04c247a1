"""Steps on the lists of the plan: a seat or a duty is taken out, somebody has come."""

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.plan import steps as plan_steps
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.plan.blueprint import bp


@bp.post("/seat/<seat_id>/remove")
@access("plan.edit")
def remove_seat(seat_id: str) -> Answer:
    """Take a candidate out of an exam; the first call asks, the second does it."""
    day = request.form.get("day", "")
    if request.form.get("take_away") != "1":
        seat = look(lambda uow: plan_steps.seat_to_remove(uow, seat_id))
        return render_template("plan/remove_seat.html", seat=seat, day=day)
    return act(
        lambda uow: plan_steps.remove_seat(uow, seat_id),
        done=lambda _none: go_on("plan.seating", _("The place is free again."), day=day),
        refused=_error_page,
    )


@bp.post("/duty/<duty_id>/remove")
@access("people.edit")
def remove_duty(duty_id: str) -> Answer:
    """Take a duty away."""
    said, day = _("The duty is taken away; the role stays."), request.form.get("day", "")
    return act(
        lambda uow: plan_steps.remove_duty(uow, duty_id),
        done=lambda _none: go_on("plan.staff", said, day=day),
        refused=_error_page,
    )


@bp.post("/duty/<duty_id>/present")
@access("plan.edit")
def present(duty_id: str) -> Answer:
    """Record that somebody has come, or has not."""
    day = request.form.get("day", "")
    return act(
        lambda uow: plan_steps.set_present(uow, duty_id, request.form.get("present") == "1"),
        done=lambda _none: go_on("plan.staff", "", f"duty-{duty_id}", day=day),
        refused=_error_page,
    )


def _error_page(error: DomainError) -> str:
    """Show the page that every refusal gets: these steps have no form of their own."""
    raise error
