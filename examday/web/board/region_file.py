"""The board of the region as a file for an office program."""

from collections.abc import Iterator

from flask import Response

from examday.domain.errors import NotFound
from examday.i18n import gettext as _
from examday.services.board import region, region_export
from examday.web.access import access
from examday.web.acts import look
from examday.web.board.region import alarms_of, bp
from examday.web.forms import wanted_day
from examday.web.plan.tables.attached import FORMATS, attached


@bp.get("/board.<file_format>")
@access("day.see")
def export(file_format: str) -> Response:
    """Send the board as a file for an office program."""
    if file_format not in FORMATS:
        raise NotFound()
    shown = look(lambda uow: region.show(uow, wanted_day()))
    header = [
        *(_("Point"), _("Name")),
        *(_(words) for words, _states in region.STEPS.values()),
        *(_("works in all"), _("Alarms"), _("Last heard of (UTC)")),
    ]
    data = region_export.as_file("region", header, _lines(shown), file_format)
    return attached(data, f"region-{shown.day or 'empty'}", file_format)


def _lines(shown: region.Region) -> Iterator[list[str]]:
    for line in shown.lines:
        yield [
            *(line.site, line.name),
            *(str(line.steps[key]) for key in region.STEPS),
            *(str(line.total), alarms_of(line)),
            line.last.isoformat(timespec="seconds") if line.last else "",
        ]
