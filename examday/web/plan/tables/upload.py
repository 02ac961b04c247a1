"""Tables of the plan are sent: several files at once, kept until their report is confirmed."""

from flask import g, render_template, request

from examday.domain.errors import Invalid, MachineTrouble
from examday.i18n import gettext as _
from examday.services.plan.tables import kept
from examday.web.access import access
from examday.web.acts import Answer, attempt, explain, go_on
from examday.web.plan.blueprint import bp
from examday.web.session import store


@bp.get("/file")
@access("plan.edit")
def upload() -> str:
    """Show the form for choosing the files."""
    return _page("")


def _page(error: str) -> str:
    return render_template("plan/upload.html", error=error)


@bp.post("/file")
@access("plan.edit")
def send() -> Answer:
    """Keep the files that were sent together and go on to their report."""
    sent = [file for file in request.files.getlist("file") if file.filename]
    if not sent:
        return _page(_("Choose a file first.")), 400
    return attempt(
        lambda: kept.keep(
            store(),
            g.actor,
            [(file.filename or "", file.stream) for file in sent],  # type: ignore[misc]
        ),
        done=lambda set_id: go_on("plan.report", set_id=set_id),
        # The form is shown again: files have to be chosen anew anyway.
        refused=lambda error: _page(explain(error)),
        kinds=(Invalid, MachineTrouble),
    )
