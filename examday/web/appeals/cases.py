"""The conflict commission: list of cases with their terms, the case on one screen."""

from collections.abc import Callable

from flask import Blueprint, render_template, request

from examday.domain.appeals.diagnosis import Diagnosis
from examday.i18n import gettext as _
from examday.services.appeals import closing
from examday.services.appeals.decision import centre, findings, readings
from examday.services.appeals.views.casebook import open_case
from examday.services.appeals.views.lines import verdict
from examday.services.appeals.views.terms import all_cases
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.links import crop_address, next_page
from examday.web.appeals.words import WORDS, mark_word, options, source_word
from examday.web.forms import choice

bp = Blueprint("appeals", __name__)
bp.add_app_template_global(options)
bp.add_app_template_global(mark_word)
bp.add_app_template_global(source_word)


@bp.get("/appeals")
@access("appeal.see")
def index() -> str:
    """Every case, the most urgent on top."""
    return look(
        lambda uow: render_template("appeals/index.html", rows=all_cases(uow), **WORDS),
    )


@bp.get("/appeals/<id>")
@access("appeal.see")
def case(id: str) -> str:
    """The whole case on one screen."""
    return _show(id)


def _show(appeal_id: str, error: Refusal = None, field: str = "") -> str:
    """The case, with what went wrong with `field` if something did."""

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, appeal_id)
        return render_template(
            "appeals/case.html",
            c=found,
            a=found.appeal,
            differing=[line for line in found.lines if line.differs],
            same=[line for line in found.lines if not line.differs],
            verdict=verdict(found.lines),
            crop=crop_address,
            next=next_page(found),
            error=explain(error),
            bad=field,
            **WORDS,
        )

    return look(draw)


def _act(
    appeal_id: str,
    work: Callable[[UnitOfWork], object],
    said: str,
    field: str = "",
    anchor: str | None = None,
) -> Answer:
    return act(
        work,
        done=lambda _result: go_on("appeals.case", said, anchor=anchor, id=appeal_id),
        refused=lambda error: _show(appeal_id, error, field),
    )


@bp.post("/appeals/<id>/find")
@access("appeal.decide")
def find(id: str) -> Answer:
    """Confirm or override the proposed diagnosis of one task."""
    sent, field = request.form, request.form.get("field", "")

    def work(uow: UnitOfWork) -> None:
        findings.find(
            uow,
            id,
            field,
            choice(Diagnosis, "decided"),
            category=sent.get("category", ""),
            cause=sent.get("cause", ""),
            reason=sent.get("reason", ""),
        )

    anchor = f"field-{field.replace(':', '-')}"
    return _act(id, work, _("Recorded: the diagnosis of this task."), field, anchor)


@bp.post("/appeals/<id>/read")
@access("appeal.decide")
def read(id: str) -> Answer:
    """Record what members read at the hearing on the original or on the form."""
    sent = request.form
    side, read = sent.get("side", ""), {"text": sent.get("text", "")}
    field = sent.get("field", "").strip()
    return _act(
        id,
        lambda uow: readings.read_at_hearing(uow, id, side, {field: read}),
        _("Recorded what was read at the hearing."),
        sent.get("field", ""),
    )


@bp.post("/appeals/<id>/centre")
@access("appeal.process")
def take_in(id: str) -> Answer:
    """Take in the table of the regional centre: recognised text and expert marks."""
    sent = request.files.get("table")

    def said(taken: centre.TakenIn) -> str:
        if taken.written:
            return _("Taken in: %(n)s tasks.", n=taken.tasks)
        return _("The same table was taken in before: nothing has changed.")

    return act(
        lambda uow: centre.take_in_table(uow, id, sent.stream if sent else None),
        done=lambda taken: go_on("appeals.case", said(taken), id=id),
        refused=lambda error: _show(id, error),
    )


@bp.post("/appeals/<id>/withdraw")
@access("appeal.register")
def withdraw(id: str) -> Answer:
    """The appellant takes the appeal back."""
    reason = request.form.get("reason", "").strip()
    said = _("The appeal is withdrawn; the record stays.")
    return _act(id, lambda uow: closing.withdraw(uow, id, reason), said)


@bp.get("/appeals/<id>/show")
@access("appeal.process")
def present(id: str) -> str:
    """For the second screen: only what the appellant may see (the work's two papers and what they
    say)."""
    whole = "all" in request.args

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, id)
        return render_template(
            "appeals/present.html",
            c=found,
            a=found.appeal,
            lines=[line for line in found.lines if whole or line.differs],
            crop=crop_address,
            **WORDS,
        )

    return look(draw)
