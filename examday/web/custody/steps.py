"""The steps of custody until the candidate has the kit: planned, issued, enlarged."""

from flask import request

from examday.i18n import gettext as _
from examday.services.custody import kits
from examday.services.custody.room import enlarging
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.custody.blueprint import bp
from examday.web.custody.papers import version
from examday.web.custody.work import run


@bp.post("/work/<id>/assign")
@access("custody.issue")
def assign(id: str) -> Answer:
    """Plan a kit for a seat."""
    sent = request.form
    return run(
        id,
        "assign",
        lambda uow: kits.assign(uow, id, sent.get("code", ""), version(sent)),
        _("The kit is planned for this seat."),
    )


@bp.post("/work/<id>/issue")
@access("custody.issue")
def issue(id: str) -> Answer:
    """Issue a kit."""
    sent = request.form
    return run(
        id,
        "issue",
        lambda uow: kits.issue(uow, id, sent.get("code", ""), version(sent)),
        _("The kit is issued."),
    )


@bp.post("/work/<id>/enlarge")
@access("custody.enlarge")
def enlarge(id: str) -> Answer:
    """Record the enlarged sheets."""
    sent = request.form
    return run(
        id,
        "enlarge",
        lambda uow: enlarging.enlarge(
            uow, id, sent.get("witness", ""), tuple(sent.getlist("sheet")), version(sent)
        ),
        _("The enlarged sheets are recorded. Print their labels and stick them on."),
    )
