"""Cells of the own line, as a piece of the desk."""

from dataclasses import replace

from flask import Blueprint, render_template, request

from examday.domain.errors import Invalid
from examday.domain.transfer.answers import one_spelling
from examday.i18n import gettext as _
from examday.services.braille.cells import signs, typed_lines
from examday.services.braille.desk import answer_rows, splitting, transcription
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Refusal, explain, look
from examday.web.braille import shown_pages, words
from examday.web.transfer import entry

bp = Blueprint("cells", __name__)
bp.add_app_template_global(shown_pages.place, "cells_place")
bp.add_app_template_global(shown_pages.shown_box, "cell_box")
bp.add_app_template_global(signs.dots_in_words, "spoken_dots")
bp.add_app_template_global(words.cell_heard)
bp.add_app_template_global(words.verdict_words)
bp.add_app_template_global(words.long_words)


def number_of_line(error: Refusal) -> object:
    """Return the line that a refusal is about; "" for none."""
    return error.params.get("line", "") if isinstance(error, Invalid) else ""


@bp.post("/braille/<booklet_id>/doubts")
@access("braille.desk")
def doubts(booklet_id: str) -> str:
    """Show which answers of the entry are doubtful and on which lines; nothing is kept."""
    text = one_spelling(request.form.get("text", ""))

    def draw(uow: UnitOfWork) -> str:
        shown = replace(transcription.desk(uow, booklet_id), text=text)
        rows: list[answer_rows.AnswerRow] = []
        unread: str = ""
        at: object = ""
        try:
            rows = [row for row in splitting.split(shown).rows if row.doubts]
        # A line that is no Braille is the first thing to look at, so the page opens there.
        except Invalid as error:
            unread, at = explain(error), number_of_line(error)
        return render_template(
            "braille/doubts.html",
            rows=rows,
            unread=unread,
            at=at,
            doubt_names=answer_rows.DOUBT_NAMES,
        )

    return look(draw)


@bp.post("/braille/<booklet_id>/line")
@access("braille.desk")
def line(booklet_id: str) -> str:
    """Show the cells of one line of the own entry; nothing is kept."""
    number = entry.number_of({"page": request.form.get("number", "1")})
    line, above = (one_spelling(request.form.get(name, "")) for name in ("line", "before"))

    def draw(uow: UnitOfWork) -> str:
        exam = transcription.desk(uow, booklet_id).booklet.exam
        try:
            strip = typed_lines.strip_of_line(line, number, exam, above)
            refused = ""
        # The line is being typed: what is not Braille yet is said beside it, and the desk stays.
        except Invalid as error:
            strip = None
            refused = explain(error)
        # Blanks are data: in speech they are said, not left out.
        dots = ", ".join(spot.heard or _("blank") for spot in strip.spots) if strip else ""
        reading = (
            "".join(spot.piece.text or " " * (not spot.heard) for spot in strip.spots)
            if strip
            else ""
        )
        return render_template(
            "braille/line.html",
            strip=strip,
            number=number,
            refused=refused,
            dots=dots,
            reading=reading,
        )

    return look(draw)
