"""«This is the wrong page»: a page leaves its work, or another takes its place, with a reason."""

from flask import Blueprint, render_template, request

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.scans import views
from examday.services.scans.deciding import attached, proposals, taking_back
from examday.services.scans.showing.sight import visible_page
from examday.services.scans.works.resting import resting as what_rests
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.scans.sheet_options import sheet_options

bp = Blueprint("wrong_page", __name__, url_prefix="/scans/wrong")
FROM_WORK = "work"
"""In the address: the page was opened at its work, and the way back leads there."""


@bp.get("/<page_id>")
@access("scans.decide")
def show(page_id: str) -> str:
    """The page with its picture, and what goes back with it.

    Where it cannot be taken back now, that is said at once, not after a reason was written.
    """
    look(lambda uow: attached.check_leaving(uow, page_id))
    return _show(page_id)


def _show(page_id: str, error: DomainError | None = None) -> str:
    said = " ".join(translate(error)) if error else ""
    page, resting, behind = look(
        lambda uow: (
            views.attached_page(uow, page_id),
            what_rests(uow, page_id),
            len(taking_back.pages_behind(uow, visible_page(uow, page_id))),
        )
    )
    return render_template(
        "scans/wrong.html",
        page=page,
        resting=resting,
        behind=behind,
        errors=[("reason", said)] if error else [],
        said=said,
        sent=request.form,
        of_work=FROM_WORK in request.args,
    )


@bp.post("/<page_id>")
@access("scans.decide")
def detach(page_id: str) -> Answer:
    """The page leaves its work and waits for a person again."""
    said = _("The page is taken back. It waits among the pages that need a person.")
    reason, behind = request.form.get("reason", ""), "behind" in request.form
    return act(
        lambda uow: taking_back.detach(uow, page_id, reason, behind),
        done=lambda page: go_on("scans.decide", said, page_id=page.id),
        refused=lambda error: _show(page_id, error),
    )


@bp.get("/<page_id>/for/<other_id>")
@access("scans.decide")
def compare(page_id: str, other_id: str) -> str:
    """The attached page and the one that is to take its place, beside each other."""
    look(lambda uow: attached.check_leaving(uow, page_id))
    return _compare(page_id, other_id)


def _compare(page_id: str, other_id: str, error: DomainError | None = None) -> str:
    errors = [(error.field or "reason", " ".join(translate(error)))] if error else []
    page, other, resting, choice = look(
        lambda uow: (
            views.attached_page(uow, page_id),
            views.set_aside_page(uow, other_id),
            what_rests(uow, page_id, other_id),
            proposals.exchange_choice(uow, other_id, page_id),
        )
    )
    return render_template(
        "scans/exchange.html",
        page=page,
        other=other,
        resting=resting,
        errors=errors,
        said=dict(errors),
        sent=request.form,
        sheet_options=sheet_options(choice),
    )


@bp.post("/<page_id>/for/<other_id>")
@access("scans.decide")
def exchange(page_id: str, other_id: str) -> Answer:
    """The other page takes the place of the attached one."""
    said = _("The pages are exchanged. The one that was attached counts no longer.")
    reason, sheet = request.form.get("reason", ""), request.form.get("sheet", "")
    return act(
        lambda uow: taking_back.exchange(uow, other_id, page_id, reason, sheet),
        done=lambda _page: go_on("scans.exceptions", said),
        refused=lambda error: _compare(page_id, other_id, error),
    )
