"""Registration of an appeal: find the work, enter the paper form."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from examday.domain.appeals.case import Kind
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.appeals import registration
from examday.services.appeals.lookup import MOST
from examday.services.appeals.views.registration import registration_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.words import WORDS
from examday.web.forms import choice, day, lacking

bp = Blueprint("registration", __name__)
NEEDS: dict[str, str] = {
    "blind": N_("blind: read aloud or Braille, a tiflo-translator is invited"),
    "partially_sighted": N_("partially sighted: papers in large print"),
    "deaf": N_("deaf: a sign interpreter is invited"),
    "hard_of_hearing": N_("hard of hearing: a sign interpreter is invited"),
}
"""What the appellant needs at the hearing, as stored → words: a stored word never changes, and
readers speak several languages."""
REQUIRED: dict[str, str] = {
    "result_day": N_("Official day of the results"),
    "filed": N_("Filed on"),
    "reached": N_("Reached the commission on"),
}
"""Entry of the appeal on the score that is never left empty → its name on the page."""
REQUIRED_OLD: dict[str, str] = {
    "code": N_("Form code (13 digits)"),
    "date": N_("Exam date"),
    "exam_kind": N_("Exam"),
    "subject": N_("Subject code"),
    "region": N_("Region code"),
    "site_code": N_("Code of the exam point"),
    "room": N_("Room"),
    "place": N_("Place"),
    "surname": N_("Surname"),
    "medium": N_("Answers on"),
}
"""The same of a work from before the program."""
ENTRIES = {*REQUIRED, *REQUIRED_OLD, "kind", "late_reason", "tasks", "candidate_code"}
"""Entries that a refusal can stand at."""


@bp.get("/appeals/new")
@access("appeal.register")
def new() -> str:
    """Find the work, then enter the paper appeal."""
    return page(request.args.get("work", ""), request.args.get("q", "").strip())


def page(
    work_id: str = "",
    wanted: str = "",
    error: Refusal = None,
    old: bool = False,
) -> str:
    """Draw the page on which an appeal is entered.

    `old`: a work from before the program was being entered.
    """

    def draw(uow: UnitOfWork) -> str:
        shown = registration_page(uow, work_id, wanted)
        return render_template(
            "appeals/new.html",
            work=shown.work,
            found=shown.found,
            most=MOST,
            known=shown.known,
            today=shown.today,
            wanted=wanted,
            sent=request.form if error else {},
            wrong=_wrong(error, REQUIRED_OLD if old else REQUIRED),
            lost="q" in request.args and not wanted,
            old=old,
            needs=NEEDS,
            long_sent=request.form.getlist("long_task"),
            chosen=request.form.getlist("needs"),
            **WORDS,
        )

    return look(draw)


def _wrong(error: Refusal, required: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is wrong: entry → sentence; what was refused first, then all that is empty."""
    if error is None:
        return []
    if request.form.get("kind") == Kind.PROCEDURE:
        # There the results have no part in it.
        required = {name: words for name, words in required.items() if name != "result_day"}
    # Of what is no date, number or choice the code of the refusal is the entry.
    bad = next((name for name in (error.field, error.code) if name in ENTRIES), "")
    lacks = lacking(required, bad).items()
    empty = [(name, _("Not filled in: %(entry)s.", entry=_(words))) for name, words in lacks]
    return [(bad, explain(error)), *empty]


def sent(name: str) -> str:
    """Return a field of the form without blanks around it."""
    return request.form.get(name, "").strip()


@bp.post("/appeals/new")
@access("appeal.register")
def register() -> Answer:
    """Register an appeal from the fields of its paper form."""
    said = _(
        "Appeal %(number)s is registered. Two copies of the receipt can be printed from the case."
    )
    return act(
        lambda uow: registration.register(uow, _filing()),
        done=lambda appeal: go_on("appeals.case", said % {"number": appeal.number}, id=appeal.id),
        refused=lambda error: page(request.form.get("work", ""), error=error),
    )


def _filing() -> registration.Filing:
    """Return what was entered from the paper."""
    return registration.Filing(
        kind=choice(Kind, "kind"),
        booklet_id=request.form.get("work", ""),
        filed=day("filed"),
        reached=day("reached"),
        # A procedural appeal has no result day; an empty field must not count as a wrong date.
        result_day=day("result_day") if request.form.get("result_day") else None,
        late_reason=sent("late_reason"),
        facts={
            **{key: sent(key) for key in ("applicant", "contact", "presence", "text")},
            # Needs decide who is invited; nothing of a diagnosis is asked or kept.
            "needs": " ".join(need for need in NEEDS if need in request.form.getlist("needs")),
        },
    )
