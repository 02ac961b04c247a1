"""«Разногласия», first step: the sheet, and an own reading of the differing fields."""

from flask import Blueprint, render_template, request

from examday.domain.errors import DomainError, Invalid
from examday.domain.transfer.duties import ARBITER
from examday.services.scans import page_images
from examday.services.transfer import drafts
from examday.services.transfer.desks.settle import Table, table
from examday.services.transfer.settling.own_reading import give_own
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, change, go_on, look
from examday.web.transfer import entry, page_view

bp = Blueprint("settle", __name__)


@bp.post("/settle/<booklet_id>/draft")
@access("settle.decide")
def draft(booklet_id: str) -> Answer:
    """Autosave of the own reading."""
    change(lambda uow: _save(uow, booklet_id))
    return "", 204


@bp.post("/settle/<booklet_id>/own")
@access("settle.decide")
def own(booklet_id: str) -> Answer:
    """Turn the page, save, or hand in the own reading; after that both values are shown."""
    change(lambda uow: _save(uow, booklet_id))
    # Turning a page sends the same form: what was typed is saved by it.
    if request.form.get("action") != "own":
        return go_on("settle.desk", booklet_id=booklet_id, page=entry.turned_to(request.form))

    def step(uow: UnitOfWork) -> None:
        sent = entry.read_values(request.form, table(uow, booklet_id).fields.ids)
        give_own(uow, booklet_id, sent, entry.row_version(request.form))

    return act(
        step,
        done=lambda _none: go_on("settle.desk", booklet_id=booklet_id),
        refused=lambda error: look(lambda uow: own_page(uow, table(uow, booklet_id), error)),
        kinds=(Invalid,),
    )


def _save(uow: UnitOfWork, booklet_id: str) -> None:
    sent = entry.read_values(request.form, table(uow, booklet_id).fields.ids)
    drafts.save(uow, booklet_id, ARBITER, sent, entry.row_version(request.form))


def own_page(uow: UnitOfWork, shown: Table, error: DomainError | None) -> str:
    """Return the differing fields beside the sheet, and nothing that others have read."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheets = page_images.sheets(uow, shown.booklet, "original")
    wanted = entry.number_of(request.values)
    # Opened at the first field in question: of a notebook with forty pages few matter here.
    if "page" not in request.values:
        wanted = page_view.first_with(sheets, shown.differing)
    turned = page_view.turn(sheets, wanted)
    exam = entry.Exam(shown.alphabet, shown.fields.tasks, shown.booklet.exam.subject)
    rows = entry.rows(shown.differing, shown.draft, exam, turned.boxes, bad)
    return render_template(
        "transfer/settle/own.html",
        t=shown,
        booklet=shown.booklet,
        groups=entry.groups(rows),
        marks=entry.marks,
        picture=turned.picture,
        refused=refused,
        error_title=bool(refused),
    )
