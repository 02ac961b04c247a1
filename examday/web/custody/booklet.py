"""The page of one work (thread, next step, readings, custody, signatures, history), and finding a
work by its code.
"""

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for

from examday.domain.custody.lifecycle import Medium, State, next_act
from examday.domain.custody.paper_codes import spaced
from examday.domain.people.roles import ROLE_NAMES, is_program
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.readings import SOURCE_NAMES
from examday.i18n import gettext as _
from examday.services.appeals import lookup
from examday.services.custody import dossier
from examday.services.custody.dossier import Dossier
from examday.services.custody.pages.next_step import NextStep
from examday.web.access import access
from examday.web.acts import Answer, explain, look
from examday.web.custody.papers import PAPER_WORDS
from examday.web.words import who_may

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
}
"""Where the next step is done; the first page that exists is the one. A packed work is handed over
with its packet, so the page is that of the packet."""


@bp.get("/booklets/<id>")
@access("work.see")
def show(id: str) -> str:
    """Show the page of one work."""
    found = look(lambda uow: dossier.show(uow, id))
    step = _next_step(found)
    return render_template(
        "custody/booklet/show.html",
        d=found,
        b=found.booklet,
        step=step,
        counting=found.counts and request.args.get("show", "") != "papers",
        sources=SOURCE_NAMES,
        slots=SLOT_NAMES,
        roles=ROLE_NAMES,
        **PAPER_WORDS,
        events=found.events,
        who=lambda actor: _who(actor, found.names),
    )


def _next_step(shown: Dossier) -> dict[str, str] | None:
    """Return the one next step: its words and address, or whom it waits for when it is not this
    person's to do.
    """
    step = shown.next_step
    if step is None:
        return None
    label = _(next_act(step.state, step.medium))
    if _is_too_late(step):
        label = _("The candidate did not come")
    if step.package:
        label = _("Open the package %(code)s", code=spaced(step.package.code))
    return {
        "label": label,
        "url": _address(step, shown) if step.mine else "",
        "waits": _("Waits for %(who)s", who=_(step.waits_for)),
        "who_may": who_may(step.people),
    }


def _is_too_late(step: NextStep) -> bool:
    """Tell whether the day is over on which the kit could have been issued."""
    return step.over and step.state is State.REGISTERED


def _address(step: NextStep, shown: Dossier) -> str:
    if _is_too_late(step):
        return url_for("custody.step", id=shown.booklet.id, action="absent")
    if step.package:
        return url_for("packing.packet", id=step.package.id)
    if step.state is State.PACKED:
        return url_for("packing.packet", id=shown.packet_id) if shown.packet_id else ""
    braille = step.state is State.SCANNED and step.medium is Medium.BRAILLE
    # The Braille desk is for those who read it: others key a notebook in from the pictures, at the
    # desk for everybody.
    desk = ("braille.desk",) if braille and g.actor.may("braille.desk") else ()
    for endpoint in desk + NEXT_PAGES[step.state]:
        # Asked of the app: a page that is not there must not break the page of every work.
        if endpoint in current_app.view_functions:
            rule = next(r for r in current_app.url_map.iter_rules(endpoint))
            values: dict[str, Any] = dict.fromkeys(rule.arguments, shown.booklet.id)
            return url_for(endpoint, **values)
    return ""


def _who(actor: str, names: dict[str, str]) -> str:
    return names.get(actor, _("the program itself") if is_program(actor) else "—")


@bp.get("/find")
@access("find")
def find() -> Answer:
    """By code, seat, number of an appeal or surname: one hit opens at once, several are listed."""
    wanted = request.args.get("q", "").strip()
    found = look(lambda uow: lookup.find(uow, wanted))
    if found.packet_id:
        return redirect(url_for("packing.packet", id=found.packet_id))
    # A scanner ends with Enter: one hit opens at once, without another click.
    if len(found.cases) == 1:
        return redirect(url_for("appeals.case", id=found.cases[0].id))
    if len(found.works) == 1:
        return redirect(url_for("booklet.show", id=found.works[0].id))
    if found.wrong and found.wrong.code == "paper-code" and g.actor.may("ledger.see"):
        return redirect(url_for("ledger.verify", code=wanted))
    return render_template(
        "custody/find/index.html",
        wanted=wanted,
        found=found.works,
        cases=found.cases,
        most=lookup.MOST,
        wrong=explain(found.wrong),
        **PAPER_WORDS,
    )
