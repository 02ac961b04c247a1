"""Single entries of the plan by hand."""

from flask import g, render_template, request, url_for

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.plan import edit
from examday.services.plan.proposals.proposal import Proposal
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.fields import columns_of, fields_of, sent_cells

TITLES = {
    "exams": N_("Exam"),
    "rooms": N_("Room"),
    "candidates": N_("Candidate"),
    "seating": N_("Seat"),
    "staff": N_("Duty"),
}
"""Kind → heading of its form, in the singular: the lists are named in the plural."""
ENTERED = {"new": N_("Entered."), "changed": N_("Changed.")}
"""What `edit.enter` did → words. «same» has none of its own: nothing was done."""


@bp.route("/enter/<kind>", methods=["GET", "POST"])
@access("plan.edit")
def enter(kind: str) -> Answer:
    """Add one entry, or change the one that the key columns in the address name."""
    edit.check_kind(g.actor, kind)
    if request.method == "GET":
        key = request.args.to_dict()
        return _form(kind, look(lambda uow: edit.present(uow, kind, key)), {})
    cells = sent_cells(kind)

    def refused(error: DomainError) -> str:
        problems = error.problems if isinstance(error, edit.RowProblems) else ()
        keys = {column.title: column.key for column in columns_of(kind)}
        errors = {keys.get(row.column, ""): words.problem(row) for row in problems}
        # Words that are not clear are corrected in the form; only a loss is confirmed by a button.
        asked = any(row.asked and not row.words for row in problems)
        return _form(kind, cells, errors or {"": " ".join(translate(error))}, asked)

    return act(
        lambda uow: edit.enter(uow, kind, cells, request.form.get("take_away") == "1"),
        done=lambda entered: go_on(f"plan.{kind}", _said(entered)),
        refused=refused,
    )


def _said(entered: Proposal) -> str:
    """Return what was done, and what the plan keeps another way than it was entered."""
    done = _(ENTERED.get(entered.what, N_("Nothing was different, nothing was changed.")))
    return " ".join([done, *map(words.problem, entered.notes)])


def _form(
    kind: str,
    cells: dict[str, str],
    errors: dict[str, str],
    asked: bool = False,
) -> str:
    return render_template(
        "plan/form.html",
        kind=kind,
        title=_(TITLES[kind]),
        fields=fields_of(kind, cells),
        errors=errors,
        asked=asked,
        back=url_for(f"plan.{kind}"),
    )
