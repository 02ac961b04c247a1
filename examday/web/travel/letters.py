"""What the centre has sent back to the station: its receipt, or an order."""

from flask import request

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.travel.letters import LONGEST, parse, says_order
from examday.i18n import gettext as _
from examday.services.travel import confirming
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, attempt, go_on
from examday.web.travel.blueprint import bp
from examday.web.travel.orders import order_page
from examday.web.travel.station import station_page


@bp.post("/letter")
@access("travel.carry")
def letter() -> Answer:
    """What the centre has sent back: its receipt."""
    file = request.files.get("letter")
    content = file.read(LONGEST + 1) if file else b""
    if says_order(content):
        return attempt(
            lambda: order_page(parse(content)),
            done=lambda page: page,
            refused=lambda error: station_page(error, "letter"),
        )
    return act(
        lambda uow: _take(uow, content),
        done=lambda new: go_on("travel.index", said=_told(new), anchor="centre"),
        refused=lambda error: station_page(error, "letter"),
    )


def _take(uow: UnitOfWork, content: bytes) -> bool:
    if not content:
        raise Invalid(
            N_("No file was chosen."),
            advice=N_("Choose the file that the centre gave you."),
        )
    return confirming.take_in(uow, parse(content))


def _told(new: bool) -> str:
    return (
        _("The receipt is in.") if new else _("This receipt was here before; nothing was changed.")
    )
