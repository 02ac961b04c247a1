"""Figures of a year: plots with a table beside each, CSV, the yearly report."""

import csv
import io
from collections.abc import Callable

from flask import Blueprint, Response, g, render_template, request

from examday.domain.appeals import figures
from examday.domain.messages import N_
from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.services.appeals import statistics
from examday.services.appeals.papers.year import rate_words
from examday.services.appeals.papers.year import report as yearly_report
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.appeals.words import WORDS
from examday.web.session import store

bp = Blueprint("figures", __name__)
TITLES = {
    "kind": N_("by type"),
    "outcome": N_("by outcome"),
    "cause": N_("by kind of defect"),
    "site": N_("by point"),
}


STATES = {
    "open": N_("not decided yet"),
    "decided": N_("decided"),
    "withdrawn": N_("withdrawn"),
}


def words(say: Callable[[str], str] = _) -> dict[str, str]:
    """Return labels of the tables: in the reader's language, or in Russian for a paper."""
    lists = (WORDS["kinds"], WORDS["outcomes"], WORDS["categories"], STATES)
    # Codes of points are no words: they are shown as they are.
    return {str(key): say(name) for names in lists for key, name in names.items()}


@bp.get("/appeals/figures")
@access("appeal.see")
def page() -> str:
    """Show one year on one page."""

    def draw(uow: UnitOfWork) -> str:
        known = statistics.years(uow)
        wanted = request.args.get("year", type=int) or (known[0] if known else uow.today().year)
        shown = statistics.year(uow, wanted)
        return render_template(
            "appeals/figures.html",
            y=shown,
            rate=rate_words(shown, _, decimal),
            days="" if shown.median_days is None else decimal(shown.median_days),
            years=known,
            titles=TITLES,
            words=words(),
        )

    return look(draw)


@bp.get("/appeals/figures.csv")
@access("appeal.see")
def table() -> Response:
    """Give the same figures to a spreadsheet, with the same protection of small numbers."""
    wanted = request.args.get("year", type=int)
    year = look(lambda uow: statistics.year(uow, wanted or uow.today().year))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("Table"), _("Label"), _("Count")])
    for label, shown in (
        (_("Appeals"), year.cases),
        (_("not decided yet"), year.open),
        (_("withdrawn"), year.withdrawn),
    ):
        writer.writerow(["", label, shown])
    writer.writerows(
        [_(TITLES[key]), label, shown]
        for key, label, shown in figures.as_rows(year.tables, words())
    )
    return Response(
        # Excel takes a file without a byte-order mark for Windows-1251 and shows broken Cyrillic.
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="appeals-{year.year}.csv"'},
    )


@bp.post("/appeals/figures.pdf")
@access("appeal.process")
def report() -> Response:
    """Print the yearly report as tagged PDF."""
    wanted = request.form.get("year", type=int) or 0
    with store().begin(g.actor) as uow:
        year = statistics.year(uow, wanted)
        made = yearly_report(uow, year, ru, TITLES, words(ru), "large" in request.form)
    return Response(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="appeals-{wanted}.pdf"'},
    )
