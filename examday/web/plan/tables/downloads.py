"""Files of the plan to be saved: examples of the tables, and the plan itself."""

from flask import Response, g, render_template

from examday.domain.errors import NotFound
from examday.domain.people.roles import forbidden
from examday.domain.plan.columns import KINDS
from examday.services.plan import export as planexport
from examday.services.plan.file_columns import file_kinds
from examday.web.access import access
from examday.web.acts import look
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.tables.attached import FORMATS, attached


@bp.get("/columns")
@access("plan.see")
def columns() -> str:
    """Show the columns of each table: names, accepted names, words that a cell may hold."""
    return render_template(
        "plan/columns.html",
        kinds=KINDS,
        file_kinds=file_kinds(),
        meaning=words.cell_meaning,
    )


@bp.get("/example/<kind>.<file_format>")
@access("plan.see")
def example(kind: str, file_format: str) -> Response:
    """Send a file with the column names and one row."""
    _known(kind, file_format)
    return attached(planexport.example(kind, file_format), f"{kind}-example", file_format)


@bp.get("/export/plan.xlsx")
@access("names.see")
def export_all() -> Response:
    """Send the whole plan as one workbook, a sheet for each table."""
    return attached(look(planexport.export_all), "plan", "xlsx")


@bp.get("/export/<kind>.<file_format>")
@access("plan.see")
def export(kind: str, file_format: str) -> Response:
    """Send one kind of entries in the columns of the import."""
    _known(kind, file_format)
    # A file leaves the program for good: without names a list of candidates says too little to be
    # worth the risk.
    if kind == "candidates" and not g.actor.may("names.see"):
        raise forbidden("names.see")
    data = look(lambda uow: planexport.export(uow, kind, file_format))
    return attached(data, kind, file_format)


def _known(kind: str, file_format: str) -> None:
    if kind not in KINDS or file_format not in FORMATS:
        raise NotFound()
