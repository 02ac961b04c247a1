"""Pages of keeping and destruction: terms, and the act of two people."""

from flask import Blueprint, Response, g, render_template, request

from examday.i18n import gettext as _
from examday.services.appeals.keeping import retention
from examday.services.appeals.papers.destruction import act as act_of_destruction
from examday.services.appeals.views.keeping import keeping
from examday.services.printing.words import ru
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.errors import of_secret
from examday.web.forms import further
from examday.web.session import store

bp = Blueprint("retention", __name__)


@bp.get("/keeping")
@access("appeal.see")
def page() -> str:
    """Show terms, legal holds, acts."""
    return _show()


def _show(error: Refusal = None, exam: str = "") -> str:
    """Draw the page, with what went wrong with one exam if something did."""
    begun = further()
    return look(
        lambda uow: render_template(
            "appeals/keeping.html",
            k=keeping(uow, begun, request.args.get("older", "")),
            begun=begun,
            bad=exam,
            place="pin" if of_secret(error) else error.field if error else "",
            error=explain(error),
            sent=request.form if error else {},
        )
    )


@bp.post("/keeping/<exam_id>/destroy")
@access("retention.destroy")
def destroy(exam_id: str) -> Answer:
    """Destroy the scans of one exam by act; the second person signs with an own PIN."""
    basis, person, pin = (request.form.get(name, "") for name in ("basis", "person", "pin"))
    said = _("The act is written; the scans are removed now. Print the act.")
    return act(
        lambda uow: retention.destroy(uow, exam_id, basis, person, pin),
        done=lambda _act: go_on("retention.page", said),
        refused=lambda error: _show(error, exam_id),
    )


@bp.post("/keeping/acts/<id>.pdf")
@access("retention.destroy")
def print_act(id: str) -> Response:
    """Print the act of destruction as tagged PDF."""
    with store().begin(g.actor) as uow:
        made = act_of_destruction(uow, id, ru)
    return Response(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="destruction-act.pdf"'},
    )
