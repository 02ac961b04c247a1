"""Statistics over the region: pages and files, with small groups covered."""

from flask import Response, render_template, request

from examday.domain.custody.lifecycle import MEDIUM_NAMES, Medium
from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.board import region_export, region_figures
from examday.services.rules import rulesets
from examday.web.access import access
from examday.web.acts import look
from examday.web.board.region import bp
from examday.web.plan.tables.attached import FORMATS, attached

TITLES = {
    "medium": N_("by kind of form"),
    "subject": N_("by subject"),
    "point": N_("by point"),
}
HEADS = {"medium": N_("Answers on"), "subject": N_("Subject"), "point": N_("Point")}
"""What a row of each table is: read out with each figure, as a head alone is not heard."""


@bp.get("/figures")
@access("day.see")
def figures() -> str:
    """Show the statistics of a year; small groups are covered."""
    return render_template(
        "board/region/figures.html",
        shown=_year(),
        group=region_figures.GROUP,
        titles=TITLES,
        heads=HEADS,
        word=word_of,
    )


def _year() -> region_figures.Figures:
    wanted = request.args.get("year", type=int)
    return look(lambda uow: region_figures.year(uow, wanted or uow.today().year))


def word_of(table: str, label: str) -> str:
    """Return the label of a row in words."""
    if table == "medium":
        return _(MEDIUM_NAMES[Medium(label)])
    return rulesets.subject(label) if table == "subject" else label or _("the centre")


@bp.get("/figures.<file_format>")
@access("day.see")
def figures_file(file_format: str) -> Response:
    """Send the statistics as a file, with the same protection."""
    if file_format not in FORMATS:
        raise NotFound()
    shown = _year()
    rows = [
        [_(TITLES[key]), word_of(key, label), count]
        for key, table in shown.tables.items()
        for label, count, _bar in table.shown()
    ]
    rows.insert(0, ["", _("works in all"), shown.works])
    header = [_("Table"), _("Label"), _("Count")]
    data = region_export.as_file("figures", header, rows, file_format)
    return attached(data, f"region-{shown.year}", file_format)
