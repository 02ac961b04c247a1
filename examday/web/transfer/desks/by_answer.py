"""Verification by answer: one task on all copies that wait, beside each other."""

from flask import Blueprint, flash, render_template, request

from examday.domain.numbers import typed_number
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.transfer.desks import answers_confirmed, by_answer
from examday.web.access import access
from examday.web.acts import Answer, change, go_on, look
from examday.web.transfer import verification
from examday.web.transfer.offers import queue_page

bp = Blueprint("by_answer", __name__)


@verification.bp.get("/verify")
@access("verify.decide")
def index() -> str:
    """Show scanned copies that wait for a second pair of eyes."""
    return queue_page("verify", together=look(by_answer.exams))


@bp.get("/verify/answers/<exam_id>")
@access("verify.decide")
def page(exam_id: str) -> str:
    """Show one task on all copies of this exam that wait for the person."""
    field, after = request.args.get("field", ""), request.args.get("after", "")
    after = "" if typed_number(after) is None else after
    shown = look(lambda uow: by_answer.answers(uow, exam_id, field, after))
    return render_template("transfer/verify/answers.html", s=shown)


@bp.post("/verify/answers/<exam_id>/take")
@access("verify.decide")
def take(exam_id: str) -> Answer:
    """Take all copies of this exam that wait, and begin with the first task."""
    change(lambda uow: answers_confirmed.take_all(uow, exam_id))
    return go_on("by_answer.page", exam_id=exam_id)


@bp.post("/verify/answers/<exam_id>")
@access("verify.decide")
def confirm(exam_id: str) -> Answer:
    """Keep «the same» for all that was not taken out, and go on to the next task."""
    sent = request.form
    field, odd = sent.get("field", ""), set(sent.getlist("odd"))
    shown = dict(pair.split(":", 1) for pair in sent.getlist("work") if ":" in pair)
    said = {id: seen for id, seen in shown.items() if id not in odd}
    found = change(lambda uow: answers_confirmed.confirm(uow, exam_id, field, said))
    for place in found.passed_over:
        flash(_("Seat %(place)s: the work has gone on meanwhile.", place=place), "warn")
    if found.done:
        flash(ngettext("%(n)s answer confirmed.", "%(n)s answers confirmed.", found.done))
    return go_on("by_answer.page", exam_id=exam_id, after=field)
