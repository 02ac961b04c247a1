"""«Материалы»: issuing kits room by room with a hand scanner, enlarging, collecting with counts,
from hand to hand."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.kit import EXTRAS, KIND_NAMES, THING_NAMES, Kind
from examday.domain.custody.lifecycle import MEDIUM_NAMES, STATE_NAMES, Medium, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import DomainError, Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.i18n import gettext as _
from examday.services.custody import kits, papers, views
from examday.services.people import directory
from examday.services.people.directory import people_with
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item
from examday.web.access import access
from examday.web.custody import counts
from examday.web.custody.papers import sheet_words, thing_name, version
from examday.web.errors import status_of, translate
from examday.web.session import store

bp = Blueprint("custody", __name__, url_prefix="/custody")
Answer = Response | tuple[str, int]

TITLES = {
    "issue": N_("Issue the kit"),
    "assign": N_("Plan the kit for this seat"),
    "enlarge": N_("Enlarge to A3"),
    "collect": N_("Collect the work"),
    "extra": N_("Add paper"),
    "hand": N_("Hand over to a colleague"),
    "standard": N_("The candidate writes on the standard form"),
    "spoil": N_("The kit is spoiled"),
}
PERMISSION = {
    "issue": "custody.issue",
    "assign": "custody.issue",
    "enlarge": "custody.enlarge",
    "collect": "custody.collect",
    "extra": "custody.issue",
    "hand": "custody.hand",
    "standard": "custody.issue",
    "spoil": "custody.issue",
}
WRITING = (State.ISSUED, State.ENLARGED)


@bp.get("/")
@access("custody.see")
def index() -> str:
    """The rooms of the day and where everything is."""
    with store().read(g.actor) as uow:
        lines = views.rooms(uow)
        return render_template(
            "custody/index.html",
            lines=lines,
            kinds=KIND_NAMES,
            accounts=views.accounts(uow, views.newest_exams(uow)),
        )


@bp.get("/find")
@access("custody.see")
def find() -> Response:
    """A scanned or typed code opens its work or its packet."""
    with store().read(g.actor) as uow:
        kind, key = views.find(uow, request.args.get("code", ""))
    return redirect(
        url_for("custody.booklet", id=key)
        if kind == "booklet"
        else url_for("packing.packet", id=key)
    )


@bp.get("/room/<exam_id>/<room_id>")
@access("custody.see")
def room(exam_id: str, room_id: str) -> str:
    """One room: issue the kits one after the other."""
    return _room(exam_id, room_id)


@bp.post("/room/<exam_id>/<room_id>")
@access("custody.issue")
def issue_next(exam_id: str, room_id: str) -> Answer:
    """Issue the scanned kit to the seat whose turn it is, and go on to the next one."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            made = kits.issue(uow, sent.get("booklet", ""), sent.get("code", ""), version(sent))
    except DomainError as error:
        keep_alarm(sent.get("booklet", ""), sent.get("code", ""), error)
        return _room(exam_id, room_id, error), status_of(error)
    return redirect(url_for("custody.room", exam_id=exam_id, room_id=room_id, done=made.id), 303)


def _room(exam_id: str, room_id: str, error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        works = views.booklets(uow, [exam_id], room_id)
        if not works:
            raise NotFound()
        wanted = request.args.get("seat") or request.form.get("booklet")
        waiting = [b for b in works if b.state == State.REGISTERED]
        turn = next((b for b in waiting if b.id == wanted), waiting[0] if waiting else None)
        return render_template(
            "custody/room.html",
            works=works,
            turn=turn,
            media=MEDIUM_NAMES,
            room=works[0].seat.room,
            exam=works[0].exam,
            done=next((b for b in works if b.id == request.args.get("done")), None),
            counts=_counts(works),
            next_word=_next_word,
            error=error and translate(error),
            loud=isinstance(error, kits.DuplicateCode),
            typed=request.form.get("code", ""),
            spaced=spaced,
        )


def _counts(works: list[Booklet]) -> list[dict[str, Any]]:
    states = [State(b.state) for b in works if b.state != State.SPOILED]
    return [
        {"label": _("number of works"), "value": len(states)},
        {"label": _("to issue"), "value": states.count(State.REGISTERED)},
        {"label": _("with the candidates"), "value": sum(s in WRITING for s in states)},
        {
            "label": _("works collected"),
            "value": sum(s not in (*WRITING, State.REGISTERED, State.NOT_USED) for s in states),
        },
        {"label": _("standard form chosen"), "value": states.count(State.NOT_USED)},
    ]


def _next_word(booklet: Booklet) -> str:
    """What is to be done with a work of this room; empty when nothing is."""
    action = next_action(booklet)
    return _(TITLES[action]) if action in ("issue", "enlarge", "collect") else ""


def next_action(booklet: Booklet) -> str:
    """The step of custody that comes next; «hand» when the rest of the way is not custody's."""
    state, enlarged = State(booklet.state), booklet.medium == Medium.ENLARGED
    if state == State.REGISTERED:
        return "issue"
    if state == State.ISSUED and enlarged:
        return "enlarge"
    return "collect" if state in WRITING else "hand"


@bp.get("/work/<id>")
@access("custody.see")
def booklet(id: str) -> str:
    """The papers of one work and the next step with them."""
    return _work(id, "")


@bp.get("/work/<id>/<action>")
@access("custody.see")
def step(id: str, action: str) -> str:
    """The form of one other step."""
    if action not in TITLES:
        raise NotFound()
    return _work(id, action)


def _work(id: str, action: str, error: DomainError | None = None) -> str:
    sent = request.form
    with store().read(g.actor) as uow:
        work = uow.get(Booklet, id)
        things = papers.of_booklet(uow, id)
        chosen = action or next_action(work)
        kinds = (
            list(papers.expected(uow, work)) if chosen == "hand" else list(papers.countable(things))
        )
        return render_template(
            "custody/work.html",
            b=work,
            things=things,
            action=chosen,
            asked=bool(action),
            title=_(TITLES[chosen]),
            allowed=possible(work, chosen) and g.actor.may(PERMISSION[chosen]),
            others=_others(work, chosen),
            titles=TITLES,
            sent=sent,
            error=error and translate(error),
            code=error.code if error else "",
            loud=isinstance(error, kits.DuplicateCode),
            fields=counts.fields(kinds, sent, error),
            names=directory.names(uow),
            lines=views.handovers(uow, booklet_id=id),
            witnesses=people_with(uow, [Role.EXAM_BOARD_MEMBER]),
            extras=EXTRAS[Medium(work.medium)],
            kinds=KIND_NAMES,
            thing_names=THING_NAMES,
            thing=thing_name,
            sheets=[i for i in things if i.kind == Kind.STANDARD_SHEET],
            receivers=views.receivers(uow, "custody.hand", g.actor.person_id),
            media=MEDIUM_NAMES,
            states=STATE_NAMES,
            spaced=spaced,
            where=_where(uow, things),
            sheet=sheet_words,
            early=kits.rules_of(work).text("enlarging_not_before"),
            bad_field=_bad_field,
        )


def _bad_field(code: str, action: str, fields: list[dict[str, Any]]) -> str:
    """Id of the field that a refusal is about, for the link of the error summary."""
    differing = next((f["name"] for f in fields if f["error"]), fields[0]["name"] if fields else "")
    known = {
        "no-witness": "witness",
        "no-sheets": "sheet-1",
        "reason": "reason",
        "count-note": differing,
        "count-missing": differing,
        "count-number": differing,
        "wrong-secret": "pin",
        "wait": "pin",
        "locked": "pin",
        "same-hands": "to",
        "not-found": "to",
        "extra": "kind",
    }
    return known.get(code, "code" if action in ("issue", "assign", "extra") else "")


def possible(work: Booklet, action: str) -> bool:
    """Whether the state of the work allows the step at all (the service decides, this only hides
    dead buttons)."""
    state = State(work.state)
    if action in ("issue", "assign"):
        return state == State.REGISTERED
    if action == "enlarge":
        return state == State.ISSUED and work.medium == Medium.ENLARGED
    if action == "collect":
        return state == State.ENLARGED or (state == State.ISSUED and work.medium != Medium.ENLARGED)
    if action == "hand":
        return state not in (State.REGISTERED, State.PACKED, State.HANDED_OVER)
    return state in WRITING


def _others(work: Booklet, shown: str) -> list[str]:
    return [
        a
        for a in ("assign", "extra", "hand", "standard", "spoil")
        if a != shown and possible(work, a) and g.actor.may(PERMISSION[a])
    ]


def _where(uow: UnitOfWork, things: list[Item]) -> dict[str, str]:
    """Thing id → code of what it lies in."""
    return {i.id: spaced(uow.get(Item, i.parent_id).code) for i in things if i.parent_id}


def keep_alarm(booklet_id: str, typed: str, error: DomainError) -> None:
    """A number that is met twice is kept for the head of the point, though the step itself was
    refused."""
    if isinstance(error, kits.DuplicateCode):
        with store().begin(g.actor) as uow:
            kits.report_duplicate(uow, booklet_id, typed)


def _do(id: str, action: str, service: Callable[[UnitOfWork], Any], said: str) -> Answer:
    """Run a step; refused: the same form again with everything typed, done: the page of the work."""
    try:
        with store().begin(g.actor) as uow:
            service(uow)
    except DomainError as error:
        keep_alarm(id, request.form.get("code", ""), error)
        return _work(id, action, error), status_of(error)
    flash(said)
    return redirect(url_for("custody.booklet", id=id), 303)


@bp.post("/work/<id>/assign")
@access("custody.issue")
def assign(id: str) -> Answer:
    """Plan a kit for a seat."""
    sent = request.form
    return _do(
        id,
        "assign",
        lambda uow: kits.assign(uow, id, sent.get("code", ""), version(sent)),
        _("The kit is planned for this seat."),
    )


@bp.post("/work/<id>/issue")
@access("custody.issue")
def issue(id: str) -> Answer:
    """Issue a kit."""
    sent = request.form
    return _do(
        id,
        "issue",
        lambda uow: kits.issue(uow, id, sent.get("code", ""), version(sent)),
        _("The kit is issued."),
    )


@bp.post("/work/<id>/enlarge")
@access("custody.enlarge")
def enlarge(id: str) -> Answer:
    """Record the enlarged sheets."""
    sent = request.form
    return _do(
        id,
        "enlarge",
        lambda uow: kits.enlarge(
            uow, id, sent.get("witness", ""), tuple(sent.getlist("sheet")), version(sent)
        ),
        _("The enlarged sheets are recorded. Print their labels and stick them on."),
    )


@bp.post("/work/<id>/extra")
@access("custody.issue")
def extra(id: str) -> Answer:
    """Add paper during the exam."""
    sent = request.form
    return _do(
        id,
        "extra",
        lambda uow: kits.issue_extra(uow, id, *_extra(sent), version(sent)),
        _("The paper is added to this kit."),
    )


def _extra(sent: Any) -> tuple[Kind, int, str]:
    if sent.get("kind") not in set(Kind):
        raise Invalid(N_("Choose what is added."), code="extra")
    number = sent.get("number", "").strip() or "1"
    if not (number.isascii() and number.isdigit()):
        raise Invalid(
            N_("«%(typed)s» is not a count: write a whole number."),
            code="count-number",
            params={"typed": number[:20]},
        )
    return Kind(sent["kind"]), int(number), sent.get("code", "")


@bp.post("/work/<id>/standard")
@access("custody.issue")
def standard(id: str) -> Answer:
    """The candidate takes the standard form."""
    sent = request.form
    return _do(
        id,
        "standard",
        lambda uow: kits.choose_standard(uow, id, sent.get("reason", ""), version(sent)),
        _("Recorded: this candidate writes on the standard form; nothing will be transferred."),
    )


@bp.post("/work/<id>/spoil")
@access("custody.issue")
def spoil(id: str) -> Answer:
    """Void the kit; its seat waits for another one."""
    sent, made = request.form, []
    answer = _do(
        id,
        "spoil",
        lambda uow: made.append(kits.spoil(uow, id, sent.get("reason", ""), version(sent)).id),
        _("The kit is void. Issue another one to the same seat."),
    )
    return (
        redirect(url_for("custody.booklet", id=made[0]), 303)
        if isinstance(answer, Response)
        else answer
    )


@bp.post("/work/<id>/collect")
@access("custody.collect")
def collect(id: str) -> Answer:
    """Take the work from the candidate."""
    sent = request.form
    return _do(
        id,
        "collect",
        lambda uow: kits.collect(uow, id, counts.read(sent), sent.get("note", ""), version(sent)),
        _("The work is collected. Write the code of the envelope on it, or stick its label on."),
    )


@bp.post("/work/<id>/hand")
@access("custody.hand")
def hand(id: str) -> Answer:
    """Give the work to a colleague."""
    sent = request.form
    return _do(
        id,
        "hand",
        lambda uow: kits.hand(
            uow,
            id,
            sent.get("to", ""),
            sent.get("pin", ""),
            counts.read(sent),
            sent.get("note", ""),
            version(sent),
        ),
        _("Handed over and confirmed."),
    )
