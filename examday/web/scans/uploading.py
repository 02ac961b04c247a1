"""Files that are sent in by hand."""

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.scans import intake, storing
from examday.web.access import access
from examday.web.errors import translate
from examday.web.scans.blueprint import bp
from examday.web.scans.files import list_page
from examday.web.session import store


@bp.post("/upload")
@access("scans.upload")
def upload() -> Response | tuple[str, int]:
    """Take any number of files; what could not be taken is named, the others are in."""
    batch = request.form.get("batch", "")[:32] or intake.new_batch()
    errors, taken = [], 0
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            intake.receive_stream(store(), g.actor, file.stream, file.filename, batch)
            taken += 1
        except DomainError as error:
            errors.append(
                ("files", f"{storing.plain_name(file.filename)}: {' '.join(translate(error))}")
            )
        finally:
            file.close()
    if errors or not taken:
        return list_page(errors or [("files", _("Choose the files to send first."))]), 400
    flash(ngettext("%(n)s file is in.", "%(n)s files are in.", taken))
    return redirect(url_for("scans.index", batch=batch), 303)
