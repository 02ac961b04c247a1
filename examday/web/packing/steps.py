"""The steps with a packet: putting in and taking out, closing, handing over."""

from flask import request

from examday.i18n import gettext as _
from examday.services.packing import (
    commission_packages,
    handing_over,
    packets,
    sealing,
    single_things,
)
from examday.web.access import access
from examday.web.acts import Answer, Step, act, go_on
from examday.web.custody import counts
from examday.web.packing import packet
from examday.web.packing.blueprint import bp


def _step(
    id: str,
    action: str,
    step: Step[object],
    said: str,
) -> Answer:
    """Run a step with a packet; refused: the same page with everything typed."""
    return act(
        step,
        done=lambda _result: go_on("packing.packet", said, id=id),
        refused=lambda error: packet.page(id, action, error),
    )


@bp.post("/packet/<id>/put")
@access("pack")
def put(id: str) -> Answer:
    """Lay a scanned thing into the packet."""
    typed = request.form.get("code", "")
    return _step(
        id,
        "put",
        lambda uow: single_things.put(uow, id, packets.thing(uow, typed).id),
        _("It lies in the packet now."),
    )


@bp.post("/packet/<id>/take-out")
@access("pack")
def take_out(id: str) -> Answer:
    """Take one thing out again."""
    typed, reason = request.form.get("code", ""), request.form.get("reason", "")
    return _step(
        id,
        "take-out",
        lambda uow: single_things.take_out(uow, packets.thing(uow, typed).id, reason),
        _("It is out of the packet."),
    )


@bp.post("/packet/<id>/seal")
@access("pack")
def seal(id: str) -> Answer:
    """Close the packet with counts."""
    sent = request.form
    return _step(
        id,
        "seal",
        lambda uow: sealing.seal(
            uow, id, counts.read(sent), sent.get("note", ""), sent.get("seen")
        ),
        _("The packet is closed. It can be handed over."),
    )


@bp.post("/packet/<id>/reopen")
@access("pack")
def reopen(id: str) -> Answer:
    """Open a closed packet again."""
    sent = request.form
    return _step(
        id,
        "reopen",
        lambda uow: sealing.reopen(uow, id, sent.get("reason", ""), sent.get("seen")),
        _("The packet is open again."),
    )


@bp.post("/packet/<id>/hand-over")
@access("handover")
def hand_over(id: str) -> Answer:
    """Hand the packet over."""
    sent = request.form
    return _step(
        id,
        "hand-over",
        lambda uow: handing_over.hand_over(
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
    sent = request.form
    return _step(
        id,
        "empty",
        # The fingerprint of the contents: the page may have lain open while others packed.
        lambda uow: commission_packages.empty(
            uow,
            id,
            counts.read(sent),
            sent.get("note", ""),
            sent.get("seen"),
            sent.get("codes", "").splitlines(),
        ),
        _("The envelopes are in your hands now."),
    )


@bp.post("/packet/<id>/remove")
@access("pack")
def remove(id: str) -> Answer:
    """Take an empty packet out of the list, and go back to the page where that was asked for."""
    said, day = _("The empty packet is out of the list."), request.form.get("day", "")
    return act(
        lambda uow: sealing.remove(uow, id),
        done=lambda _made: (
            go_on("board.close", said, day=day) if day else go_on("packing.index", said)
        ),
        refused=lambda error: packet.page(id, "remove", error),
    )
