"""Files of the plan to be saved: examples of the tables, tables with reasons, the plan itself."""

from flask import Response, g, render_template, request

from examday.domain.errors import NotFound
from examday.domain.people.roles import forbidden
from examday.domain.plan.columns import KINDS
from examday.services.plan import export as planexport
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.tables import mistakes as mistake_tables
from examday.web.access import access
from examday.web.acts import look
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.tables.choices import answers_of, chosen_of, parts_chosen
from examday.web.session import store

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""File ending → media type."""


@bp.get("/set/<set_id>/mistakes/<int:number>")
@access("plan.edit")
def mistakes(set_id: str, number: int) -> Response:
    """Send the same table with a column of what is wrong in each row, to be corrected."""
    chosen = chosen_of(request.args)
    parts, answers = parts_chosen(set_id, chosen), answers_of(chosen)
    one, data, ending = mistake_tables.table(
        store(), g.actor, parts, answers, number, words.problem
    )
    return attached(data, f"{one.part.kind}-mistakes", ending)


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


def attached(data: bytes, name: str, file_format: str) -> Response:
    """Make the answer that a browser saves as a file."""
    return Response(
        data,
        mimetype=FORMATS[file_format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{file_format}"',
            # Plans hold names and health needs; a shared computer must not keep them.
            "Cache-Control": "no-store",
        },
    )
