"""The tiflo-translator commission: works and hands, working time, incidents, suspension."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, request

from examday.domain.errors import DomainError, Forbidden, Invalid
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.braille import distribution, notes, suspension
from examday.services.braille.board import board
from examday.services.printing import documents
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import (
    Answer,
    Refusal,
    act,
    change,
    explain,
    go_on,
    keep_sent,
    look,
    sent_before,
)
from examday.web.braille.words import COMMISSION_WORDS
from examday.web.forms import lacking

bp = Blueprint("commission", __name__)
FIELDS = {
    "reason": "text",
    "consent_id": "consent",
    "person": "consent",
    "translator": "person",
    "text": "text",
}
"""Field of a refused suspension → its name on the page, to mark the right entry; whatever else is
wrong, the PIN is."""
REQUIRED = {
    "person": N_("Nobody is chosen: say whom it is about."),
    "text": N_("A suspension needs its reason."),
    "consent": N_("Choose the exam-board member who consents."),
    "pin": N_("The exam-board member has not typed the own PIN."),
}
"""Entry of a suspension that is never left empty → what is said of it, in their order."""
RECORDED = N_("Recorded.")
SAID = {
    "come": N_("Recorded: here. The working time is counted from now on."),
    "go": N_("Recorded: gone. The working time has ended."),
}
"""Kind of note → what is said of it to the person."""
SAID_OF = {
    "come": N_("Recorded: %(name)s is here. The working time is counted from now on."),
    "go": N_("Recorded: %(name)s has gone. The working time has ended."),
}
"""The same of somebody else."""
SAID_LATE = N_(
    "Recorded: %(name)s has gone. When is not known: the time since %(day)s is not counted, and "
    "the report says so."
)
SO_BEFORE = {
    "come": N_("%(name)s is here already: the working time is counted since %(time)s."),
    "go": N_("%(name)s is not recorded as here: nothing was changed."),
}
"""Kind of note → what is said where it was so already."""


@bp.get("/commission")
@access("braille.desk")
def index() -> str:
    """Show the commission on one page."""
    return _show()


def _show(error: Refusal = None) -> str:
    """Draw the commission, with what went wrong if something did."""
    field = FIELDS.get(error.field, "pin") if isinstance(error, Invalid | Forbidden) else ""
    suspending = error is not None and "consent" in request.form

    def draw(uow: UnitOfWork) -> str:
        shown = board(uow)
        return render_template(
            "braille/commission/index.html",
            b=shown,
            names={person.id: person.name for person in shown.people},
            documents=documents.OF_COMMISSION,
            titles=documents.DOCUMENT_NAMES,
            error=explain(error),
            field=field,
            lacks=[(f"off-{name}", _(text)) for name, text in lacking(REQUIRED, field).items()]
            if suspending
            else [],
            sent=request.form if error else {},
            me=g.actor.person_id,
            **COMMISSION_WORDS,
        )

    return look(draw)


def _act(work: Callable[[UnitOfWork], object], said: str) -> Answer:
    """Take a step and go back to the page of the commission."""
    return act(work, done=lambda _result: go_on("commission.index", said), refused=_show)


@bp.post("/commission/give")
@access("braille.lead")
def give() -> Answer:
    """Give a work to a translator."""
    work, part, person = (request.form.get(name, "") for name in ("work", "part", "person"))

    def refused(error: DomainError) -> str:
        # The refusal is kept with its reason, in a transaction of its own: the act itself was
        # undone. A reload of its page is no further try.
        if error.code == "may-not-get" and not sent_before(error.code):
            keep_sent(error.code)
            reason = str(error.params["reason"])
            change(lambda uow: notes.record_refusal(uow, work, part, person, reason))
        return _show(error)

    def given_out(given: distribution.Given) -> Answer:
        said = _(
            "Work %(place)s is given out, %(part)s: %(name)s",
            place=given.place,
            part=_(given.part),
            name=given.name,
        )
        return go_on("commission.index", said)

    return act(
        lambda uow: distribution.give(uow, work, part, person),
        done=given_out,
        refused=refused,
    )


@bp.post("/commission/note")
@access("braille.desk")
def note() -> Answer:
    """Record that somebody has come or gone, or an incident."""
    sent = request.form
    kind = sent.get("kind", "")
    if kind == "incident":
        text, work = sent.get("text", ""), sent.get("work") or None
        return _act(lambda uow: notes.incident(uow, text, work), _(RECORDED))
    return act(
        lambda uow: notes.attend(uow, kind, sent.get("person", "")),
        done=lambda attendance: go_on("commission.index", _attended(kind, attendance)),
        refused=_show,
    )


def _attended(kind: str, found: notes.Attendance) -> str:
    """Say what is on record now, and of whom."""
    said = {"name": found.person.name, "time": f"{found.since:%H:%M}" if found.since else ""}
    if not found.recorded:
        return _(SO_BEFORE[kind], **said)
    if kind == "go" and not found.ended and found.since:
        return _(SAID_LATE, name=found.person.name, day=f"{found.since:%d.%m %H:%M}")
    return _(SAID[kind]) if found.person.id == g.actor.person_id else _(SAID_OF[kind], **said)


@bp.post("/commission/suspend")
@access("braille.lead")
def suspend() -> Answer:
    """Take a translator off work, or back on, with consent."""
    sent = request.form
    person, text, consent, pin = (
        sent.get(name, "") for name in ("person", "text", "consent", "pin")
    )
    resume = bool(sent.get("resume"))
    return _act(
        lambda uow: suspension.suspend(uow, person, text, consent, pin, resume=resume),
        _(RECORDED),
    )
