"""Cells in words and as data of a page: what is heard of each, and where it lies on the picture as
shown."""

import json
from collections.abc import Sequence

from flask import Blueprint, g, render_template, request

from examday.braille.cell_meanings import CellMeaning
from examday.braille.cells import dot_numbers, to_unicode
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.answers import one_spelling
from examday.i18n import gettext as _
from examday.paper.layout import Box
from examday.services.braille import cell_lines, transcription
from examday.services.braille.cell_lines import Spot, Strip
from examday.services.scans.page_images import DeskPage
from examday.web.access import access
from examday.web.errors import translate
from examday.web.session import store
from examday.web.transfer import entry, page_view

bp = Blueprint("cells", __name__)
ROLE_NAMES = {
    "blank": N_("blank cell"),
    "number": N_("number sign"),
    "deletion": N_("deletion mark"),
    "capital": N_("capital sign"),
    "ru-capital": N_("Russian capital sign"),
    "ru-small": N_("Russian small sign"),
    "la-capital": N_("Latin capital sign"),
    "la-small": N_("Latin small sign"),
    "el-capital": N_("Greek capital sign"),
    "el-small": N_("Greek small sign"),
}


@bp.post("/braille/<booklet_id>/line")
@access("braille.desk")
def line(booklet_id: str) -> str:
    """The cells of one line of the own entry, as a piece of the desk; nothing is kept."""
    with store().read(g.actor) as uow:
        shown = transcription.desk(uow, booklet_id)
        number = entry.number_of({"page": request.form.get("number", "1")})
        try:
            line, above = (one_spelling(request.form.get(name, "")) for name in ("line", "before"))
            strip, refused = cell_lines.typed(line, number, shown.booklet.exam, above), ""
        except Invalid as error:
            strip, refused = None, " ".join(translate(error))
        return render_template("braille/line.html", strip=strip, number=number, refused=refused)


@bp.app_template_global("cell_glyph")
def glyph(spot: Spot) -> str:
    """The drawing of the dots."""
    return to_unicode([spot.piece.dots])


def meaning(piece: CellMeaning) -> str:
    """What the cell stands for, with what else it may be; nothing where only its dots can be told."""
    named = piece.text or (_(ROLE_NAMES[piece.role]) if piece.role else "")
    return " ".join([named, *(_("or %(other)s", other=other) for other in piece.others)]).strip()


@bp.app_template_global("cell_heard")
def heard(spot: Spot) -> str:
    """The whole sentence of one cell: place, dots, reading, doubt."""
    dots = " ".join(dot_numbers(spot.piece.dots))
    said = [
        _("dots %(dots)s", dots=dots) if dots else "",
        meaning(spot.piece),
        _("doubtful") if spot.doubt else "",
    ]
    return _(
        "line %(line)s, cell %(cell)s: %(said)s",
        line=spot.line,
        cell=spot.cell,
        said=", ".join(part for part in said if part),
    )


@bp.app_template_global("cells_place")
def place(strips: Sequence[Strip], pages: Sequence[DeskPage]) -> tuple[int, list[int]] | None:
    """The first page of an answer and the box of its cells there, px as shown; None where no cell
    has a box."""
    page = strips[0].page
    boxes = [spot.box for strip in strips if strip.page == page for spot in strip.spots if spot.box]
    return (page, shown_box(pages[page - 1], cell_lines.around(boxes))) if boxes else None


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
