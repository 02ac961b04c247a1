"""One kind of paper for a whole room: the works as a list, the odd ones taken out, one button."""

import io

from flask import g, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Invalid
from examday.i18n import gettext as _
from examday.services.printing import room, views
from examday.services.printing.documents import DOCUMENT_NAMES
from examday.web.access import access
from examday.web.acts import Answer, attempt, explain, look
from examday.web.errors import translate
from examday.web.printing.blueprint import bp
from examday.web.session import store


@bp.get("/room/<exam_id>/<room_id>")
@access("print")
def room_papers(exam_id: str, room_id: str) -> str:
    """Show which works of a room can have a document now."""
    return _page(exam_id, room_id, request.args.get("document", ""))


@bp.post("/room/<exam_id>/<room_id>")
@access("print")
def print_room(exam_id: str, room_id: str) -> Answer:
    """Print the document of the chosen works."""
    sent = request.form
    document = sent.get("document", "")

    def work() -> room.Printed:
        shown = look(lambda uow: room.preview(uow, exam_id, room_id, document))
        chosen = sent.getlist("work")
        return room.make(store(), g.actor, shown, chosen, sent.get("large") == "1")

    return attempt(
        work,
        done=lambda printed: _made(exam_id, room_id, document, printed),
        refused=lambda error: _page(exam_id, room_id, document, error),
        kinds=(Invalid,),
    )


def _page(
    exam_id: str,
    room_id: str,
    document: str,
    error: DomainError | None = None,
) -> str:
    shown = look(lambda uow: room.preview(uow, exam_id, room_id, document))
    sent = request.form
    return render_template(
        "printing/room.html",
        s=shown,
        titles=DOCUMENT_NAMES,
        error=error and translate(error),
        chosen=set(sent.getlist("work")) if sent else {b.id for b in shown.works},
        large=sent.get("large") == "1",
    )


def _made(
    exam_id: str,
    room_id: str,
    document: str,
    printed: room.Printed,
) -> str:
    """Return what was printed, each paper by itself and all in one file."""
    shown = look(lambda uow: views.made(uow, printed.files))
    return render_template(
        "printing/room_made.html",
        title=_(DOCUMENT_NAMES[document]),
        titles=DOCUMENT_NAMES,
        recent=shown.papers,
        names=shown.names,
        label=lambda subject: shown.whose.get(subject, ""),
        refused=[(place, explain(error)) for place, error in printed.refused],
        all=url_for("prints.together", of=printed.files),
        back=url_for("prints.room_papers", exam_id=exam_id, room_id=room_id, document=document),
    )


@bp.get("/together.pdf")
@access("print")
def together() -> Response:
    """Return several print-outs as one file for the printer."""
    name, content = look(lambda uow: views.file(uow, request.args.getlist("of")))
    return send_file(io.BytesIO(content), "application/pdf", download_name=name)
