"""«Разногласия»: the sheet first, an own reading, and only then both values and the decision."""

from flask import Blueprint, render_template, request

from examday.domain.errors import DomainError, Forbidden, Invalid, NotFound
from examday.i18n import gettext as _
from examday.services.scans import page_images
from examday.services.transfer import settle
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, change, go_on, look
from examday.web.transfer import decision, entry, page_view
from examday.web.transfer.offers import offer_page, queue_page

bp = Blueprint("settle", __name__)


@bp.get("/settle")
@access("settle.decide")
def index() -> str:
    """Works whose key-ins differ."""
    return queue_page("settle")


@bp.get("/settle/<booklet_id>")
@access("settle.decide")
def desk(booklet_id: str) -> Answer:
    """The present step: own reading, or the decision."""
    try:
        return _desk(booklet_id)
    except NotFound:
        return offer_page("settle", booklet_id)


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
    if request.form.get("action") != "own":
        return go_on("settle.desk", booklet_id=booklet_id, page=entry.turned_to(request.form))

    def step(uow: UnitOfWork) -> None:
        sent = entry.read_values(request.form, settle.table(uow, booklet_id).fields.ids)
        settle.give_own(uow, booklet_id, sent, entry.row_version(request.form))

    return act(
        step,
        done=lambda _none: go_on("settle.desk", booklet_id=booklet_id),
        refused=lambda error: _desk(booklet_id, error),
        kinds=(Invalid,),
    )


@bp.post("/settle/<booklet_id>")
@access("settle.decide")
def decide(booklet_id: str) -> Answer:
    """The decisions on all differing fields."""

    def step(uow: UnitOfWork) -> None:
        rulings = decision.rulings(settle.table(uow, booklet_id))
        content, pin = request.form.get("content", ""), request.form.get("pin", "")
        settle.decide_with_companion(uow, booklet_id, rulings, content, pin)

    said = _("Settled. The work can be copied onto the standard form.")
    return act(
        step,
        done=lambda _none: go_on("settle.index", said),
        refused=lambda error: _desk(booklet_id, error),
        kinds=(Invalid, Forbidden),
    )


def _save(uow: UnitOfWork, booklet_id: str) -> None:
    sent = entry.read_values(request.form, settle.table(uow, booklet_id).fields.ids)
    settle.save_own(uow, booklet_id, sent, entry.row_version(request.form))


def _desk(booklet_id: str, error: DomainError | None = None) -> str:
    def page(uow: UnitOfWork) -> str:
        shown = settle.table(uow, booklet_id)
        draw = _own_page if shown.own is None else decision.page
        return draw(uow, shown, error)

    return look(page)


def _own_page(uow: UnitOfWork, shown: settle.Table, error: DomainError | None) -> str:
    """The differing fields beside the sheet, and nothing that others have read."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheets = page_images.sheets(uow, shown.booklet, "original")
    wanted = entry.number_of(request.values)
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
