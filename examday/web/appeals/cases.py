"""The list of cases with their terms, one case, its second screen, its withdrawal."""

from flask import Blueprint, render_template, request

from examday.i18n import gettext as _
from examday.services.appeals import closing
from examday.services.appeals.views.casebook import open_case
from examday.services.appeals.views.terms import all_cases
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, look
from examday.web.appeals.case_page import act_on, show
from examday.web.appeals.links import crop_address
from examday.web.appeals.words import WORDS, mark_word, options, source_word

bp = Blueprint("appeals", __name__)

bp.add_app_template_global(options)

bp.add_app_template_global(mark_word)

bp.add_app_template_global(source_word)


@bp.get("/appeals")
@access("appeal.see")
def index() -> str:
    """Show every case, the most urgent on top."""
    return look(
        lambda uow: render_template("appeals/index.html", rows=all_cases(uow), **WORDS),
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
    return act_on(id, lambda uow: closing.withdraw(uow, id, reason), said)


@bp.get("/appeals/<id>/show")
@access("appeal.process")
def present(id: str) -> str:
    """Show on the second screen what the appellant may see: both papers and what they say."""
    whole = "all" in request.args

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, id)
        return render_template(
            "appeals/present.html",
            c=found,
            a=found.appeal,
            # Only tasks that differ, or the appellant would search forty pairs of pictures for the
            # one.
            lines=[line for line in found.tasks if whole or line.differs],
            crop=crop_address,
            **WORDS,
        )

    return look(draw)
