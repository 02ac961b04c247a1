"""Result of a transcription: the own answers with the machine's second opinion."""

from flask import Blueprint, render_template, request

from examday.domain.errors import NotFound
from examday.services.braille.desk import results, transcription
from examday.services.braille.notebook import backs as notebook_backs
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, change, go_on, look
from examday.web.braille.shown_pages import pages_for_viewer
from examday.web.braille.words import edit_words
from examday.web.transfer import entry, page_view

bp = Blueprint("result", __name__)
VERDICTS = {"agree": "good", "differs": "alarm", "machine unsure": "warn", "unreadable": "warn"}
"""Colour of a verdict's badge: an unsure machine warns, it does not accuse."""


@bp.get("/braille/<booklet_id>/done")
@access("braille.desk")
def done(booklet_id: str) -> str:
    """Show the own answers with the second opinion; NotFound before the hand-in."""

    def draw(uow: UnitOfWork) -> str:
        shown = transcription.desk(uow, booklet_id)
        if not shown.handed_in:
            raise NotFound()
        result = results.result(uow, shown)
        picture = page_view.picture(result.pages, entry.number_of(request.args))
        here = picture.number if picture else 0
        return render_template(
            "braille/done.html",
            d=shown,
            booklet=shown.booklet,
            r=result,
            picture=picture,
            film=pages_for_viewer(result.pages),
            strips=[one for one in result.strips if one.page == here],
            backs=[one for one in result.backs if one.page == here],
            verdict=VERDICTS,
            edit=edit_words,
        )

    return look(draw)


@bp.post("/braille/<booklet_id>/backs")
@access("braille.desk")
def backs(booklet_id: str) -> Answer:
    """Have the backs of the sheets read from the same pictures."""
    change(lambda uow: notebook_backs.ask_backs(uow, booklet_id))
    page = str(entry.number_of(request.form))
    return go_on("result.done", booklet_id=booklet_id, page=page)
