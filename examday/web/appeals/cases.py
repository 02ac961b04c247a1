"""The list of cases with their terms, one case, its second screen, its withdrawal."""

from flask import Blueprint, render_template, request

from examday.domain.messages import N_
from examday.domain.rules.calendar import Urgency
from examday.i18n import gettext as _
from examday.services.appeals.hearing import withdrawal
from examday.services.appeals.views.terms import Wanted, all_cases
from examday.web.access import access
from examday.web.acts import Answer, look
from examday.web.appeals.case_page import act_on, show
from examday.web.appeals.words import WORDS, iso_day, mark_word, options, source_word
from examday.web.forms import further

bp = Blueprint("appeals", __name__)
URGENCY = {
    Urgency.LATE: N_("past its term"),
    Urgency.TODAY: N_("due today"),
    Urgency.SOON: N_("due soon"),
}

bp.add_app_template_global(options)

bp.add_app_template_global(mark_word)

bp.add_app_template_global(source_word)

bp.add_app_template_filter(iso_day)


@bp.get("/appeals")
@access("appeal.see")
def index() -> str:
    """Show the cases, the most urgent on top, as far as they are chosen."""
    begun = further(closed=True)
    wanted = Wanted(*(request.args.get(name, "") for name in ("state", "term", "person")))
    return look(
        lambda uow: render_template(
            "appeals/index.html",
            cases=all_cases(uow, wanted, begun),
            begun=begun,
            wanted=wanted,
            urgency=URGENCY,
            **WORDS,
        ),
    )


@bp.get("/appeals/<id>")
@access("appeal.see")
def case(id: str) -> str:
    """Show the whole case on one screen."""
    return show(id)


@bp.post("/appeals/<id>/withdraw")
@access("appeal.register")
def withdraw(id: str) -> Answer:
    """Withdraw the appeal at the wish of the appellant."""
    reason = request.form.get("reason", "").strip()
    said = _("The appeal is withdrawn; the record stays.")
    return act_on(id, lambda uow: withdrawal.withdraw(uow, id, reason), said)
