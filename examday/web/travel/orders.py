"""An order of the centre at the station: what it would do, then a yes with the own secret."""

import json

from flask import g, render_template, request

from examday.domain.errors import DomainError
from examday.domain.travel.letters import Letter, parse
from examday.i18n import gettext as _
from examday.services.travel.orders import carrying, seeing
from examday.web.access import access
from examday.web.acts import Answer, attempt, go_on
from examday.web.errors import SECRET, translate
from examday.web.session import store
from examday.web.travel.blueprint import bp
from examday.web.travel.station import station_page

ENTRIES = {"transferrer": "copier", "second_reader": "reader", "asked": "asked"}
"""Argument of the use case → entry of the page."""


def order_page(letter: Letter, error: DomainError | None = None) -> str:
    """What the order would do here; nothing does. Its refusals go on to whoever asks."""
    seen = seeing.look(store(), g.actor, letter)
    return render_template(
        "travel/order.html",
        seen=seen,
        copiers=[(one.id, one.name) for one in seen.hands.copiers] if seen.hands else [],
        readers=[(one.id, one.name) for one in seen.hands.readers] if seen.hands else [],
        letter=json.dumps(letter, ensure_ascii=False),
        error=error and (_entry(error), *translate(error)),
        sent=request.form,
    )


def _entry(error: DomainError) -> str:
    """Return the entry that a refusal is about; empty where it is about none."""
    return "secret" if error.code in (*SECRET, "own-secret-first") else ENTRIES.get(error.field, "")


@bp.post("/order")
@access("travel.carry")
def obey() -> Answer:
    """Carry the order out, which its page has shown."""
    text = request.form.get("order", "")
    return attempt(
        lambda: _carry_out(text),
        done=lambda new: go_on("travel.index", said=_told(new)),
        refused=lambda error: _refused(text, error),
    )


def _told(new: bool) -> str:
    if new:
        return _("The order was carried out.")
    return _("This order was carried out before; nothing was changed.")


def _carry_out(text: str) -> bool:
    said = carrying.Yes(
        person=g.person.id,
        secret=request.form.get("secret", ""),
        copier=request.form.get("copier", ""),
        reader=request.form.get("reader", ""),
        asked="asked" in request.form,
        take_away="take_away" in request.form,
        report=request.form.get("report", ""),
    )
    return carrying.carry_out(store(), g.actor, parse(text.encode()), said)


def _refused(text: str, error: DomainError) -> str:
    """The order's page, or the station's where the order cannot be shown."""
    shown = attempt(
        lambda: order_page(parse(text.encode()), error),
        done=lambda page: page,
        refused=lambda _other: station_page(error, "letter"),
    )
    return shown[0] if isinstance(shown, tuple) else str(shown)
