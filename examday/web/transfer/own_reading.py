"""«Разногласия», first step: the sheet, and an own reading of the differing fields."""

from flask import Blueprint, request

from examday.domain.errors import Invalid
from examday.domain.transfer.duties import ARBITER
from examday.services.transfer import drafts
from examday.services.transfer.desks.settle import table
from examday.services.transfer.settling.own_reading import give_own
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, change, go_on, look
from examday.web.transfer import entry
from examday.web.transfer.desks.own_page import own_page

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
        sent = entry.read_values(request.form, table(uow, booklet_id).asked.ids)
        give_own(uow, booklet_id, sent, entry.row_version(request.form))

    return act(
        step,
        done=lambda _none: go_on("settle.desk", booklet_id=booklet_id),
        refused=lambda error: look(lambda uow: own_page(uow, table(uow, booklet_id), error)),
        kinds=(Invalid,),
    )


def _save(uow: UnitOfWork, booklet_id: str) -> None:
    sent = entry.read_values(request.form, table(uow, booklet_id).asked.ids)
    drafts.save(uow, booklet_id, ARBITER, sent, entry.row_version(request.form))
