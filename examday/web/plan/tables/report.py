"""The report on a set of tables: what it would do, row by row."""

from collections import Counter

from flask import g, render_template, request

from examday.domain.errors import DomainError
from examday.services.plan.proposals.proposal import VERDICT_NAMES
from examday.services.plan.tables import sets
from examday.web.access import access
from examday.web.errors import translate
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.tables.choices import answers_of, chosen_of, options, parts_chosen
from examday.web.plan.tables.report_tables import asked, report_table
from examday.web.session import store


@bp.get("/set/<set_id>")
@access("plan.edit")
def report(set_id: str) -> str:
    """Show what the set would do. Nothing is written."""
    return report_page(set_id, chosen_of(request.args))


def report_page(set_id: str, chosen: dict[str, str], error: DomainError | None = None) -> str:
    """Show the report on a set as chosen, with the error of a confirmation that was refused."""
    found = sets.examine(store(), g.actor, parts_chosen(set_id, chosen), answers_of(chosen))
    shown = [report_table(number, one) for number, one in enumerate(found)]
    good = bool(found) and all(one.report is not None and one.report.good for one in found)
    changes = sum(one.report.changes for one in found if one.report)
    return render_template(
        "plan/report.html",
        set_id=set_id,
        tables=shown,
        total=sum((one.counts for one in shown), Counter[str]()),
        good=good and bool(changes),
        nothing=good and not changes,
        asked=asked(found),
        chosen=chosen,
        seen=sets.fingerprint(found),
        verdicts=VERDICT_NAMES,
        problem=words.problem,
        changes=words.changes,
        allowed=sets.may_bring_in(g.actor, [one.part for one in found]),
        error=error and " ".join(translate(error)),
        **options(),
    )
