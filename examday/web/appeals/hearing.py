"""The hearing of an appeal: appointment, attendance, opening, votes, decision, protocol and its
signatures."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.appeals import casebook, cases, decisions, findings, hearings
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.appeals.cases import WORDS, next_page
from examday.web.errors import status_of, translate
from examday.web.forms import choice, clock_time, day
from examday.web.session import store

bp = Blueprint("hearing", __name__)


@bp.get("/appeals/<id>/hearing")
@access("appeal.process")
def page(id: str) -> str:
    """Everything of the hearing on one page, in the order in which it happens."""
    return _show(id)


def _show(appeal_id: str, error: DomainError | None = None, part: str = "") -> str:
    with store().read(g.actor) as uow:
        found = casebook.open_case(uow, appeal_id)
        soon = (
            found.hearing is not None
            and not found.appeal.exam.training
            and uow.today() < cases.day_of(uow, found.hearing)
        )
        return render_template(
            "appeals/hearing.html",
            c=found,
            a=found.appeal,
            error=error and " ".join(translate(error)),
            part=part,
            members=hearings.members_of(uow),
            staff=sorted(found.names.items(), key=lambda row: row[1]),
            soon=soon,
            undecided=findings.undecided(uow, found.appeal),
            sent=request.form if error else {},
            voters=[row for row in found.attendance if row.capacity in ("chair", "member")],
            voted={vote.person_id: vote for vote in found.votes},
            **WORDS,
        )


def _do(
    appeal_id: str, part: str, work: Callable[[UnitOfWork], Any], done: str
) -> Response | tuple[str, int]:
    try:
        with store().begin(g.actor) as uow:
            work(uow)
    except DomainError as error:
        return _show(appeal_id, error, part), status_of(error)
    flash(done)
    return redirect(url_for("hearing.page", id=appeal_id) + f"#{part}", 303)


@bp.post("/appeals/<id>/hearing/appoint")
@access("appeal.register")
def appoint(id: str) -> Response | tuple[str, int]:
    """Appoint the hearing, or appoint it anew."""
    sent = request.form

    def work(uow: UnitOfWork) -> None:
        at = dt.datetime.combine(day("day"), clock_time("time"), uow.settings.time_zone)
        hearings.schedule(uow, id, at, sent.get("place", ""), sent.get("form", ""))

    return _do(
        id, "appoint", work, _("The hearing is appointed. Print the notice and hand it over today.")
    )


@bp.post("/appeals/<id>/hearing/attend")
@access("appeal.process")
def attend(id: str) -> Response | tuple[str, int]:
    """Record one person as present."""
    sent = request.form
    return _do(
        id,
        "attend",
        lambda uow: hearings.attend(
            uow,
            id,
            choice(Capacity, "capacity"),
            sent.get("person") or None,
            sent.get("name", ""),
            bool(sent.get("related")),
        ),
        _("Recorded as present."),
    )


@bp.post("/appeals/<id>/hearing/open")
@access("appeal.process")
def open_(id: str) -> Response | tuple[str, int]:
    """Open the hearing."""
    return _do(id, "open", lambda uow: hearings.open_hearing(uow, id), _("The hearing is open."))


@bp.post("/appeals/<id>/hearing/own-work")
@access("appeal.process")
def own_work(id: str) -> Response | tuple[str, int]:
    """Record whether the appellant knows the works as his own."""
    sent = request.form
    return _do(
        id,
        "own-work",
        lambda uow: hearings.confirm_own(
            uow, id, sent.get("answer", ""), sent.get("way", ""), sent.get("note", "")
        ),
        _("The answer is recorded."),
    )


@bp.post("/appeals/<id>/hearing/vote")
@access("appeal.process")
def vote(id: str) -> Response | tuple[str, int]:
    """Record one member's vote."""
    sent = request.form
    return _do(
        id,
        "vote",
        lambda uow: hearings.vote(
            uow, id, sent.get("person", ""), choice(Outcome, "outcome"), sent.get("dissent", "")
        ),
        _("The vote is recorded."),
    )


@bp.post("/appeals/<id>/hearing/decide")
@access("appeal.process")
def decide(id: str) -> Response | tuple[str, int]:
    """Close the hearing with its decision."""
    answer = _do(
        id,
        "decide",
        lambda uow: decisions.decide(uow, id, request.form.get("reasons", "")),
        _("Decided. Now every member who took part signs the protocol."),
    )
    return (
        redirect(url_for("hearing.protocol", id=id), 303)
        if isinstance(answer, Response)
        else answer
    )


@bp.get("/appeals/<id>/protocol")
@access("appeal.see")
def protocol(id: str) -> str:
    """The protocol, read back, with its signatures."""
    return _protocol(id)


def _protocol(appeal_id: str, error: DomainError | None = None, bad: str = "") -> str:
    with store().read(g.actor) as uow:
        found = casebook.open_case(uow, appeal_id)
        signed = {row.person_id: row for row in found.signatures}
        return render_template(
            "appeals/protocol.html",
            c=found,
            a=found.appeal,
            p=found.protocol,
            signed=signed,
            error=error and " ".join(translate(error)),
            bad=bad,
            next=next_page(found),
            **WORDS,
        )


@bp.post("/appeals/<id>/protocol/sign")
@access("appeal.process")
def sign(id: str) -> Response | tuple[str, int]:
    """One member signs, at a shared computer too."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            decisions.sign(
                uow, id, sent.get("person", ""), sent.get("pin", ""), sent.get("content", "")
            )
    except DomainError as error:
        return _protocol(id, error, sent.get("person", "")), status_of(error)
    flash(_("Signed."))
    return redirect(url_for("hearing.protocol", id=id), 303)
