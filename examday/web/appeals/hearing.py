"""The hearing of an appeal: appointment, attendance, opening, votes, decision, protocol and its
signatures."""

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, render_template, request

from examday.domain.appeals.hearing import Capacity, Outcome
from examday.i18n import gettext as _
from examday.services.appeals.decision import decisions, signatures
from examday.services.appeals.hearing import appointments, attendance, own_work, sitting, votes
from examday.services.appeals.views.casebook import open_case
from examday.services.appeals.views.hearing import hearing_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.links import next_page
from examday.web.appeals.words import WORDS
from examday.web.forms import choice, clock_time, day

bp = Blueprint("hearing", __name__)


@bp.get("/appeals/<id>/hearing")
@access("appeal.process")
def page(id: str) -> str:
    """Everything of the hearing on one page, in the order in which it happens."""
    return _show(id)


def _show(appeal_id: str, error: Refusal = None, part: str = "") -> str:
    def draw(uow: UnitOfWork) -> str:
        shown = hearing_page(uow, appeal_id)
        return render_template(
            "appeals/hearing.html",
            h=shown,
            c=shown.case,
            a=shown.case.appeal,
            error=explain(error),
            part=part,
            sent=request.form if error else {},
            **WORDS,
        )

    return look(draw)


def _act(
    appeal_id: str,
    part: str,
    work: Callable[[UnitOfWork], object],
    said: str,
    onward: str = "hearing.page",
) -> Answer:
    """`part`: the section of the page that is acted on; there it goes on, or says what was wrong."""
    anchor = part if onward == "hearing.page" else None
    return act(
        work,
        done=lambda _result: go_on(onward, said, anchor=anchor, id=appeal_id),
        refused=lambda error: _show(appeal_id, error, part),
    )


@bp.post("/appeals/<id>/hearing/appoint")
@access("appeal.register")
def appoint(id: str) -> Answer:
    """Appoint the hearing, or appoint it anew."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        at = dt.datetime.combine(day("day"), clock_time("time"), uow.settings.time_zone)
        appointments.schedule(uow, id, at, sent.get("place", ""), sent.get("form", ""))

    said = _("The hearing is appointed. Print the notice and hand it over today.")
    return _act(id, "appoint", work, said)


@bp.post("/appeals/<id>/hearing/attend")
@access("appeal.process")
def attend(id: str) -> Answer:
    """Record one person as present."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        attendance.attend(
            uow,
            id,
            choice(Capacity, "capacity"),
            sent.get("person") or None,
            sent.get("name", ""),
            bool(sent.get("related")),
        )

    return _act(id, "attend", work, _("Recorded as present."))


@bp.post("/appeals/<id>/hearing/open")
@access("appeal.process")
def open_(id: str) -> Answer:
    """Open the hearing."""
    return _act(id, "open", lambda uow: sitting.open_hearing(uow, id), _("The hearing is open."))


@bp.post("/appeals/<id>/hearing/own-work")
@access("appeal.process")
def confirm_own_work(id: str) -> Answer:
    """Record whether the appellant knows the works as his own."""
    sent = request.form
    answer, way, note = (sent.get(name, "") for name in ("answer", "way", "note"))
    return _act(
        id,
        "own-work",
        lambda uow: own_work.confirm_own(uow, id, answer, way, note),
        _("The answer is recorded."),
    )


@bp.post("/appeals/<id>/hearing/vote")
@access("appeal.process")
def vote(id: str) -> Answer:
    """Record one member's vote."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        outcome = choice(Outcome, "outcome")
        votes.vote(uow, id, sent.get("person", ""), outcome, sent.get("dissent", ""))

    return _act(id, "vote", work, _("The vote is recorded."))


@bp.post("/appeals/<id>/hearing/decide")
@access("appeal.process")
def decide(id: str) -> Answer:
    """Close the hearing with its decision."""
    reasons = request.form.get("reasons", "")
    return _act(
        id,
        "decide",
        lambda uow: decisions.decide(uow, id, reasons),
        _("Decided. Now every member who took part signs the protocol."),
        onward="hearing.protocol",
    )


@bp.get("/appeals/<id>/protocol")
@access("appeal.see")
def protocol(id: str) -> str:
    """The protocol, read back, with its signatures."""
    return _protocol(id)


def _protocol(appeal_id: str, error: Refusal = None, bad: str = "") -> str:
    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, appeal_id)
        return render_template(
            "appeals/protocol.html",
            c=found,
            a=found.appeal,
            p=found.signing.protocol,
            signed={row.person_id: row for row in found.signing.signatures},
            error=explain(error),
            bad=bad,
            next=next_page(found),
            **WORDS,
        )

    return look(draw)


@bp.post("/appeals/<id>/protocol/sign")
@access("appeal.process")
def sign(id: str) -> Answer:
    """One member signs, at a shared computer too."""
    sent = request.form
    person, pin, content = (sent.get(name, "") for name in ("person", "pin", "content"))
    return act(
        lambda uow: signatures.sign(uow, id, person, pin, content),
        done=lambda _result: go_on("hearing.protocol", _("Signed."), id=id),
        refused=lambda error: _protocol(id, error, person),
    )
