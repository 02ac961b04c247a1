"""The second transfer of a case where the paper is: the order to the point."""

from flask import Blueprint, request

from examday.i18n import gettext as _
from examday.services.appeals.order import at_point
from examday.web.access import access
from examday.web.acts import Answer
from examday.web.appeals.order.orders import act_on

bp = Blueprint("order_at_point", __name__)


@bp.post("/appeals/<id>/order/at-point")
@access("appeal.process")
def write(id: str) -> Answer:
    """Order the second transfer at the point of the work."""
    reason = request.form.get("reason", "")
    said = _("The order is written. Save it, and carry it to the point.")
    return act_on(id, lambda uow: at_point.order(uow, id, reason), said)
