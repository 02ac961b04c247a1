"""A whole room into its packets: the works as a table, odd ones taken out, one button."""

from flask import render_template, request
from werkzeug.wrappers import Response

from examday.domain.custody.counts import Counted
from examday.domain.errors import DomainError
from examday.i18n import ngettext
from examday.services.packing.room import at_once, waiting
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.custody import counts
from examday.web.custody.papers import PAPER_WORDS
from examday.web.packing import choice
from examday.web.packing.blueprint import bp


@bp.get("/room/<exam_id>/<room_id>")
@access("pack")
def room(exam_id: str, room_id: str) -> str:
    """Show the works of a room that can be packed, before anything is written."""
    return _page(exam_id, room_id)


@bp.post("/room/<exam_id>/<room_id>")
@access("pack")
def pack_room(exam_id: str, room_id: str) -> Answer:
    """Put the chosen works into their packets."""
    sent = request.form
    return act(
        lambda uow: at_once.pack(uow, counts.of_works(sent), *choice.chosen(sent)),
        done=_packed,
        refused=lambda error: _page(exam_id, room_id, error),
    )


def _packed(found: Counted) -> Response:
    counts.say_differing(found)
    said = ngettext("%(n)s work is packed.", "%(n)s works are packed.", found.done)
    return go_on("packing.index", said if found.done else "")


def _page(exam_id: str, room_id: str, error: DomainError | None = None) -> str:
    shown = look(lambda uow: waiting.waiting(uow, exam_id, room_id))
    sent = request.form
    return render_template(
        "packing/room.html",
        s=shown,
        choices=choice.offered(shown.choices),
        chosen=set(sent.getlist("work")) if sent else {b.id for b in shown.works},
        kinds_asked=list(dict.fromkeys(k for b in shown.works for k in shown.kinds[b.id])),
        wrong=counts.wrong_of_works({b.id: b.seat.place for b in shown.works}, sent, error),
        **counts.refusal(error),
        **PAPER_WORDS,
    )
