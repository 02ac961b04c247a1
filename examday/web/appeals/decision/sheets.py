"""Reading a whole sheet at the hearing, on a page like the key-in desk."""

from flask import Blueprint, render_template, request

from examday.domain.errors import DomainError
from examday.domain.transfer.answers import Value
from examday.i18n import gettext as _
from examday.services.appeals.decision import sheet_readings
from examday.services.appeals.views.sheet_reading import SheetReading, sheet_reading
from examday.services.scans import page_images
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.transfer import entry, page_view

bp = Blueprint("sheets", __name__)


@bp.get("/appeals/<id>/reading/<any(original, copy):side>")
@access("appeal.decide")
def page(id: str, side: str) -> str:
    """Show the fields of the sheet with what was read so far."""
    return look(lambda uow: _draw(uow, sheet_reading(uow, id, side)))


@bp.post("/appeals/<id>/reading/<any(original, copy):side>")
@access("appeal.decide")
def send(id: str, side: str) -> Answer:
    """Record what was read, or turn the page and keep what was typed."""
    action = request.form.get("action", "")
    if action.startswith(("page:", "add:")):
        return look(lambda uow: _turned(uow, sheet_reading(uow, id, side), action))

    def step(uow: UnitOfWork) -> None:
        shown = sheet_reading(uow, id, side)
        sheet_readings.read_sheet(uow, id, side, _sent(shown), request.form.get("reason", ""))

    def refused(error: DomainError) -> str:
        return look(lambda uow: _again(uow, sheet_reading(uow, id, side), error))

    said = _("Recorded what was read at the hearing.")
    return act(step, done=lambda _none: go_on("appeals.case", said, id=id), refused=refused)


def _sent(shown: SheetReading) -> dict[str, Value]:
    """Return what stands in the form, with empty fields as empty values."""
    read = entry.read_values(request.form, shown.fields.ids)
    return {field: read.get(field, Value()) for field in shown.fields.ids}


def _turned(uow: UnitOfWork, shown: SheetReading, action: str) -> str:
    """Draw the page again with what was typed: another picture, or one more page of an answer."""
    values = _sent(shown)
    more = action.removeprefix("add:")
    if more in values and action.startswith("add:"):
        values[more] = entry.with_new_page(values[more])
    return _draw(uow, shown, values)


def _again(uow: UnitOfWork, shown: SheetReading, error: DomainError) -> str:
    """Draw the page after a refusal: what was typed, and what is wrong where it is wrong."""
    return _draw(uow, shown, _sent(shown), error)


def _draw(
    uow: UnitOfWork,
    shown: SheetReading,
    values: dict[str, Value] | None = None,
    error: DomainError | None = None,
) -> str:
    """Draw the sheet."""
    refused, bad = entry.refusal(error) if error else (None, {})
    booklet = shown.appeal.booklet
    sheet = page_view.turn(
        page_images.sheets(uow, booklet, shown.side),
        entry.number_of({"page": entry.turned_to(request.form)}),
    )
    exam = entry.Exam(shown.alphabet, shown.fields.tasks, shown.appeal.exam.subject)
    found = entry.rows(
        shown.fields.ids, shown.values if values is None else values, exam, sheet.boxes, bad
    )
    return render_template(
        "appeals/sheet.html",
        a=shown.appeal,
        side=shown.side,
        groups=entry.groups(found),
        marks=entry.marks,
        picture=sheet.picture,
        refused=refused,
        error_title=bool(refused),
        reason=request.form.get("reason", ""),
        known=bool(shown.values),
    )
