"""A set of tables is brought in after its report was read, or put away."""

from collections import Counter

from flask import g, request
from werkzeug.wrappers import Response

from examday.domain.people.roles import forbidden
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.plan.proposals.proposal import CHANGED, NEW, SAME
from examday.services.plan.tables import kept, sets
from examday.web.access import access
from examday.web.acts import Answer, act, go_on
from examday.web.plan.blueprint import bp
from examday.web.plan.tables.choices import answers_of, chosen_of, parts_chosen
from examday.web.plan.tables.report import report_page
from examday.web.session import store


@bp.post("/set/<set_id>/confirm")
@access("plan.edit")
def confirm(set_id: str) -> Answer:
    """Bring the examined set in, whole; then show what has changed."""
    sent = chosen_of(request.form)
    parts = parts_chosen(set_id, sent)
    # Asked before anything is tried: a set with staff is the head's alone, and an assistant gets no
    # report of what else may be wrong with it.
    if not sets.may_bring_in(g.actor, parts):
        raise forbidden("people.edit")

    def done(found: list[sets.Found]) -> Response:
        kept.forget(store(), set_id)
        kinds = {one.part.kind for one in found}
        return go_on(f"plan.{kinds.pop()}" if len(kinds) == 1 else "plan.index", _result(found))

    return act(
        lambda uow: sets.bring_in(uow, parts, answers_of(sent), sent.get("seen", "")),
        done=done,
        refused=lambda error: report_page(set_id, sent, error),
    )


def _result(found: list[sets.Found]) -> str:
    """Say how many rows did what."""
    count = sum((one.report.counts for one in found if one.report), Counter[str]())
    if not count[NEW] + count[CHANGED]:
        return _("0 changes: everything in the file is in the plan already.")
    brought_in = _(
        "Brought in: %(new)s new, %(changed)s changed, %(same)s as before.",
        new=count[NEW],
        changed=count[CHANGED],
        same=count[SAME],
    )
    return f"{brought_in} {ngettext('%(n)s row in all.', '%(n)s rows in all.', count.total())}"


@bp.post("/set/<set_id>/forget")
@access("plan.edit")
def give_up(set_id: str) -> Response:
    """Delete the upload without bringing it in."""
    kept.forget(store(), set_id)
    return go_on("plan.index", _("The file is put away. Nothing was changed."))
