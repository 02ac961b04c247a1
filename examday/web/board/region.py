"""«Регион»: what staff of the centre see of all points."""

from flask import Blueprint, render_template, request

from examday.domain.errors import NotFound
from examday.domain.jobs import Queue
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.board import region, region_work
from examday.web.access import access
from examday.web.acts import look
from examday.web.forms import wanted_day
from examday.web.session import store
from examday.web.words import Figure

bp = Blueprint("region", __name__, url_prefix="/region")
QUEUE_NAMES = {Queue.READING: N_("reading of scans"), Queue.UPKEEP: N_("upkeep")}
WORKER_NAMES = {
    Queue.READING: N_("workers that read scans"),
    Queue.UPKEEP: N_("workers of upkeep"),
}


@bp.get("/")
@access("day.see")
def index() -> str:
    """Show all points on one day."""
    number = max(request.args.get("page", 1, type=int) or 1, 1)
    shown = look(lambda uow: region.show(uow, wanted_day()))
    return render_template(
        "board/region/index.html",
        region=shown,
        lines=shown.page(number),
        page=number,
        last=shown.pages,
        steps=region.STEPS,
        counts=_counts(shown),
        told=alarms_of,
        terms=look(region_work.terms),
        background=region_work.background(store()),
        queues=QUEUE_NAMES,
        workers=WORKER_NAMES,
        day=request.args.get("day", ""),
    )


def _counts(shown: region.Region) -> list[Figure]:
    return [
        Figure(_("exam points"), len(shown.lines)),
        Figure(_("works in all"), shown.total),
        Figure(_("not arrived"), shown.steps["missing"], shown.total),
        Figure(_("delivered"), shown.steps["done"], shown.total),
        Figure(
            _("points with alarms"),
            shown.alarmed,
            wrong=bool(shown.alarmed),
            note=_("first in the table") if shown.alarmed else "",
        ),
    ]


def alarms_of(line: region.Line) -> str:
    """Return the alarms of a point in the reader's language; "" where there are none."""
    gaps = (
        _("entries %(first)s–%(last)s of the station have not come", first=one.first, last=one.last)
        for one in line.missing
    )
    return "; ".join([*gaps, *(_(words, n=n) for words, n in line.told)])


@bp.get("/works")
@access("day.see")
def works() -> str:
    """Show the works at one step, of one point or of all: the longest wait first."""
    column, key = request.args.get("step", ""), request.args.get("site", "")
    if column not in region.STEPS:
        raise NotFound()
    found = look(lambda uow: region.works(uow, wanted_day(), column, key))
    return render_template(
        "board/region/works.html",
        found=found,
        title=_(region.STEPS[column][0]).capitalize(),
        most=len(found.rows),
        day=request.args.get("day", ""),
    )
