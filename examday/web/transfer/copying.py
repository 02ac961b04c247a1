"""The copying sheet: what is to be written onto the standard form, large, in the order of the form."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from examday.domain.custody.lifecycle import State
from examday.domain.transfer.answers import Value
from examday.i18n import gettext as _
from examday.services.scans import page_images
from examday.services.transfer import copying
from examday.services.transfer.desks.copying import HOW_TO_COPY, Sheet
from examday.services.transfer.desks.copying import sheet as copying_sheet
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, change, go_on, look
from examday.web.transfer import entry
from examday.web.transfer.offers import desk_or_offer, next_desk, queue_page

bp = Blueprint("copying", __name__)


@dataclass(frozen=True)
class Line:
    """One field of the sheet.

    `how`: what its mark means for the hand that copies; `wrong`: the last copy was not right here,
    `found`: what stood there, None where nothing could be seen.
    """

    name: str
    value: Value
    kind: str
    how: str
    wrong: bool
    found: Value | None
    """None where the verifying person could not see anything, which is not «nothing was found»."""


@bp.get("/copying")
@access("copy.write")
def index() -> str:
    """Show settled works that wait for being copied."""
    return queue_page("copying")


@bp.get("/copying/<booklet_id>")
@access("copy.write")
def sheet(booklet_id: str) -> Answer:
    """Show the sheet of the copier."""
    return desk_or_offer("copying", booklet_id, lambda: look(lambda uow: _sheet(uow, booklet_id)))


@bp.post("/copying/<booklet_id>")
@access("copy.write")
def finish(booklet_id: str) -> Response:
    """«Copied»."""
    content, seen = request.form.get("content", ""), entry.row_version(request.form)
    booklet = change(lambda uow: copying.finish(uow, booklet_id, content, seen))
    said = _("Copied. Next the standard form is scanned; a colleague then verifies it.")
    if booklet.state == State.COPY_SCANNED:
        said = _("The copy stays as it is; a colleague now verifies it.")
    return next_desk("copying", _("Copied."), lambda: go_on("work.index", said))


def _sheet(uow: UnitOfWork, booklet_id: str) -> str:
    shown = copying_sheet(uow, booklet_id)
    lines = [_line(shown, field_id) for field_id in shown.fields.ids]
    stay = [line for line in lines if line.name in shown.staying.fields]
    lines = [line for line in lines if line.name not in shown.staying.fields]
    return render_template(
        "transfer/copying/sheet.html",
        s=shown,
        booklet=shown.booklet,
        groups=entry.groups(lines),
        stay=entry.groups(stay),
        wrong=[line for line in lines if line.wrong],
        originals=page_images.desk_pages(uow, shown.booklet, "original"),
    )


def _line(shown: Sheet, field_id: str) -> Line:
    value = shown.values[field_id]
    return Line(
        field_id,
        value,
        entry.kind_of(field_id),
        _(HOW_TO_COPY[value.mark]) if value.mark else "",
        field_id in shown.corrections,
        shown.corrections.get(field_id),
    )
