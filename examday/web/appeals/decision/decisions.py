"""The decision of a case, and the check that a procedural one rests on."""

from flask import Blueprint, request

from examday.i18n import gettext as _
from examday.services.appeals.decision import decisions, procedure_check
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.appeals.hearing.page import act_on
from examday.web.forms import day

bp = Blueprint("decisions", __name__)


@bp.post("/appeals/<id>/hearing/decide")
@access("appeal.process")
def decide(id: str) -> Answer:
    """Close the hearing with its decision."""
    reasons, against = (request.form.get(name, "") for name in ("reasons", "against"))
    return act_on(
        id,
        "decide",
        lambda uow: decisions.decide(uow, id, reasons, against),
        _("Decided. Now every member who took part signs the protocol."),
        onward="protocol.page",
    )


@bp.post("/appeals/<id>/hearing/check")
@access("appeal.process")
def check(id: str) -> Answer:
    """Record the exam board's check of a procedural appeal."""
    by, confirmed, conclusion = (
        request.form.get(name, "") for name in ("by", "confirmed", "conclusion")
    )

    def work(uow: UnitOfWork) -> None:
        procedure_check.record_check(uow, id, day("check_day"), by, confirmed, conclusion)

    return act_on(id, "check", work, _("The conclusion of the check is recorded."))
