"""More paper for a candidate who writes."""

from collections.abc import Mapping

from flask import request

from examday.domain.custody.kit import COUNTED_PAGES, Kind
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number
from examday.i18n import gettext as _
from examday.services.custody.room import more_paper
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.custody.blueprint import bp
from examday.web.custody.papers import version
from examday.web.custody.work import run


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
    kind, typed = Kind(sent["kind"]), sent.get("number", "").strip()
    if not typed and kind in COUNTED_PAGES:
        raise Invalid(
            N_("Count the pages and write how many there are."),
            code="extra-number",
            field="number",
        )
    # Of other paper one is the usual case; the field may stay empty.
    number = typed_number(typed or "1")
    if number is None:
        raise Invalid(
            N_("«%(typed)s» is not a count: write a whole number."),
            code="extra-number",
            params={"typed": typed[:20]},
            field="number",
        )
    return kind, number, sent.get("code", "")
