"""The steps of custody until the candidate has the kit: planned, issued, enlarged, more paper."""

from collections.abc import Mapping

from flask import request

from examday.domain.custody.kit import Kind
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.custody import kits
from examday.services.custody.room import enlarging, more_paper
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


@bp.post("/work/<id>/extra")
@access("custody.issue")
def extra(id: str) -> Answer:
    """Add paper during the exam."""
    sent = request.form
    return run(
        id,
        "extra",
        lambda uow: more_paper.issue_extra(uow, id, *_extra(sent), version(sent)),
        _("The paper is added to this kit."),
    )


def _extra(sent: Mapping[str, str]) -> tuple[Kind, int, str]:
    if sent.get("kind") not in set(Kind):
        raise Invalid(N_("Choose what is added."), code="extra", field="kind")
    # One is the usual case; the field may stay empty.
    number = sent.get("number", "").strip() or "1"
    if not (number.isascii() and number.isdigit()):
        raise Invalid(
            N_("«%(typed)s» is not a count: write a whole number."),
            code="count-number",
            params={"typed": number[:20]},
        )
    return Kind(sent["kind"]), int(number), sent.get("code", "")
