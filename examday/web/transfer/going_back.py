"""Taking back «copied» or a verification that was given by mistake: what it means, and the reason."""

from flask import Blueprint, render_template, request

from examday.domain.errors import DomainError, Invalid
from examday.domain.transfer.duties import COPIER
from examday.i18n import gettext as _
from examday.services.transfer.going_back import copy_back, resting
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.transfer.entry import row_version

bp = Blueprint("going_back", __name__)


@bp.get("/work/<booklet_id>/back/<part>")
@access("find")
def form(booklet_id: str, part: str) -> str:
    """Say what taking back means, and ask for the reason."""
    return look(lambda uow: _form(uow, booklet_id, part))


@bp.post("/work/<booklet_id>/back/<part>")
@access("find")
def take_back(booklet_id: str, part: str) -> Answer:
    """Take the own statement back."""
    reason, seen = request.form.get("reason", ""), row_version(request.form)
    desk = "copying.sheet" if part == COPIER else "verify.desk"
    said = _("Taken back: the work is with you again. The ledger keeps both with your reason.")
    return act(
        lambda uow: copy_back.take_back(uow, booklet_id, part, reason, seen),
        done=lambda _booklet: go_on(desk, said, booklet_id=booklet_id),
        refused=lambda error: look(lambda uow: _form(uow, booklet_id, part, error)),
        kinds=(Invalid,),
    )


def _form(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    error: DomainError | None = None,
) -> str:
    shown = resting.question(uow, booklet_id, part)
    return render_template(
        "transfer/work/back.html",
        booklet=shown.booklet,
        part=shown.part,
        copied=shown.part == COPIER,
        reason=request.form.get("reason", ""),
        error_title=error is not None,
        error=error and translate(error),
    )
