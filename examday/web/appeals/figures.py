"""Figures of a year: plots with a table beside each, CSV, the yearly report; keeping and
destruction of works."""

import csv
import io

from flask import Blueprint, Response, g, render_template, request

from examday.domain.appeals import figures
from examday.domain.appeals.case import KIND_NAMES
from examday.domain.appeals.diagnosis import CATEGORY_NAMES
from examday.domain.appeals.hearing import OUTCOME_NAMES
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.paper import printing
from examday.services.appeals import papers, statistics
from examday.web.access import access
from examday.web.session import store

bp = Blueprint("figures", __name__)
TITLES = {
    "kind": N_("by type"),
    "outcome": N_("by outcome"),
    "cause": N_("by kind of defect"),
    "site": N_("by point"),
}


def words() -> dict[str, str]:
    """Labels of the tables in the reader's language; codes of points stay as they are."""
    named = {**KIND_NAMES, **OUTCOME_NAMES, **CATEGORY_NAMES, "withdrawn": N_("withdrawn")}
    return {str(key): _(name) for key, name in named.items()}


@bp.get("/appeals/figures")
@access("appeal.see")
def page() -> str:
    """One year on one page."""
    with store().read(g.actor) as uow:
        known = statistics.years(uow)
        wanted = request.args.get("year", type=int) or (known[0] if known else uow.today().year)
        return render_template(
            "appeals/figures.html",
            y=statistics.year(uow, wanted),
            years=known,
            titles=TITLES,
            words=words(),
        )


@bp.get("/appeals/figures.csv")
@access("appeal.see")
def table() -> Response:
    """The same figures as a table for a spreadsheet, with the same protection of small numbers."""
    with store().read(g.actor) as uow:
        year = statistics.year(uow, request.args.get("year", type=int) or uow.today().year)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("Table"), _("Label"), _("Count")])
    writer.writerows(
        [_(TITLES[key]), label, shown]
        for key, label, shown in figures.as_rows(year.tables, words())
    )
    return Response(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="appeals-{year.year}.csv"'},
    )


@bp.post("/appeals/figures.pdf")
@access("appeal.process")
def report() -> Response:
    """The yearly report as tagged PDF."""
    wanted = request.form.get("year", type=int) or 0
    with store().begin(g.actor) as uow:
        year = statistics.year(uow, wanted)
        data = papers.base(
            uow, _("Appeals of %(year)s", year=wanted), "appeal-year", training=False
        ) | {
            "facts": facts(year),
            "parts": [
                {
                    "title": _("Appeals") + " " + _(TITLES[key]),
                    "column": _(TITLES[key]),
                    "rows": [
                        [words().get(label, label), shown, bar] for label, shown, bar in one.shown()
                    ],
                }
                for key, one in year.tables.items()
            ],
        }
    return Response(
        printing.render("appeal-year", data, "large" in request.form),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="appeals-{wanted}.pdf"'},
    )


def facts(year: statistics.Year) -> list[list[str]]:
    """The year in sentences."""
    rows = [[_("Appeals"), str(year.cases)], [_("still open"), str(year.open)]]
    if year.median_days is not None:
        rows.append([_("median days to the decision"), f"{year.median_days:g}"])
    if year.rate is not None:
        rows.append(
            [
                _("transfer defects per 1,000 fields"),
                _(
                    "%(rate).2f (at most %(upper).2f with 95 %% certainty; %(fields)s fields)",
                    rate=year.rate[0],
                    upper=year.rate[1],
                    fields=year.fields,
                ),
            ]
        )
    return rows
