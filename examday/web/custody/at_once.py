"""One step for a whole room: the works as a table, odd ones taken out, one button."""

from flask import render_template, request
from werkzeug.wrappers import Response

from examday.domain.custody.counts import Counted
from examday.domain.errors import DomainError
from examday.i18n import ngettext
from examday.services.custody import handing
from examday.services.custody.room import at_once, waiting_works
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.custody import counts
from examday.web.custody.blueprint import bp
from examday.web.custody.papers import PAPER_WORDS


@bp.get("/room/<exam_id>/<room_id>/all/enlarge")
@access("custody.enlarge")
def enlarge_room(exam_id: str, room_id: str) -> str:
    """Show the kits of a room that wait for their A3 sheets."""
    return _page(exam_id, room_id, waiting_works.ENLARGE)


@bp.post("/room/<exam_id>/<room_id>/all/enlarge")
@access("custody.enlarge")
def enlarge_all(exam_id: str, room_id: str) -> Answer:
    """Record the A3 sheets of the chosen kits."""
    sent = request.form

    def done(number: int) -> Response:
        said = ngettext(
            "The enlarged sheets of %(n)s kit are recorded. Print their labels and stick them on.",
            "The enlarged sheets of %(n)s kits are recorded. Print their labels and stick them on.",
            number,
        )
        return go_on("custody.room", said, exam_id=exam_id, room_id=room_id)

    return act(
        lambda uow: at_once.enlarge(
            uow, sent.getlist("work"), sent.get("witness", ""), sent.getlist("sheet")
        ),
        done=done,
        refused=lambda error: _page(exam_id, room_id, waiting_works.ENLARGE, error),
    )


@bp.get("/room/<exam_id>/<room_id>/all/collect")
@access("custody.collect")
def collect_room(exam_id: str, room_id: str) -> str:
    """Show the works of a room that are still with their candidates."""
    return _page(exam_id, room_id, waiting_works.COLLECT)


@bp.post("/room/<exam_id>/<room_id>/all/collect")
@access("custody.collect")
def collect_all(exam_id: str, room_id: str) -> Answer:
    """Collect the works that were counted; who still writes is left out, and named."""
    sent = request.form

    def done(found: Counted) -> Response:
        counts.say_differing(found)
        left = set(sent.getlist("work")) - set(counts.of_works(sent, leaving_out=True))
        shown = look(
            lambda uow: waiting_works.waiting(uow, exam_id, room_id, waiting_works.COLLECT)
        )
        counts.say_left_out(b.seat.place for b in shown.works if b.id in left)
        said = ngettext(
            "%(n)s work is collected. Write the code of each envelope on it, or stick its label on.",
            "%(n)s works are collected. Write the code of each envelope on it, or stick its label on.",
            found.done,
        )
        return go_on("custody.room", said if found.done else "", exam_id=exam_id, room_id=room_id)

    return act(
        lambda uow: at_once.collect(uow, counts.of_works(sent, leaving_out=True)),
        done=done,
        refused=lambda error: _page(exam_id, room_id, waiting_works.COLLECT, error),
    )


@bp.get("/room/<exam_id>/<room_id>/all/hand")
@access("custody.hand")
def hand_room(exam_id: str, room_id: str) -> str:
    """Show the works of a room that are in the hands of the person who looks."""
    return _page(exam_id, room_id, waiting_works.HAND)


@bp.post("/room/<exam_id>/<room_id>/all/hand")
@access("custody.hand")
def hand_all(exam_id: str, room_id: str) -> Answer:
    """Hand the works that were counted to a colleague, who confirms once."""
    sent = request.form

    def done(found: Counted) -> Response:
        counts.say_differing(found)
        said = ngettext("%(n)s work changed hands.", "%(n)s works changed hands.", found.done)
        return go_on("custody.room", said if found.done else "", exam_id=exam_id, room_id=room_id)

    return act(
        lambda uow: handing.hand_all(
            uow, sent.get("to", ""), sent.get("pin", ""), counts.of_works(sent)
        ),
        done=done,
        refused=lambda error: _page(exam_id, room_id, waiting_works.HAND, error),
    )


def _page(
    exam_id: str,
    room_id: str,
    step: str,
    error: DomainError | None = None,
) -> str:
    shown = look(lambda uow: waiting_works.waiting(uow, exam_id, room_id, step))
    sent = request.form
    return render_template(
        f"custody/room/{step}.html",
        s=shown,
        chosen=set(sent.getlist("work")) if sent else {b.id for b in shown.works},
        kinds_asked=list(dict.fromkeys(k for b in shown.works for k in shown.kinds[b.id])),
        wrong=counts.wrong_of_works(
            {b.id: b.seat.place for b in shown.works}, sent, error, step == waiting_works.COLLECT
        ),
        **counts.refusal(error),
        **PAPER_WORDS,
    )
