"""«Стол ввода»: the original on the left, the fields on the right, and nothing of anybody else's
reading anywhere."""

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, DomainError, Invalid, NotFound
from examday.domain.transfer.answers import PAGE_BREAK, Value
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.scans import pictures
from examday.services.transfer import keyin
from examday.services.transfer.readings import fields_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet
from examday.web.access import access
from examday.web.errors import status_of
from examday.web.session import store
from examday.web.transfer import entry
from examday.web.transfer.my_work import offer_page, queue_page

bp = Blueprint("keyin", __name__)


@bp.get("/keyin")
@access("keyin.enter")
def index() -> str:
    """Works that can be keyed in now."""
    return queue_page("keyin")


@bp.get("/keyin/<booklet_id>")
@access("keyin.enter")
def desk(booklet_id: str) -> str | tuple[str, int] | Response:
    """The desk of this person for this work; a Braille work has a desk of its own."""
    with store().read(g.actor) as uow:
        braille = uow.get(Booklet, booklet_id).medium == Medium.BRAILLE
    if braille and g.actor.may("braille.desk"):
        return redirect(url_for("braille.desk", booklet_id=booklet_id))
    try:
        return _desk(booklet_id)
    except NotFound:
        return offer_page("keyin", booklet_id)


@bp.post("/keyin/<booklet_id>/draft")
@access("keyin.enter")
def draft(booklet_id: str) -> tuple[str, int]:
    """Autosave."""
    with store().begin(g.actor) as uow:
        _save(uow, booklet_id)
    return "", 204


@bp.post("/keyin/<booklet_id>")
@access("keyin.enter")
def send(booklet_id: str) -> Response | str | tuple[str, int]:
    """Save, turn the page, add a page to a long answer, or hand in."""
    action = request.form.get("action", "save")
    with store().begin(g.actor) as uow:
        _save(
            uow,
            booklet_id,
            more_of=action.removeprefix("add:") if action.startswith("add:") else "",
        )
    if action.startswith(("page:", "add:")) or action == "save":
        turned = (
            action.removeprefix("page:")
            if action.startswith("page:")
            else request.form.get("page", "1")
        )
        return redirect(
            url_for("keyin.desk", booklet_id=booklet_id, page=entry.number_of({"page": turned})),
            303,
        )
    return _hand_in(booklet_id, action)


def _hand_in(booklet_id: str, action: str) -> Response | tuple[str, int]:
    try:
        with store().begin(g.actor) as uow:
            values, part = _sent(uow, booklet_id), keyin.desk(uow, booklet_id).part
            keyin.submit(
                uow,
                booklet_id,
                part,
                values,
                blanks_confirmed=action == "hand_in_blank",
                row_version=entry.row_version(request.form),
            )
    except Invalid as error:
        return _desk(booklet_id, error), status_of(error)
    if action == "hand_in_next":
        flash(_("Handed in. Here is the next work."), "message")
        return redirect(url_for("work.next_work", kind="keyin"), 307)
    return redirect(url_for("keyin.done", booklet_id=booklet_id), 303)


@bp.get("/keyin/<booklet_id>/done")
@access("keyin.enter")
def done(booklet_id: str) -> str:
    """What was handed in, and what comes next. Nothing about the other key-in but whether it is
    there."""
    with store().read(g.actor) as uow:
        shown = keyin.desk(uow, booklet_id)
        if not shown.handed_in:
            raise NotFound()
        return render_template(
            "transfer/keyin/done.html",
            d=shown,
            booklet=shown.booklet,
            rows=entry.rows(shown.fields.ids, shown.values, shown.alphabet, shown.fields.tasks, {}),
            moved_on=shown.booklet.state != State.SCANNED,
        )


def _sent(uow: UnitOfWork, booklet_id: str) -> dict[str, Value]:
    return entry.read_values(request.form, fields_for(uow.get(Booklet, booklet_id).exam).ids)


def _save(uow: UnitOfWork, booklet_id: str, more_of: str = "") -> None:
    """Keep what was sent; `more_of`: the long answer that gets one more page."""
    shown = keyin.desk(uow, booklet_id)
    if shown.handed_in:
        raise Conflict()
    values = _sent(uow, booklet_id)
    if more_of:
        old = values.get(more_of, Value())
        values[more_of] = Value(old.text + PAGE_BREAK, old.mark, "", old.override)
    keyin.save(uow, booklet_id, shown.part, values, entry.row_version(request.form))


def _desk(booklet_id: str, error: DomainError | None = None) -> str | Response:
    with store().read(g.actor) as uow:
        shown = keyin.desk(uow, booklet_id)
        if shown.handed_in:
            return redirect(url_for("keyin.done", booklet_id=booklet_id), 303)
        booklet = shown.booklet
        pages = pictures.working_pages(uow, booklet, "original")
        number = entry.number_of(request.values)
        boxes = (
            entry.boxes_on(
                pages[min(number, len(pages)) - 1], pictures.places(uow, booklet, "original")
            )
            if pages
            else {}
        )
        refused, bad = entry.refusal(error) if error else (None, {})
        bad = {**bad, **entry.contradictions(shown.values)}
        found = entry.rows(
            shown.fields.ids,
            shown.values,
            shown.alphabet,
            shown.fields.tasks,
            boxes,
            bad,
            booklet.exam.subject,
        )
        return render_template(
            "transfer/keyin/desk.html",
            d=shown,
            booklet=booklet,
            groups=entry.groups(found),
            marks=entry.marks,
            picture=entry.picture(pages, number),
            refused=refused,
            error_title=bool(refused),
            blanks=_blanks(error, shown.values),
            entered=keyin.progress(shown.values, shown.fields),
        )


def _blanks(error: DomainError | None, values: Mapping[str, Value]) -> str:
    """The question about empty fields, when handing in met some."""
    if error is None or error.code != "incomplete":
        return ""
    empty = error.params["fields"]
    count = len(empty) if isinstance(empty, list) else 0
    return ngettext(
        "%(n)s field was left empty. Is it blank on the sheet?",
        "%(n)s fields were left empty. Are they blank on the sheet?",
        count,
    )
