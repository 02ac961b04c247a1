"""The second screen of a hearing: what the appellant sees and hears, without the staff's menu."""

from flask import Blueprint, Response, render_template, request

from examday.i18n import gettext as _
from examday.services.appeals.views import appellant
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.appeals.links import crop_address
from examday.web.appeals.words import WORDS

bp = Blueprint("second_screen", __name__)

# The appellant sits at a distance and may see badly: large and of high contrast from the start, and
# the buttons on the page change both.
SIZES = ("175", "125", "150", "200")
THEMES = ("contrast", "light")
"""The screen faces the appellant: it follows nobody's own choice of colours."""


@bp.get("/appeals/<id>/show")
@access("appeal.process")
def present(id: str) -> str:
    """Show on the second screen what the appellant may see and hear: both papers, no menu."""
    whole = "all" in request.args

    def draw(uow: UnitOfWork) -> str:
        shown = appellant.screen(uow, id, _, whole)
        return render_template(
            "appeals/present.html",
            s=shown,
            a=shown.case.appeal,
            whole=whole,
            crop=crop_address,
            size=_one_of(SIZES, "size"),
            theme=_one_of(THEMES, "theme"),
            **WORDS,
        )

    return look(draw)


def _one_of(known: tuple[str, ...], name: str) -> str:
    """What the address asks for; the first of `known` for anything else."""
    sent = request.args.get(name, "")
    return sent if sent in known else known[0]


@bp.get("/appeals/<id>/show/<field>.wav")
@access("appeal.process")
def hear(id: str, field: str) -> Response:
    """Read one task aloud with the computer's own voice."""
    return Response(look(lambda uow: appellant.heard(uow, id, field, _)), mimetype="audio/wav")
