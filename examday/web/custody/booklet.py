"""The page of one work (thread, next step, readings, custody, signatures, history), and finding a
work by its code."""

import datetime as dt
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.board import OFF_THE_WAY, WAITS_FOR
from examday.domain.custody.kit import KIND_NAMES
from examday.domain.custody.lifecycle import MEDIUM_NAMES, MOVES, NEXT_ACTION, Medium, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.events import read_data
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.i18n import gettext as _
from examday.services.custody import dossier, search
from examday.storage.tables import Booklet
from examday.web.access import access
from examday.web.custody.papers import thing_name
from examday.web.session import store
from examday.web.words import SOURCE_NAMES

bp = Blueprint("booklet", __name__)
NEXT_PAGES: dict[State, tuple[str, ...]] = {
    State.REGISTERED: ("custody.booklet", "custody.index"),
    State.ISSUED: ("custody.booklet", "custody.index"),
    State.ENLARGED: ("custody.booklet", "custody.index"),
    State.COLLECTED: ("scans.index",),
    State.SCANNED: ("keyin.desk", "keyin.index"),
    State.KEYED: ("settle.desk", "settle.index"),
    State.SETTLED: ("copying.sheet", "copying.index"),
    State.COPIED: ("scans.index",),
    State.COPY_SCANNED: ("verify.desk", "verify.index"),
    State.VERIFIED: ("sign.sheet", "sign.index"),
    State.CERTIFIED: ("packing.work", "packing.index"),
    State.PACKED: ("packing.work", "packing.index"),
}
"""Where the next step is done; the first page that exists is the one."""


@bp.get("/booklets/<id>")
@access("work.see")
def show(id: str) -> str:
    """The page of one work."""
    with store().read(g.actor) as uow:
        found = dossier.show(uow, id)
    return render_template(
        "custody/booklet/show.html",
        d=found,
        b=found.booklet,
        step=next_step(found.booklet),
        sources=SOURCE_NAMES,
        slots=SLOT_NAMES,
        roles=ROLE_NAMES,
        kinds=KIND_NAMES,
        media=MEDIUM_NAMES,
        thing=thing_name,
        spaced=spaced,
        events=[_event(row, found.names) for row in found.events],
    )


def next_step(booklet: Booklet) -> dict[str, str] | None:
    """The one next step: its words and address, or whom it waits for when it is not this person's
    to do."""
    state = State(booklet.state)
    if state in OFF_THE_WAY or state not in NEXT_ACTION:
        return None
    medium = Medium(booklet.medium)
    rights = {
        m.permission
        for m in MOVES
        if m.source == state
        and (not m.media or medium in m.media)
        and m.action not in ("choose_standard", "spoil", "reopen", "copy_again", "unpack")
    }
    mine = any(g.actor.may(right) for right in rights)
    return {
        "label": _(NEXT_ACTION[state]),
        "url": _address(state, medium, booklet.id) if mine else "",
        "waits": _("Waits for %(who)s", who=_(WAITS_FOR[state])),
    }


def _address(state: State, medium: Medium, booklet_id: str) -> str:
    braille = state is State.SCANNED and medium is Medium.BRAILLE and g.actor.may("braille.desk")
    for endpoint in (("braille.desk",) if braille else ()) + NEXT_PAGES[state]:
        if endpoint in current_app.view_functions:
            rule = next(r for r in current_app.url_map.iter_rules(endpoint))
            return url_for(endpoint, **{name: booklet_id for name in rule.arguments})
    return ""


def _event(row: Any, names: dict[str, str]) -> dict[str, Any]:
    data = read_data(row.data)
    return {
        "seq": row.seq,
        "at": dt.datetime.fromisoformat(row.at),
        "kind": row.kind,
        "reason": data.get("reason", ""),
        "who": names.get(
            row.actor, _("the program itself") if row.actor.startswith("system:") else "—"
        ),
    }


@bp.get("/find")
@access("find")
def find() -> str | Response:
    """By code, seat or number: one work opens at once, several are listed."""
    wanted = request.args.get("q", "").strip()
    with store().read() as uow:
        found = search.find(uow, wanted)
        packet = search.packet(uow, wanted) if not found and g.actor.may("custody.see") else None
    if packet:
        return redirect(url_for("packing.packet", id=packet))
    if len(found) == 1:
        return redirect(url_for("booklet.show", id=found[0].id))
    return render_template(
        "custody/find/index.html", wanted=wanted, found=found, media=MEDIUM_NAMES
    )
