"""«Стол ввода»: the original on the left, the fields on the right.

Nothing of anybody else's reading is shown anywhere.
"""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import Conflict, DomainError, Invalid, NotFound
from examday.i18n import gettext as _
from examday.services.transfer import drafts, keyin
from examday.services.transfer.desks import keyin as keyin_desk
from examday.services.transfer.going_back import keyin_back
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, change, go_on, look
from examday.web.errors import translate
from examday.web.transfer import entry
from examday.web.transfer.desks.keyin_desk import answered, desk_page
from examday.web.transfer.offers import desk_or_offer, next_desk, queue_page

bp = Blueprint("keyin", __name__)


@bp.get("/keyin")
@access("keyin.enter")
def index() -> str:
    """Show works that can be keyed in now."""
    return queue_page("keyin")


@bp.get("/keyin/<booklet_id>")
@access("keyin.enter")
def desk(booklet_id: str) -> Answer:
    """Show the desk of this person for this work; a Braille work has a desk of its own."""
    if look(lambda uow: keyin_desk.is_braille(uow, booklet_id)) and g.actor.may("braille.desk"):
        return redirect(url_for("braille.desk", booklet_id=booklet_id))
    return desk_or_offer(
        "keyin", booklet_id, lambda: look(lambda uow: _desk_or_done(uow, booklet_id))
    )


def _desk_or_done(uow: UnitOfWork, booklet_id: str) -> Answer:
    shown = keyin_desk.desk(uow, booklet_id)
    if shown.handed_in:
        return go_on("keyin.done", booklet_id=booklet_id)
    return desk_page(uow, shown)


@bp.post("/keyin/<booklet_id>/draft")
@access("keyin.enter")
def draft(booklet_id: str) -> Answer:
    """Autosave."""
    change(lambda uow: _save(uow, booklet_id))
    return "", 204


@bp.post("/keyin/<booklet_id>")
@access("keyin.enter")
def send(booklet_id: str) -> Answer:
    """Save, turn the page, add a page to a long answer, or hand in."""
    action = request.form.get("action", "save")
    more_of = action.removeprefix("add:") if action.startswith("add:") else ""
    # Saved whatever was pressed, so that a refusal below loses nothing.
    change(lambda uow: _save(uow, booklet_id, more_of))
    if action == "save" or action.startswith(("page:", "add:")):
        return go_on("keyin.desk", booklet_id=booklet_id, page=entry.turned_to(request.form))
    return _hand_in(booklet_id, action)


def _hand_in(booklet_id: str, action: str) -> Answer:
    def step(uow: UnitOfWork) -> None:
        shown = keyin_desk.desk(uow, booklet_id)
        keyin.submit(
            uow,
            booklet_id,
            shown.part,
            entry.read_values(request.form, shown.ids),
            blanks=answered(request.form),
            row_version=entry.row_version(request.form),
        )

    def done(_none: None) -> Response:
        def summary() -> Response:
            return go_on("keyin.done", booklet_id=booklet_id)

        # Whoever goes home now must not be handed a work that nobody else could then take.
        if action.endswith("_stop"):
            return summary()
        return next_desk("keyin", _("Handed in."), summary)

    def refused(error: DomainError) -> str:
        return look(lambda uow: desk_page(uow, keyin_desk.desk(uow, booklet_id), error))

    return act(step, done, refused, kinds=(Invalid,))


@bp.get("/keyin/<booklet_id>/done")
@access("keyin.enter")
def done(booklet_id: str) -> str:
    """Show what was handed in, and what comes next.

    Nothing about the other key-in but whether it is there.
    """
    return look(lambda uow: _done(uow, booklet_id))


def _done(uow: UnitOfWork, booklet_id: str, error: DomainError | None = None) -> str:
    shown = keyin_desk.desk(uow, booklet_id)
    # Before handing in there is no such page; it must not tell whether the colleague is done.
    if not shown.handed_in:
        raise NotFound()
    exam = entry.Exam(shown.alphabet, shown.fields.tasks)
    return render_template(
        "transfer/keyin/done.html",
        d=shown,
        booklet=shown.booklet,
        rows=entry.rows(shown.ids, shown.values, exam),
        moved_on=shown.moved_on,
        can_go_back=keyin_back.possible(shown.booklet),
        error=error and translate(error),
        error_title=error is not None,
        reason=request.form.get("reason", ""),
    )


@bp.post("/keyin/<booklet_id>/back")
@access("keyin.enter")
def take_back(booklet_id: str) -> Answer:
    """Take back what was handed in by mistake."""
    reason, seen = request.form.get("reason", ""), entry.row_version(request.form)
    said = _("Your key-in is with you again: put it right and hand it in. The ledger keeps both.")
    return act(
        lambda uow: keyin_back.take_back(uow, booklet_id, reason, seen),
        done=lambda _none: go_on("keyin.desk", said, booklet_id=booklet_id),
        refused=lambda error: look(lambda uow: _done(uow, booklet_id, error)),
        kinds=(Invalid, Conflict),
    )


def _save(uow: UnitOfWork, booklet_id: str, more_of: str = "") -> None:
    """Keep what was sent; `more_of`: the long answer that gets one more page."""
    shown = keyin_desk.desk(uow, booklet_id)
    if shown.handed_in:
        raise Conflict()
    values = entry.read_values(request.form, shown.ids)
    if more_of:
        values[more_of] = entry.with_new_page(values.get(more_of))
    drafts.save(uow, booklet_id, shown.part, values, entry.row_version(request.form))
