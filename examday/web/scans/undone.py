"""What the station has given up: jobs that it could not do and tries no more."""

from flask import Blueprint, g, render_template

from examday.i18n import gettext as _
from examday.services.jobs import failures
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look

bp = Blueprint("undone", __name__, url_prefix="/scans/undone")


@bp.get("/")
@access("scans.see")
def index() -> str:
    """List each job with what was tried, since when it stands, and what to do."""
    return _index()


def _index(error: Refusal = None) -> str:
    return look(
        lambda uow: render_template(
            "scans/undone.html",
            failures=failures.open_failures(uow),
            words=failures.WORDS,
            error=explain(error),
            may_decide=g.actor.may("scans.decide"),
        )
    )


@bp.post("/<failure_id>")
@access("scans.decide")
def again(failure_id: str) -> Answer:
    """Have the job tried again."""
    return act(
        lambda uow: failures.try_again(uow, failure_id),
        done=lambda _none: go_on("undone.index", _("It is being tried again.")),
        refused=_index,
    )
