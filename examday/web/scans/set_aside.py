"""Files that were set aside, each with its reason."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import NotFound
from examday.i18n import gettext as _
from examday.services.scans import views
from examday.services.scans.files import retrying
from examday.web.access import access
from examday.web.acts import look
from examday.web.scans.blueprint import bp
from examday.web.scans.scan_words import told
from examday.web.session import store


@bp.get("/quarantine")
@access("scans.see")
def quarantine() -> str:
    """Files that were set aside, each with a plain reason."""
    with store().read(g.actor) as uow:
        files, after = views.quarantined(uow, request.args.get("after", ""))
        return render_template(
            "scans/quarantine.html",
            files=files,
            after=after,
            told=told,
            folder="" if uow.settings.bucket else str(uow.settings.quarantine),
            may_decide=g.actor.may("scans.decide"),
        )


@bp.post("/quarantine/<scan_id>")
@access("scans.decide")
def again(scan_id: str) -> Response:
    """Look at a file that was set aside, or that this computer could not open, once more."""
    if not look(lambda uow: views.one_file(uow, scan_id)).sha256:
        raise NotFound()
    retrying.requeue(store(), scan_id, g.actor)
    flash(_("The file is being looked at once more."))
    return redirect(url_for("scans.index"), 303)
