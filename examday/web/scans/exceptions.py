"""Pages that wait for a person, and works that wait for further sheets."""

from flask import g, render_template, request

from examday.domain.errors import DomainError
from examday.domain.scans.sheets import FORM_NAMES
from examday.i18n import gettext as _
from examday.services.scans import views
from examday.services.scans.works import whole
from examday.web.access import access
from examday.web.acts import Answer, act, go_on
from examday.web.errors import translate
from examday.web.scans.blueprint import bp
from examday.web.scans.scan_words import counts
from examday.web.session import store


@bp.get("/exceptions")
@access("scans.see")
def exceptions() -> str:
    """Pages that wait for a person, and works that wait for further sheets."""
    return _exceptions()


def _exceptions(booklet_id: str = "", error: DomainError | None = None) -> str:
    """`error`: why the work `booklet_id` was not let pass."""
    with store().read(g.actor) as uow:
        return render_template(
            "scans/exceptions.html",
            unfinished=views.unfinished(uow),
            form_names={form: _(name) for form, name in FORM_NAMES.items()},
            refused={booklet_id: " ".join(translate(error))} if error else {},
            errors=[(f"why-{booklet_id}", " ".join(translate(error)))] if error else [],
            sent=request.form,
            # One more than is shown tells that there are more.
            pages=views.exceptions(uow, views.MOST_WAITING + 1),
            most_waiting=views.MOST_WAITING,
            rejected=views.rejected(uow, views.MOST_REJECTED + 1),
            most_rejected=views.MOST_REJECTED,
            counts=counts(uow),
            may_decide=g.actor.may("scans.decide"),
        )


@bp.post("/whole/<booklet_id>")
@access("scans.decide")
def let_pass(booklet_id: str) -> Answer:
    """Let a work go on without the sheets that are missing, with a reason."""
    said = _("The work goes on with the sheets that are there; your reason is in the journal.")
    reason = request.form.get(f"why-{booklet_id}", "")
    return act(
        lambda uow: whole.let_pass(uow, booklet_id, reason),
        done=lambda _booklet: go_on("scans.exceptions", said),
        refused=lambda error: _exceptions(booklet_id, error),
    )
