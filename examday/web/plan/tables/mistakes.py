"""The table that was sent, with a reason beside each row that is wrong."""

from flask import Response, g, request

from examday.services.plan.tables import mistakes as mistake_tables
from examday.web.access import access
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.tables.attached import attached
from examday.web.plan.tables.choices import answers_of, chosen_of, parts_chosen
from examday.web.session import store


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
