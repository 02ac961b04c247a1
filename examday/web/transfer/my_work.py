"""«My work»: what waits for me, what I hold, and one button for the next thing to do."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.lifecycle import STATE_NAMES, Medium, State, allowed
from examday.domain.errors import DomainError, Invalid, NotFound, SamePerson
from examday.domain.messages import N_
from examday.domain.transfer.duties import PART_NAMES, PART_RULES, PARTS
from examday.i18n import gettext as _
from examday.services.transfer import assignments, reopening, signing
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.session import store
from examday.web.transfer.entry import row_version

bp = Blueprint("work", __name__)
KIND_WORDS: dict[str, tuple[str, str]] = {
    "verify": (N_("Verification of the copy"), N_("Verify the next copy")),
    "settle": (N_("Differences between key-ins"), N_("Settle the next work")),
    "copying": (N_("Copying onto the standard form"), N_("Copy the next work")),
    "keyin": (N_("Key-in from the original"), N_("Key in the next work")),
}
DESKS = {
    "keyin": "keyin.desk",
    "settle": "settle.desk",
    "copying": "copying.sheet",
    "verify": "verify.desk",
}
KIND_OF_PART = {part: kind for kind, some in assignments.KINDS.items() for part in some}


@bp.get("/work")
@access("find")
def index() -> str:
    """The queue of this person over all kinds of work."""
    with store().read(g.actor) as uow:
        queues = [queue(uow, kind) for kind in assignments.KINDS if mine(kind)]
        to_sign = signing.waiting(uow) if g.actor.may("sign") else []
        return render_template(
            "transfer/work/index.html", queues=queues, to_sign=to_sign, first=_first(queues)
        )


def _first(queues: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What comes next: what one has begun, then the work nearest to its end."""
    begun = [q for q in queues if q["held"]]
    return next(iter(begun or [q for q in queues if q["open"]]), None)


def mine(kind: str) -> bool:
    """May this person do this kind of work?"""
    return any(g.actor.may(PART_RULES[part].permission) for part in assignments.KINDS[kind])


def queue(uow: UnitOfWork, kind: str) -> dict[str, Any]:
    """One kind of work: what is held, what is open, in words."""
    offers = assignments.offers(uow, kind)
    title, label = KIND_WORDS[kind]
    return {
        "kind": kind,
        "title": _(title),
        "label": _(label),
        "held": [o for o in offers if o.held],
        "open": [o for o in offers if not o.held],
        "desk": DESKS[kind],
    }


def queue_page(kind: str, **more: Any) -> str:
    """The page of one kind of work; the families' index pages."""
    with store().read(g.actor) as uow:
        return render_template(f"transfer/{kind}/index.html", q=queue(uow, kind), **more)


def desk_of(kind: str, booklet_id: str) -> str:
    """Address of the desk for this work."""
    return url_for(DESKS[kind], booklet_id=booklet_id)


@bp.post("/work/next/<kind>")
@access("find")
def next_work(kind: str) -> Response:
    """Take the next work of a kind and go to its desk."""
    if kind not in assignments.KINDS:
        raise NotFound()
    with store().begin(g.actor) as uow:
        taken = assignments.next_work(uow, kind)
        where = taken and taken.booklet_id
    if where is None:
        flash(_("Nothing of this kind waits for you now."), "message")
        return redirect(url_for(f"{kind}.index"), 303)
    return redirect(desk_of(kind, where), 303)


@bp.post("/work/<booklet_id>/take")
@access("find")
def take(booklet_id: str) -> Response:
    """Take a part of this very work."""
    part = request.form.get("part", "")
    if part not in PARTS:
        raise Invalid()
    with store().begin(g.actor) as uow:
        assignments.take(uow, booklet_id, part)
    return redirect(desk_of(KIND_OF_PART[part], booklet_id), 303)


@bp.post("/work/<booklet_id>/release")
@access("find")
def release(booklet_id: str) -> Response:
    """Give a part back; what was entered stays in the own draft."""
    part = request.form.get("part", "")
    if part not in PARTS:
        raise Invalid()
    with store().begin(g.actor) as uow:
        assignments.release(uow, booklet_id, part)
    flash(_("Given back. The work waits for a colleague now."), "message")
    return redirect(url_for("work.index"), 303)


@bp.get("/work/<booklet_id>/reopen")
@access("reopen")
def reopen_form(booklet_id: str) -> str:
    """Start a transfer anew: what it means, and the reason."""
    return _reopen_page(booklet_id)


@bp.post("/work/<booklet_id>/reopen")
@access("reopen")
def reopen(booklet_id: str) -> Response | tuple[str, int]:
    """A new version from the scanned original; nothing is erased."""
    try:
        with store().begin(g.actor) as uow:
            reopening.reopen(
                uow, booklet_id, request.form.get("reason", ""), row_version(request.form)
            )
    except Invalid as error:
        return _reopen_page(booklet_id, error), status_of(error)
    flash(
        _(
            "Reopened: a new version begins with the key-in. Earlier readings and signatures are kept."
        ),
        "message",
    )
    return redirect(url_for("work.index"), 303)


def _reopen_page(booklet_id: str, error: DomainError | None = None) -> str:
    with store().read(g.actor) as uow:
        booklet = uow.get(Booklet, booklet_id)
        possible = any(
            m.action == "reopen" for m in allowed(State(booklet.state), Medium(booklet.medium))
        )
        return render_template(
            "transfer/work/reopen.html",
            booklet=booklet,
            possible=possible,
            reason=request.form.get("reason"),
            state=_(STATE_NAMES[State(booklet.state)]),
            error_title=error is not None,
            error=" ".join(translate(error)) if error else "",
        )


def offer_page(kind: str, booklet_id: str) -> tuple[str, int]:
    """Whoever opens a desk without having the part is told what is open, or why not."""
    with store().read(g.actor) as uow:
        booklet = uow.get(Booklet, booklet_id)
        free, why = _free_part(uow, booklet, kind)
        page = render_template(
            "transfer/work/offer.html",
            booklet=booklet,
            part=free,
            why=why,
            kind=kind,
            part_name=_(PART_NAMES[free]) if free else "",
            title=_(KIND_WORDS[kind][0]),
            held=_held_by(uow, booklet, kind) if g.actor.may("reopen") else [],
        )
    return page, 200 if free else 403


def _held_by(uow: UnitOfWork, booklet: Booklet, kind: str) -> list[tuple[str, str, str]]:
    """Part, its words, who has it: what the head can give back for a colleague who has left."""
    rows = [(part, assignments.holder(uow, booklet, part)) for part in assignments.KINDS[kind]]
    return [
        (part, _(PART_NAMES[part]), uow.get(Person, row.person_id).name)
        for part, row in rows
        if row is not None
    ]


def _free_part(uow: UnitOfWork, booklet: Booklet, kind: str) -> tuple[str, list[str]]:
    """The part this person could take now, or the reasons why none."""
    why: list[str] = []
    for part in assignments.KINDS[kind]:
        try:
            assignments.at_step(booklet, part)
            held = assignments.holder(uow, booklet, part)
            if held is not None:
                why.append(
                    _("%(part)s: a colleague has taken it.", part=_(PART_NAMES[part]).capitalize())
                )
                continue
            assignments.check(uow, booklet, part)
            return part, []
        except DomainError as error:
            why.append(
                " ".join(translate(error))
                if not isinstance(error, SamePerson)
                else translate(error)[0]
            )
    return "", list(dict.fromkeys(why))
