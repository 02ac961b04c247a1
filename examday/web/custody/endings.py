"""The steps of custody after the candidate's work: standard form, spoiled, collected, handed on.

They take a kit from the candidate, and from hand to hand.
"""

from flask import request

from examday.domain.custody.paper_codes import spaced
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.custody import handing
from examday.services.custody.room import collecting, taking_back, withdrawn_kits
from examday.web.access import access
from examday.web.acts import Answer, act, go_on
from examday.web.custody import counts
from examday.web.custody.blueprint import bp
from examday.web.custody.papers import version
from examday.web.custody.work import page, refused_step, run


@bp.post("/work/<id>/absent")
@access("custody.issue")
def absent(id: str) -> Answer:
    """The candidate did not come; back in the room, where the next seat waits for its kit."""
    said = _("Recorded: the candidate did not come. Whoever comes late can still get the kit.")
    return act(
        lambda uow: withdrawn_kits.mark_absent(uow, id, version(request.form)),
        done=lambda work: go_on(
            "custody.room", said, exam_id=work.exam_id, room_id=work.seat.room_id
        ),
        refused=lambda error: refused_step(id, "absent", error),
    )


@bp.post("/work/<id>/standard")
@access("custody.issue")
def standard(id: str) -> Answer:
    """The candidate takes the standard form."""
    sent = request.form
    return run(
        id,
        "standard",
        lambda uow: withdrawn_kits.choose_standard(uow, id, sent.get("reason", ""), version(sent)),
        _("Recorded: this candidate writes on the standard form; nothing will be transferred."),
    )


@bp.post("/work/<id>/spoil")
@access("custody.issue")
def spoil(id: str) -> Answer:
    """Void the kit; its seat waits for another one."""
    sent = request.form
    said = _("The kit is void. Issue another one to the same seat.")
    # The page of the new booklet, not of the void one: the seat waits for its kit.
    return act(
        lambda uow: withdrawn_kits.spoil(uow, id, sent.get("reason", ""), version(sent)),
        done=lambda replacement: go_on("custody.booklet", said, id=replacement.id),
        refused=lambda error: page(id, "spoil", error),
    )


@bp.post("/work/<id>/undo")
@access("custody.issue")
def undo(id: str) -> Answer:
    """Take back a step that was taken by mistake."""
    sent = request.form
    return run(
        id,
        "undo",
        lambda uow: taking_back.take_back(uow, id, sent.get("reason", ""), version(sent)),
        _("The step is taken back; what happened and why stays in the ledger."),
    )


@bp.post("/work/<id>/collect")
@access("custody.collect")
def collect(id: str) -> Answer:
    """Take the work from the candidate; the code of its envelope is told, to be written on it."""
    sent = request.form
    said = N_("The work is collected. Write %(code)s on the envelope, or stick its label on.")
    return act(
        lambda uow: collecting.collect(
            uow, id, counts.read(sent), sent.get("note", ""), version(sent)
        ),
        done=lambda envelope: go_on("custody.booklet", _(said, code=spaced(envelope.code)), id=id),
        refused=lambda error: refused_step(id, "collect", error),
    )


@bp.post("/work/<id>/hand")
@access("custody.hand")
def hand(id: str) -> Answer:
    """Give the work to a colleague."""
    sent = request.form
    return run(
        id,
        "hand",
        lambda uow: handing.hand(
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
