"""Findings of members on a task, readings at the hearing, the table of the centre."""

from flask import Blueprint, request

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.transfer.fields import Group
from examday.i18n import gettext as _
from examday.services.appeals.decision import centre, findings, readings
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on
from examday.web.appeals.case_page import act_on, show
from examday.web.forms import choice

bp = Blueprint("findings", __name__)


@bp.post("/appeals/<id>/find")
@access("appeal.decide")
def find(id: str) -> Answer:
    """Confirm or override the proposed diagnosis of one task."""
    sent = request.form
    field = request.form.get("field", "")

    def work(uow: UnitOfWork) -> None:
        findings.find(
            uow,
            id,
            field,
            choice(Diagnosis, "decided"),
            category=sent.get("category", ""),
            cause=sent.get("cause", ""),
            reason=sent.get("reason", ""),
        )

    anchor = f"field-{field.replace(':', '-')}"
    return act_on(id, work, _("Recorded: the diagnosis of this task."), field, anchor)


@bp.post("/appeals/<id>/read")
@access("appeal.decide")
def read(id: str) -> Answer:
    """Record what members read at the hearing on the original or on the form."""
    sent = request.form
    side = sent.get("side", "")
    read = {"text": sent.get("text", ""), "mark": sent.get("mark") or None}
    if sent.get("group") == Group.REPLACEMENT:
        read["task"] = sent.get("task", "").strip()
    field = sent.get("field", "").strip() or _field(sent.get("group", ""), sent.get("number", ""))
    return act_on(
        id,
        lambda uow: readings.read_at_hearing(uow, id, side, {field: read}, sent.get("reason", "")),
        _("Recorded what was read at the hearing."),
        "read",
    )


def _field(group: str, number: str) -> str:
    """Return the field that was chosen by its part of the form and its number."""
    number = number.strip()
    return number if group == Group.SHORT else f"{group}:{number}"


@bp.post("/appeals/<id>/centre")
@access("appeal.process")
def take_in(id: str) -> Answer:
    """Take in the table of the regional centre: recognised text and expert marks."""
    sent = request.files.get("table")

    def said(taken: centre.TakenIn) -> str:
        """Say what the table brought; that it is known already is no error."""
        if taken.written:
            return _("Taken in: %(n)s tasks.", n=taken.tasks)
        return _("The same table was taken in before: nothing has changed.")

    return act(
        lambda uow: centre.take_in_table(
            uow, id, sent.stream if sent else None, "rest_blank" in request.form
        ),
        done=lambda taken: go_on("appeals.case", said(taken), id=id),
        refused=lambda error: show(id, error),
    )
