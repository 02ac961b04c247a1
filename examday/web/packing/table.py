"""The packing table: what waits to be packed, the packets, and the scanner that opens either."""

from flask import render_template, request

from examday.domain.custody.counts import PURPOSE_NAMES
from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.packing import table_page
from examday.services.unit_of_work import A_PAGE
from examday.web.access import access
from examday.web.acts import look
from examday.web.custody.papers import PAPER_WORDS
from examday.web.errors import translate
from examday.web.packing.blueprint import STATE_WORDS, bp
from examday.web.words import Figure


@bp.get("/")
@access("pack")
def index() -> str:
    """Show what waits to be packed, and the packets."""
    return page()


def page(error: DomainError | None = None) -> str:
    """Return the table; after a refusal with what was typed and why it was refused."""
    # By the address, not by a flash: the page may be reloaded and still says what was packed.
    shown = look(lambda uow: table_page.table(uow, request.args.get("packed", "")))
    return render_template(
        "packing/index.html",
        exams=shown.exams,
        ready=shown.ready,
        rooms=shown.rooms,
        done=shown.packed,
        unused=shown.unused,
        lines=shown.packets,
        most=A_PAGE if shown.more else 0,
        counts=_figures(shown.progress),
        purposes=PURPOSE_NAMES,
        words=STATE_WORDS,
        error=error and translate(error),
        typed=request.form.get("code", ""),
        **PAPER_WORDS,
    )


def _figures(progress: table_page.Progress) -> list[Figure]:
    return [
        Figure(_("number of works"), progress.works),
        Figure(_("not certified yet"), progress.uncertified),
        Figure(_("to pack"), progress.to_pack),
        Figure(_("works packed"), progress.packed),
        Figure(_("already handed over"), progress.handed_over),
    ]
