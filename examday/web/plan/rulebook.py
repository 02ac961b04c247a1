"""The rule set in force: values, terms and signers, each with its source and how sure it is."""

import datetime as dt

from flask import render_template, request

from examday.domain.rules.calendar import last_day
from examday.domain.rules.ruleset import RuleSet
from examday.services.rules import in_force
from examday.services.rules.calendars import calendar_of
from examday.services.rules.words import length, term_name, value_name
from examday.web.access import access
from examday.web.acts import look
from examday.web.plan.blueprint import bp
from examday.web.plan.days import chosen_day, day_shown
from examday.web.plan.rule_words import basis, known, signers


@bp.get("/rules")
@access("plan.see")
def rules() -> str:
    """The rule set in force on the chosen day, or the one asked for by id."""
    day, days = look(chosen_day)
    sets = look(in_force.by_id)
    shown = sets.get(request.args.get("set", "")) or look(
        lambda uow: in_force.on(uow, day[0] if day else uow.today())
    )
    return render_template(
        "plan/rules.html",
        sets=[(key, row.name) for key, row in sets.items()],
        shown=shown,
        values=_values(shown),
        terms=_terms(shown, day[0] if day else None),
        signers=signers(shown),
        **day_shown(day, days),
    )


def _values(shown: RuleSet) -> list[dict[str, object]]:
    rows = sorted(shown.values.values(), key=lambda row: row.rule)
    return [
        {
            "rule": row.rule,
            "name": value_name(row.key),
            "value": known(row),
            "basis": basis(row.source, row.confidence, row.origin != shown.id, row.note),
        }
        for row in rows
    ]


def _terms(shown: RuleSet, day: dt.date | None) -> list[dict[str, object]]:
    """Each term in words, and as a date counted from the exam day as an example."""
    calendar = look(calendar_of)
    return [
        {
            "name": term_name(key),
            "value": length(row.days, row.count),
            # Counted from the exam day as an example: most terms begin with another day of their
            # own.
            "date": last_day(calendar, day, row) if day else None,
            "basis": basis(row.source, row.confidence, row.origin != shown.id),
        }
        for key, row in shown.terms.items()
    ]
