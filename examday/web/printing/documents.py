"""«Печать»: documents of the day, of a work, of a packet; what was printed stays as it was printed."""

import io

from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.ledger import Subject
from examday.i18n import gettext as _
from examday.services.printing import prints, views
from examday.services.printing.documents import DOCUMENT_NAMES, documents_of
from examday.web.access import access
from examday.web.acts import change, look
from examday.web.forms import earlier, said_day, wanted_day
from examday.web.printing.blueprint import bp

SUBJECT_PAGES = {"booklet": "booklet.show", "item": "packing.packet"}
"""Kind of a subject → the page that it was printed from: whoever finds a print-out in the list goes
back there."""


@bp.get("/")
@access("print")
def index() -> str:
    """The documents of the day and what was printed last."""
    shown = look(lambda uow: views.day(uow, earlier(), wanted_day()))
    return render_template(
        "printing/index.html",
        exams=shown.exams,
        rooms=shown.rooms,
        documents=shown.documents,
        recent=shown.recent,
        titles=DOCUMENT_NAMES,
        names=shown.names,
        others=shown.others,
        wanted=said_day(),
        label=lambda subject: shown.whose.get(subject) or _subject_words(subject),
    )


@bp.get("/booklet/<id>")
@access("print")
def booklet(id: str) -> str:
    """The documents of one work."""
    shown = look(lambda uow: views.booklet(uow, id, earlier()))
    return render_template(
        "printing/booklet.html",
        b=shown.booklet,
        documents=documents_of(shown.booklet),
        titles=DOCUMENT_NAMES,
        recent=shown.recent,
        names=shown.names,
        media=MEDIUM_NAMES,
        label=_subject_words,
        seat=shown.booklet.seat,
        room=shown.booklet.seat.room,
    )


@bp.post("/make")
@access("print")
def make() -> Response:
    """Print one document: checkpoint, file, entry in the ledger."""
    sent = request.form
    sha256 = change(
        lambda uow: prints.make(
            uow,
            sent.get("document", ""),
            sent.get("subject", ""),
            sent.get("large") == "1",
            sent.get("names") == "1",
        )
    )
    return redirect(url_for("prints.made", sha256=sha256), 303)


@bp.get("/made/<sha256>")
@access("print")
def made(sha256: str) -> str:
    """What was printed: its checkpoint, and the file."""
    [found] = look(lambda uow: views.made(uow, [sha256])).papers
    return render_template(
        "printing/made.html",
        p=found,
        titles=DOCUMENT_NAMES,
        back=_page_of(found.subject),
    )


def _page_of(subject: str) -> str:
    """The page that a thing was printed from."""
    kind, key = Subject.parse(subject)
    if kind == "room":
        exam_id, _stop, room_id = key.partition(".")
        return url_for("custody.room", exam_id=exam_id, room_id=room_id)
    return (
        url_for(SUBJECT_PAGES[kind], id=key) if kind in SUBJECT_PAGES else url_for("prints.index")
    )


@bp.get("/file/<sha256>.pdf")
@access("print")
def file(sha256: str) -> Response:
    """The PDF as it was printed."""
    name, content = look(lambda uow: views.file(uow, [sha256]))
    return send_file(io.BytesIO(content), "application/pdf", download_name=name)


@bp.get("/file/<sha256>.<any(txt, brf):kind>")
@access("print")
def read_out(sha256: str, kind: str) -> Response:
    """Return the same paper for reading by ear or by hand.

    Its words come as text, or as a Braille file (`brf`) for an embosser.
    """
    name, content = look(lambda uow: views.file(uow, [sha256], kind))
    return send_file(
        io.BytesIO(content),
        "application/octet-stream" if kind == "brf" else "text/plain; charset=utf-8",
        as_attachment=kind == "brf",
        download_name=name,
    )


def _subject_words(subject: str) -> str:
    words = {"booklet": _("work"), "exam": _("day"), "item": _("packet"), "room": _("room")}
    return words.get(Subject.parse(subject).kind, "")
