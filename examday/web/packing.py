"""«Упаковка»: certified works into packets, what lies in each, closing with counts, handing over
with an act."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.counts import PURPOSE_NAMES, Check, Purpose, check_contents
from examday.domain.custody.kit import KIND_NAMES, Kind
from examday.domain.custody.lifecycle import MEDIUM_NAMES, State
from examday.domain.custody.paper_codes import read_item_code, spaced
from examday.domain.errors import DomainError, Invalid, NotFound
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services import packing
from examday.services.custody import papers, views
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item
from examday.web.access import access
from examday.web.custody import counts
from examday.web.custody.papers import sheet_words, thing_name, version
from examday.web.errors import status_of, translate
from examday.web.session import store

bp = Blueprint("packing", __name__, url_prefix="/packing")
Answer = Response | tuple[str, int]
STATE_WORDS = {
    packing.OPEN: N_("packet open"),
    packing.SEALED: N_("packet closed"),
    packing.GONE: N_("packet handed over"),
    packing.EMPTIED: N_("opened by the commission"),
}
NEW = "new"


@bp.get("/")
@access("pack")
def index() -> str:
    """What waits to be packed, and the packets."""
    return _table()


def _table(error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        exams, works = views.to_pack(uow)
        ready = [b for b in works if b.state == State.CERTIFIED]
        return render_template(
            "packing/index.html",
            exams=exams,
            ready=ready,
            packed=[b for b in works if b.state == State.PACKED],
            done=next((b for b in works if b.id == request.args.get("packed")), None),
            unused=[b for b in works if b.state == State.NOT_USED and _unpacked(uow, b)],
            media=MEDIUM_NAMES,
            lines=[(exam, views.packets(uow, exam.id)) for exam in exams],
            counts=_counts(works),
            purposes=PURPOSE_NAMES,
            kinds=KIND_NAMES,
            words=STATE_WORDS,
            spaced=spaced,
            error=error and translate(error),
            typed=request.form.get("code", ""),
        )


def _unpacked(uow: UnitOfWork, booklet: Booklet) -> bool:
    return any(
        i.parent_id is None and i.state == packing.OPEN for i in papers.of_booklet(uow, booklet.id)
    )


def _counts(works: list[Booklet]) -> list[dict[str, Any]]:
    states = [State(b.state) for b in works if b.state not in (State.SPOILED, State.NOT_USED)]
    late = sum(s not in (State.CERTIFIED, State.PACKED, State.HANDED_OVER) for s in states)
    return [
        {"label": _("number of works"), "value": len(states)},
        {"label": _("not certified yet"), "value": late},
        {"label": _("to pack"), "value": states.count(State.CERTIFIED)},
        {"label": _("works packed"), "value": states.count(State.PACKED)},
        {"label": _("already handed over"), "value": states.count(State.HANDED_OVER)},
    ]


@bp.post("/scan")
@access("pack")
def scan() -> Answer:
    """A scanned code opens the packing of its work, or its packet."""
    try:
        with store().read(g.actor) as uow:
            kind, key = views.find(uow, request.form.get("code", ""))
    except DomainError as error:
        return _table(error), status_of(error)
    return redirect(url_for("packing.work" if kind == "booklet" else "packing.packet", id=key), 303)


@bp.post("/packets")
@access("pack")
def open_packet() -> Answer:
    """Begin a new packet."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            made = packing.open_packet(uow, sent.get("exam", ""), _purpose(sent.get("purpose", "")))
    except DomainError as error:
        return _table(error), status_of(error)
    flash(_("Packet %(code)s is open. Print its label and stick it on.", code=spaced(made.code)))
    return redirect(url_for("packing.packet", id=made.id), 303)


def _purpose(typed: str) -> Purpose:
    if typed not in set(Purpose):
        raise Invalid(N_("Choose what the packet is for."), code="purpose")
    return Purpose(typed)


@bp.get("/work/<id>")
@access("pack")
def work(id: str) -> str:
    """Pack one work, or take it out again."""
    return _work(id)


def _work(id: str, error: DomainError | None = None) -> str:
    sent = request.form
    with store().read(g.actor) as uow:
        booklet = uow.get(Booklet, id)
        things = [i for i in papers.of_booklet(uow, id) if i.state not in papers.VOID]
        kinds = (
            papers.expected(uow, booklet)
            if booklet.state == State.CERTIFIED
            else papers.countable(things)
        )
        return render_template(
            "packing/work.html",
            b=booklet,
            things=things,
            thing=thing_name,
            spaced=spaced,
            sent=sent,
            fields=counts.fields(kinds, sent, error),
            error=error and translate(error),
            code=error.code if error else "",
            choices={
                p: _choices(uow, booklet.exam_id, p) for p in (Purpose.STANDARD, Purpose.EVIDENCE)
            },
            evidence=any(i.kind in (Kind.ENVELOPE, *packing.HOLDS_EVIDENCE) for i in things),
            media=MEDIUM_NAMES,
            where={i.id: uow.get(Item, i.parent_id) for i in things if i.parent_id},
        )


def _choices(uow: UnitOfWork, exam_id: str, purpose: Purpose) -> list[tuple[str, str]]:
    found = [
        p for p in packing.packets(uow, exam_id) if p.sheet == purpose and p.state == packing.OPEN
    ]
    return [*((p.id, spaced(p.code)) for p in reversed(found)), (NEW, _("a new packet"))]


@bp.post("/work/<id>/pack")
@access("pack")
def pack(id: str) -> Answer:
    """Put a work into its packets."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            booklet = uow.get(Booklet, id)
            chosen = [
                _packet(uow, booklet, p, sent.get(p, ""))
                for p in (Purpose.STANDARD, Purpose.EVIDENCE)
            ]
            packing.pack(uow, id, *chosen, counts.read(sent), sent.get("note", ""), version(sent))
    except DomainError as error:
        return _work(id, error), status_of(error)
    return redirect(url_for("packing.index", packed=id), 303)


def _packet(uow: UnitOfWork, booklet: Booklet, purpose: Purpose, typed: str) -> str:
    return packing.open_packet(uow, booklet.exam_id, purpose).id if typed == NEW else typed


@bp.post("/work/<id>/unpack")
@access("pack")
def unpack(id: str) -> Answer:
    """Take a work out of its packets."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            packing.unpack(uow, id, sent.get("reason", ""), version(sent))
    except DomainError as error:
        return _work(id, error), status_of(error)
    flash(_("The work is out of its packets and waits to be packed again."))
    return redirect(url_for("packing.work", id=id), 303)


@bp.get("/packet/<id>")
@access("custody.see")
def packet(id: str) -> str:
    """One packet: what lies in it and the next step with it."""
    return _shown(id)


def _shown(
    id: str, action: str = "", error: DomainError | None = None, check: Check | None = None
) -> str:
    sent = request.form
    with store().read(g.actor) as uow:
        shown = uow.get(Item, id)
        if shown.kind != Kind.PACKET:
            raise NotFound()
        inside = papers.inside(uow, id)
        works = {i.booklet_id: uow.get(Booklet, i.booklet_id) for i in inside if i.booklet_id}
        seats = {key: f"{b.seat.room.number}-{b.seat.place}" for key, b in works.items()}
        contents = packing.contents(uow, shown)
        return render_template(
            "packing/packet.html",
            packet=shown,
            purpose=Purpose(shown.sheet),
            purposes=PURPOSE_NAMES,
            inside=inside,
            seats=seats,
            contents=contents,
            kinds=KIND_NAMES,
            word=STATE_WORDS[shown.state],
            thing=thing_name,
            sheet=sheet_words,
            spaced=spaced,
            by_id={i.id: i for i in [shown, *inside]},
            sent=sent,
            action=action,
            fields=counts.fields(contents, sent, error),
            error=error and translate(error),
            check=check,
            code=error.code if error else "",
            lines=views.handovers(uow, item_id=id),
            seen=packing.fingerprint(uow, shown),
            names=directory.names(uow),
            counts=_packet_counts(contents, len(works)) if shown.state == "handed_over" else [],
            receivers=views.receivers(uow, "handover", g.actor.person_id),
        )


def _packet_counts(contents: dict[Kind, int], works: int) -> list[dict[str, Any]]:
    return [
        {"label": _("number of works"), "value": works},
        *({"label": _(KIND_NAMES[kind]), "value": number} for kind, number in contents.items()),
    ]


def _do(id: str, action: str, service: Callable[[UnitOfWork], Any], said: str) -> Answer:
    """Run a step with a packet; refused: the same page with everything typed."""
    try:
        with store().begin(g.actor) as uow:
            service(uow)
    except DomainError as error:
        return _shown(id, action, error), status_of(error)
    flash(said)
    return redirect(url_for("packing.packet", id=id), 303)


@bp.post("/packet/<id>/put")
@access("pack")
def put(id: str) -> Answer:
    """Lay a scanned thing into the packet."""
    typed = request.form.get("code", "")
    return _do(
        id,
        "put",
        lambda uow: packing.put(uow, id, _thing(uow, typed).id),
        _("It lies in the packet now."),
    )


def _thing(uow: UnitOfWork, typed: str) -> Item:
    """A thing by our own code, or by its id from a button of the page."""
    return papers.find(uow, typed) if read_item_code(typed) else uow.get(Item, typed)


@bp.post("/packet/<id>/take-out")
@access("pack")
def take_out(id: str) -> Answer:
    """Take one thing out again."""
    sent = request.form
    return _do(
        id,
        "take-out",
        lambda uow: packing.take_out(
            uow, _thing(uow, sent.get("code", "")).id, sent.get("reason", "")
        ),
        _("It is out of the packet."),
    )


@bp.post("/packet/<id>/check")
@access("pack")
def check(id: str) -> str:
    """Compare scanned codes with what should lie in the packet. Changes nothing."""
    typed = request.form.get("codes", "").split("\n")
    with store().read(g.actor) as uow:
        wanted = [i.code.partition("/")[0] for i in papers.inside(uow, id) if i.parent_id == id]
    scanned = [read_item_code(line) or "".join(line.split()) for line in typed if line.strip()]
    return _shown(id, "check", check=check_contents(wanted, scanned))


@bp.post("/packet/<id>/seal")
@access("pack")
def seal(id: str) -> Answer:
    """Close the packet with counts."""
    sent = request.form
    return _do(
        id,
        "seal",
        lambda uow: packing.seal(
            uow, id, counts.read(sent), sent.get("note", ""), sent.get("seen")
        ),
        _("The packet is closed. It can be handed over."),
    )


@bp.post("/packet/<id>/reopen")
@access("pack")
def reopen(id: str) -> Answer:
    """Open a closed packet again."""
    sent = request.form
    return _do(
        id,
        "reopen",
        lambda uow: packing.reopen(uow, id, sent.get("reason", ""), sent.get("seen")),
        _("The packet is open again."),
    )


@bp.post("/packet/<id>/hand-over")
@access("handover")
def hand_over(id: str) -> Answer:
    """Hand the packet over."""
    sent = request.form
    return _do(
        id,
        "hand-over",
        lambda uow: packing.hand_over(
            uow,
            id,
            sent.get("to", ""),
            sent.get("pin", ""),
            counts.read(sent),
            sent.get("note", ""),
            sent.get("seen"),
        ),
        _("The packet is handed over. Print the act and let both sign it."),
    )


@bp.post("/packet/<id>/empty")
@access("pack")
def empty(id: str) -> Answer:
    """The commission opens its package."""
    seen = request.form.get("seen")
    return _do(
        id,
        "empty",
        lambda uow: packing.empty(uow, id, seen),
        _("The envelopes are in your hands now."),
    )
