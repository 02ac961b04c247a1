"""Cells as data of a page: the own line as cells, and where cells lie on the picture as shown."""

import json
from collections.abc import Sequence

from flask import Blueprint, render_template, request

from examday.domain.errors import Invalid
from examday.domain.transfer.answers import one_spelling
from examday.i18n import gettext as _
from examday.services.braille import transcription
from examday.services.braille.cells import signs, strips
from examday.services.scans.page_images import DeskPage
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import explain, look
from examday.web.braille import words
from examday.web.transfer import entry, page_view

bp = Blueprint("cells", __name__)
bp.add_app_template_global(signs.spoken, "spoken_dots")
bp.add_app_template_global(words.cell_heard)
bp.add_app_template_global(words.verdict_words)
bp.add_app_template_global(words.long_words)
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in px of the upright picture."""


@bp.post("/braille/<booklet_id>/line")
@access("braille.desk")
def line(booklet_id: str) -> str:
    """The cells of one line of the own entry, as a piece of the desk; nothing is kept."""
    number = entry.number_of({"page": request.form.get("number", "1")})
    line, above = (one_spelling(request.form.get(name, "")) for name in ("line", "before"))

    def draw(uow: UnitOfWork) -> str:
        exam = transcription.desk(uow, booklet_id).booklet.exam
        try:
            strip, refused = strips.typed(line, number, exam, above), ""
        except Invalid as error:
            strip, refused = None, explain(error)
        return render_template("braille/line.html", strip=strip, number=number, refused=refused)

    return look(draw)


@bp.app_template_global("cells_place")
def place(rows: Sequence[strips.Strip], pages: Sequence[DeskPage]) -> tuple[int, list[int]] | None:
    """The first page of an answer and the box of its cells there, px as shown; None where no cell
    has a box."""
    page = rows[0].page
    boxes = [spot.box for row in rows if row.page == page for spot in row.spots if spot.box]
    return (page, shown_box(pages[page - 1], strips.around(boxes))) if boxes else None


def film(pages: Sequence[DeskPage], lines: Sequence[Sequence[Box]] | None = None) -> str:
    """All pages for the viewer, as JSON: address, size and, where given, the places of the lines,
    px as shown."""
    shown = []
    for number, page in enumerate(pages, 1):
        picture = page_view.picture(pages, number)
        assert picture is not None
        places = [shown_box(page, box) for box in lines[number - 1]] if lines else []
        shown.append(
            {
                "url": picture.url,
                "width": picture.width,
                "height": picture.height,
                "lines": places,
                "name": _("Notebook, page %(n)s", n=number),
            }
        )
    return json.dumps(shown, ensure_ascii=False)


@bp.app_template_global("cell_box")
def shown_box(page: DeskPage, box: Box) -> list[int]:
    """A box in px of the picture as it is shown."""
    return [round(edge * page_view.view_scale(page)) for edge in box]
