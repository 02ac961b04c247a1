"""Pages made of pages: two halves joined into a sheet, two sheets on one picture cut apart."""

from flask import Blueprint, g, render_template, request

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.scans import views
from examday.services.scans.making import cutting, halves
from examday.web.access import access
from examday.web.acts import Answer, act, attempt, go_on, look
from examday.web.errors import translate
from examday.web.session import store

bp = Blueprint("making", __name__, url_prefix="/scans/made")


@bp.get("/<page_id>/with/<other_id>")
@access("scans.decide")
def show(page_id: str, other_id: str) -> str:
    """Two halves side by side, before they are joined."""
    return _show(page_id, other_id)


def _show(page_id: str, other_id: str, error: DomainError | None = None) -> str:
    said = " ".join(translate(error)) if error else ""
    page, other = look(
        lambda uow: (views.set_aside_page(uow, page_id), views.set_aside_page(uow, other_id))
    )
    return render_template(
        "scans/halves.html",
        page=page,
        other=other,
        errors=[("chosen", said)] if error else [],
        said=said,
        chosen=bool(request.form.get("chosen")),
    )


@bp.post("/<page_id>/with/<other_id>")
@access("scans.decide")
def join(page_id: str, other_id: str) -> Answer:
    """Join both halves; the sheet is then looked at like every file."""
    said = _("The halves are joined. The sheet is now looked at like every scan.")
    chosen = bool(request.form.get("chosen"))
    return attempt(
        lambda: halves.join(store(), g.actor, (page_id, other_id), chosen),
        done=lambda scan_id: go_on("scans.file", said, scan_id=scan_id),
        refused=lambda error: _show(page_id, other_id, error),
    )


@bp.post("/<page_id>/cut")
@access("scans.decide")
def cut(page_id: str) -> Answer:
    """Cut a picture of two sheets in two."""
    said = _("The picture is cut in two. Both sheets are now looked at like every scan.")
    return act(
        lambda uow: cutting.cut(uow, page_id),
        done=lambda _ids: go_on("scans.index", said),
        refused=_not_cut,
    )


def _not_cut(error: DomainError) -> Answer:
    raise error
