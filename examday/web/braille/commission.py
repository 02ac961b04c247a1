"""The tiflo-translator commission: works and hands, size, working time, incidents, suspension,
progress report."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.braille.commission import worked
from examday.domain.custody.lifecycle import STATE_NAMES
from examday.domain.errors import DomainError
from examday.domain.people.roles import Role
from examday.domain.transfer.duties import PART_NAMES
from examday.i18n import gettext as _
from examday.services.braille import commission
from examday.services.people.directory import people_with
from examday.services.printing import documents
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.session import store

bp = Blueprint("commission", __name__)


@bp.get("/commission")
@access("braille.desk")
def index() -> str:
    """The commission on one page."""
    return _show()


def _show(error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        board = commission.board(uow)
        names = {person.id: person.name for person in board.people}
        here = {stay.person_id for stay in board.stays if stay.end is None}
        return render_template(
            "braille/commission/index.html",
            b=board,
            names=names,
            here=here,
            note_names=commission.NOTE_NAMES,
            exams=list({work.exam_id: work.exam for work, _hands in board.works}.values()),
            documents=documents.OF_COMMISSION,
            titles=documents.DOCUMENT_NAMES,
            parts=PART_NAMES,
            states=STATE_NAMES,
            time=worked(board.stays, uow.now()),
            members=people_with(uow, {Role.EXAM_BOARD_MEMBER}),
            places={
                work.id: f"{work.seat.room.number}-{work.seat.place}"
                for work, _hands in board.works
            },
            error=error and " ".join(translate(error)),
            sent=request.form if error else {},
            me=g.actor.person_id,
        )


def _do(work: Callable[[UnitOfWork], Any], done: str) -> Response | tuple[str, int]:
    try:
        with store().begin(g.actor) as uow:
            work(uow)
    except DomainError as error:
        return _show(error), status_of(error)
    flash(done)
    return redirect(url_for("commission.index"), 303)


@bp.post("/commission/give")
@access("braille.lead")
def give() -> Response | tuple[str, int]:
    """Give a work to a translator; that somebody may not get it is kept with its reason."""
    work, part, person = (request.form.get(name, "") for name in ("work", "part", "person"))
    try:
        with store().begin(g.actor) as uow:
            commission.give(uow, work, part, person)
    except DomainError as error:
        if error.code == "may-not-get":
            with store().begin(g.actor) as uow:
                commission.refused(uow, work, part, person, str(error.params["reason"]))
        return _show(error), status_of(error)
    flash(_("Given out."))
    return redirect(url_for("commission.index"), 303)


@bp.post("/commission/note")
@access("braille.desk")
def note() -> Response | tuple[str, int]:
    """Come, go, incident."""
    sent = request.form
    return _do(
        lambda uow: commission.note(
            uow,
            sent.get("kind", ""),
            sent.get("person") or None,
            sent.get("text", ""),
            sent.get("work") or None,
        ),
        _("Recorded."),
    )


@bp.post("/commission/suspend")
@access("braille.lead")
def suspend() -> Response | tuple[str, int]:
    """Take a translator off work, or back on, with consent."""
    sent = request.form
    return _do(
        lambda uow: commission.suspend(
            uow,
            sent.get("person", ""),
            sent.get("text", ""),
            sent.get("consent", ""),
            sent.get("pin", ""),
            resume=bool(sent.get("resume")),
        ),
        _("Recorded."),
    )
