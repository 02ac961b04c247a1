"""«My work»: what waits for me, what I hold, and one button for the next thing to do."""

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from examday.domain.errors import NotFound
from examday.i18n import gettext as _
from examday.services.braille.notebook import given_out
from examday.services.custody.pages import breaks
from examday.services.transfer import assignments, offers
from examday.services.transfer.crew import counted
from examday.services.transfer.desks import signers
from examday.services.transfer.going_back import keyin_back, resting
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, change, go_on, look
from examday.web.transfer.offers import Queue, desk_of, mine, next_desk, queue

bp = Blueprint("work", __name__)
KIND_OF_PART = {part: kind for kind, some in offers.KINDS.items() for part in some}


@bp.get("/work")
@access("find")
def index() -> str:
    """Show the queue of this person over all kinds of work."""
    return look(_index)


def _index(uow: UnitOfWork) -> str:
    queues = [queue(uow, kind) for kind in offers.KINDS if mine(kind)]
    without_works = breaks.rooms_without_works(uow)
    to_sign = signers.waiting(uow, most=1) if g.actor.may("sign") else []
    return render_template(
        "transfer/work/index.html",
        queues=queues,
        to_sign=to_sign,
        first=_first(queues),
        to_describe=counted.to_describe(uow),
        handed_in=keyin_back.mine(uow) if g.actor.may("keyin.enter") else [],
        stated=resting.mine(uow),
        given=given_out.given(uow),
        without_works=without_works,
        written_now=breaks.written_now(uow, without_works),
    )


def _first(queues: list[Queue]) -> Queue | None:
    """Return what comes next: what one has begun, then the work nearest to its end."""
    begun = [q for q in queues if q.held]
    # Nearest to the end first (the order of KINDS): finished works leave the point earlier.
    return next(iter(begun or [q for q in queues if q.open]), None)


@bp.get("/work/waiting")
@access("find")
def waiting() -> Answer:
    """Return how many works wait for this person, as plain digits: the number in the title.

    «20+» where more wait than are counted.
    """
    number = look(counted.count_waiting)
    return Response(str(number), mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.post("/work/next")
@access("find")
def whatever_is_next() -> Response:
    """Take the next work of any kind, that of the kind just finished (`after`) first."""
    after = request.form.get("after", "")
    nothing = _("Nothing waits for you now.")
    return next_desk(after, "", lambda: go_on("work.index", nothing))


@bp.post("/work/next/<kind>")
@access("find")
def next_work(kind: str) -> Response:
    """Take the next work of a kind and go to its desk."""
    if kind not in offers.KINDS:
        raise NotFound()
    taken = change(lambda uow: offers.next_work(uow, kind))
    if taken is None:
        return go_on(f"{kind}.index", _("Nothing of this kind waits for you now."))
    return redirect(desk_of(kind, taken.booklet_id), 303)


@bp.post("/work/<booklet_id>/take")
@access("find")
def take(booklet_id: str) -> Response:
    """Take a part of this very work."""
    part = request.form.get("part", "")
    change(lambda uow: assignments.take(uow, booklet_id, part))
    return redirect(desk_of(KIND_OF_PART[part], booklet_id), 303)


@bp.post("/work/<booklet_id>/release")
@access("find")
def release(booklet_id: str) -> Response:
    """Give a part back; what was entered stays in the own draft."""
    part = request.form.get("part", "")
    change(lambda uow: assignments.release(uow, booklet_id, part))
    return go_on("work.index", _("Given back. The work waits for a colleague now."))
