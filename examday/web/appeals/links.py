"""Addresses that several pages of a case show: the next step, the crop of a field."""

from flask import current_app, url_for

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.hearing import Outcome
from examday.i18n import gettext as _
from examday.services.appeals.views.casebook import CaseFile
from examday.services.scans.showing.places import Place


def next_page(found: CaseFile) -> tuple[str, str]:
    """Return the one next step of the case: its words and where it is done; empty after the last."""
    words, endpoint = _next_step(found)
    return (words, url_for(endpoint, id=found.appeal.id)) if endpoint else ("", "")


def _next_step(found: CaseFile) -> tuple[str, str]:
    """Return words and endpoint of the next step."""
    defect = found.appeal.defect and found.appeal.outcome == Outcome.SATISFY
    after_signing = _("Order the reprocessing") if defect else _("Carry out the decision")
    steps = {
        CaseState.REGISTERED: (_("Appoint the hearing"), "hearing.page"),
        CaseState.SCHEDULED: (_("Record who has come and open the hearing"), "hearing.page"),
        CaseState.HEARING: (_("Vote and decide"), "hearing.page"),
        CaseState.DECIDED: (_("Sign the protocol"), "protocol.page"),
        CaseState.SIGNED: (after_signing, "orders.page"),
        CaseState.REPROCESSING: (_("Go on with carrying it out"), "orders.page"),
    }
    return steps.get(CaseState(found.appeal.state), ("", ""))


def crop_address(place: Place | None, field: str) -> str:
    """Return the address of the crop of a field; empty where there is none."""
    # A page without a form laid over it has no fields that could be cut out.
    if place is None or place.box is None or "images.field" not in current_app.view_functions:
        return ""
    return url_for("images.field", page_id=place.page_id, field_id=field)
