"""The plan at a glance, and the readiness board."""

from flask import g, render_template

from examday.domain.plan.columns import KINDS
from examday.i18n import gettext as _
from examday.services.plan import lists
from examday.services.plan import readiness as plan_readiness
from examday.services.rules import in_force
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.days import chosen_day, day_shown


@bp.get("/")
@access("plan.see")
def index() -> str:
    """The plan at a glance: what is in it, whether the day is ready, files in and out."""

    def step(uow: UnitOfWork) -> dict[str, object]:
        day, days = chosen_day(uow)
        found = plan_readiness.readiness(uow, *day) if day else ()
        return {
            "numbers": lists.numbers(uow),
            "counts": words.head_counts(found) if day else None,
            "doubles": [
                (_(KINDS[kind]), group) for kind, group in (lists.doubles(uow, day) if day else ())
            ],
            **day_shown(day, days),
        }

    return render_template("plan/index.html", kinds=KINDS, **look(step))


@bp.get("/readiness")
@access("plan.see")
def readiness() -> str:
    """The readiness board: pass, warn, fail with the reason, the rule's source and what to do."""

    def step(uow: UnitOfWork) -> dict[str, object]:
        day, days = chosen_day(uow)
        found = plan_readiness.readiness(uow, *day) if day else ()
        known = lists.names(uow, day if g.actor.may("names.see") else None)
        shown = [words.shown(row, known) for row in found]
        return {
            "rules": day and in_force.on(uow, day[0]),
            "counts": words.head_counts(found),
            "open": [row for row in shown if not row.passed],
            "passed": [row for row in shown if row.passed],
            **day_shown(day, days),
        }

    return render_template("plan/readiness.html", **look(step))
