"""The re-check with an expert's own log-in: the cases that wait, the two forms, the marks."""

from flask import Blueprint, Response, render_template, request, url_for

from examday.i18n import gettext as _
from examday.services.appeals.order import marking
from examday.services.appeals.views import recheck as views
from examday.services.appeals.views import recheck_open
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.order.steps import sent_marks

bp = Blueprint("rechecks", __name__)


@bp.get("/rechecks/")
@access("appeal.expert")
def index() -> str:
    """Show the cases that wait for an expert's marks."""
    return look(
        lambda uow: render_template("appeals/rechecks.html", cases=recheck_open.waiting_cases(uow))
    )


@bp.get("/rechecks/<id>")
@access("appeal.expert")
def page(id: str) -> str:
    """Show the original, both forms and the answers to be marked."""
    return _show(id)


def _show(appeal_id: str, error: Refusal = None) -> str:
    """Draw the re-check, with what went wrong if something did."""

    def draw(uow: UnitOfWork) -> str:
        return render_template(
            "appeals/recheck.html",
            p=views.recheck_page(uow, appeal_id),
            picture=lambda page_id: url_for("rechecks.picture", id=appeal_id, page_id=page_id),
            error=explain(error),
            bad=error.field if error else "",
            sent=request.form if error else {},
        )

    return look(draw)


@bp.get("/rechecks/<id>/page/<page_id>")
@access("appeal.expert")
def picture(id: str, page_id: str) -> Response:
    """Give the picture of a page of this work."""
    made = look(lambda uow: recheck_open.recheck_picture(uow, id, page_id))
    return Response(made, mimetype="image/jpeg")


@bp.post("/rechecks/<id>")
@access("appeal.expert")
def mark(id: str) -> Answer:
    """Enter the own marks."""
    code = request.form.get("code", "")

    def said(finished: bool) -> str:
        """Say what follows; what the other expert gave is not told."""
        if finished:
            return _("Your marks are entered. The re-check is finished.")
        return _("Your marks are entered. Another expert marks next.")

    return act(
        lambda uow: marking.enter_marks(uow, id, code, sent_marks()),
        done=lambda finished: go_on("rechecks.index", said(finished)),
        refused=lambda error: _show(id, error),
    )
