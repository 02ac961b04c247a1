"""One packet: what lies in it, and the steps with it."""

from flask import render_template, request

from examday.domain.custody.counts import PURPOSE_NAMES, Check, Purpose
from examday.domain.custody.kit import KIND_NAMES
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.packing import packet_page
from examday.web.access import access
from examday.web.acts import look
from examday.web.custody import counts
from examday.web.custody.papers import PAPER_WORDS
from examday.web.packing.blueprint import STATE_WORDS, bp
from examday.web.words import Figure


@bp.get("/packet/<id>")
@access("custody.see")
def packet(id: str) -> str:
    """Show one packet: what lies in it and the next step with it."""
    return page(id)


@bp.post("/packet/<id>/check")
@access("pack")
def check(id: str) -> str:
    """Compare scanned codes with what should lie in the packet. Changes nothing."""
    lines = request.form.get("codes", "").split("\n")
    return page(id, "check", check=look(lambda uow: packet_page.compare(uow, id, lines)))


def page(
    id: str,
    action: str = "",
    error: DomainError | None = None,
    check: Check | None = None,
) -> str:
    """Return the packet; after a refused step (`action`) with everything that was typed."""
    shown = look(lambda uow: packet_page.packet(uow, id))
    return render_template(
        "packing/packet.html",
        packet=shown.packet,
        purpose=shown.purpose,
        purposes=PURPOSE_NAMES,
        inside=shown.inside,
        seats=shown.seats,
        contents=shown.contents,
        word=STATE_WORDS[shown.packet.state],
        by_id={i.id: i for i in [shown.packet, *shown.inside]},
        lines=shown.journal,
        seen=shown.seen,
        names=shown.names,
        counts=_figures(shown),
        receivers=shown.receivers,
        action=action,
        # On a page of its own: the list beside the form would be copied instead of counted.
        listed=request.args.get("show") == "contents",
        **_refusal(shown, action, error),
        **PAPER_WORDS,
        check=check,
    )


def _refusal(
    shown: packet_page.PacketPage, action: str, error: DomainError | None
) -> dict[str, object]:
    """Return what was typed, and why it was refused."""
    bad = counts.refused_entry(error)
    fields = counts.fields(shown.contents, request.form, error)
    # Two forms of the page ask for a reason, and two for a code: their ids name the step.
    scanned = {"put": "code", "take-out": "code-out"}.get(action, "") if error else ""
    place = f"reason-{action}" if bad == "reason" else scanned or counts.entry_id(bad, fields)
    return counts.form(shown.contents, error) | {"bad_id": place}


def _figures(shown: packet_page.PacketPage) -> list[Figure]:
    """Return the numbers of a packet that has gone; until then it is still to be counted blind."""
    # While it is here the numbers would be copied instead of counted.
    if not shown.gone or shown.purpose == Purpose.COMMISSION:
        return []
    return [
        Figure(_("number of works"), len(shown.seats)),
        *(Figure(_(KIND_NAMES[kind]), number) for kind, number in shown.contents.items()),
    ]
