"""«Стол тифлопереводчика»: one page for people who see and people who do not, with the same keys."""

import json

from flask import Blueprint, render_template, request

from examday.domain.braille.entry import way_of
from examday.domain.errors import NotFound
from examday.domain.transfer.answers import one_spelling
from examday.i18n import gettext as _
from examday.services.braille.cells.signs import SpokenTables
from examday.services.braille.desk import habits, transcription
from examday.services.braille.desk.beside import what_lies_beside
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, change, explain, go_on, look
from examday.web.braille.cells import number_of_line
from examday.web.braille.shown_pages import pages_for_viewer
from examday.web.braille.words import ROLE_NAMES
from examday.web.transfer import entry, page_view
from examday.web.transfer.offers import desk_or_offer

bp = Blueprint("braille", __name__)


@bp.get("/braille/keyboard")
@access("braille.desk")
def keyboard() -> str:
    """Show how many keys this keyboard reports together.

    `work`: the desk one came from.
    """
    return render_template(
        "braille/keyboard.html",
        # Kept per browser: the keyboard belongs to the computer, not to the person.
        known=request.cookies.get("rollover", ""),
        work=request.args.get("work", ""),
    )


@bp.get("/braille/<booklet_id>")
@access("braille.desk")
def desk(booklet_id: str) -> Answer:
    """Show the desk of this person for this work."""
    return desk_or_offer("keyin", booklet_id, lambda: desk_page(booklet_id))


def desk_page(booklet_id: str, error: Refusal = None) -> Answer:
    """Draw the entry beside the notebook, or go to the page that comes before or after it."""

    def draw(uow: UnitOfWork) -> Answer:
        shown = transcription.desk(uow, booklet_id)
        if shown.handed_in:
            return go_on("result.done", booklet_id=booklet_id)
        beside = what_lies_beside(uow, shown)
        if beside is None:
            return go_on("notebook.pages", booklet_id=booklet_id)
        return render_template(
            "braille/desk.html",
            d=shown,
            booklet=shown.booklet,
            picture=page_view.picture(beside.pages, entry.number_of(request.values)),
            film=pages_for_viewer(beside.pages, beside.lines),
            error=explain(error),
            tables=_spoken(beside.tables),
            described_by=beside.described_by,
            at=number_of_line(error),
            way=habits.habit(uow),
        )

    return look(draw)


def _spoken(tables: SpokenTables) -> str:
    """Return the names of cells for the script of the desk, as JSON."""
    named = {dots: _(ROLE_NAMES[role]) for dots, role in tables.roles.items()}
    return json.dumps(
        {
            "letters": tables.letters,
            "digits": tables.digits,
            "number": tables.number,
            "within": tables.within,
            "names": named,
        },
        ensure_ascii=False,
    )


@bp.post("/braille/way")
@access("braille.desk")
def way() -> Answer:
    """Remember the way of entry of this person, on whatever computer they go on."""
    change(lambda uow: habits.keep(uow, way_of(request.form)))
    return "", 204


@bp.post("/braille/<booklet_id>/draft")
@access("braille.desk")
def draft(booklet_id: str) -> Answer:
    """Save the entry as it was typed, from time to time."""
    change(lambda uow: _keep(uow, booklet_id))
    return "", 204


def _keep(uow: UnitOfWork, booklet_id: str) -> None:
    """Save the entry; NotFound after the hand-in."""
    shown = transcription.desk(uow, booklet_id)
    if shown.handed_in:
        raise NotFound()
    transcription.save(
        uow,
        booklet_id,
        one_spelling(request.form.get("text", "")),
        shown.values,
        entry.row_version(request.form),
    )


@bp.post("/braille/<booklet_id>")
@access("braille.desk")
def send(booklet_id: str) -> Answer:
    """Save, turn the page of the picture, or go on to the answers."""
    change(lambda uow: _keep(uow, booklet_id))
    if request.form.get("action") == "answers":
        return go_on("braille.answers", booklet_id=booklet_id)
    return go_on("braille.desk", booklet_id=booklet_id, page=entry.turned_to(request.form))
