"""Starting a transfer anew: what it means, and the reason."""

from flask import Blueprint, render_template, request

from examday.domain.custody.lifecycle import STATE_NAMES
from examday.domain.errors import DomainError, Invalid
from examday.i18n import gettext as _
from examday.services.transfer import reopening
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.transfer.entry import row_version

bp = Blueprint("reopening", __name__)


@bp.get("/work/<booklet_id>/reopen")
@access("reopen")
def form(booklet_id: str) -> str:
    """Start a transfer anew: what it means, and the reason."""
    return look(lambda uow: _form(uow, booklet_id))


@bp.post("/work/<booklet_id>/reopen")
@access("reopen")
def reopen(booklet_id: str) -> Answer:
    """A new version from the scanned original; nothing is erased."""
    said = _(
        "Reopened: a new version begins with the key-in. Earlier readings and signatures are kept."
    )
    reason, seen = request.form.get("reason", ""), row_version(request.form)
    return act(
        lambda uow: reopening.reopen(uow, booklet_id, reason, seen),
        done=lambda _booklet: go_on("booklet.show", said, id=booklet_id),
        refused=lambda error: look(lambda uow: _form(uow, booklet_id, error)),
        kinds=(Invalid,),
    )


def _form(uow: UnitOfWork, booklet_id: str, error: DomainError | None = None) -> str:
    shown = reopening.question(uow, booklet_id)
    return render_template(
        "transfer/work/reopen.html",
        booklet=shown.booklet,
        possible=shown.possible,
        reason=request.form.get("reason"),
        state=_(STATE_NAMES[shown.state]),
        error_title=error is not None,
        error=" ".join(translate(error)) if error else "",
    )
