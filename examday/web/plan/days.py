"""The exam day that a page of the plan is about, chosen in its address."""

from flask import request

from examday.i18n import gettext as _
from examday.services.plan.exam_day import current_day
from examday.services.plan.lists import Day
from examday.services.plan.readiness import days as days_of_plan
from examday.services.unit_of_work import UnitOfWork


def chosen_day(uow: UnitOfWork) -> tuple[Day | None, list[Day]]:
    """Return the day asked for by `day` (see `day_key`), else the day in hand; and all days."""
    days = days_of_plan(uow)
    wanted, current = request.args.get("day", ""), current_day(uow)
    asked = [day for day in days if day_key(day) == wanted]
    return next((day for day in asked or days if asked or day[0] == current), None), days


def day_key(day: Day) -> str:
    """Name a day in an address: «2026-06-04», or «2026-06-04t» for a training day."""
    # A training day may stand on the date of a real one; they are two days of the plan.
    return day[0].isoformat() + ("t" if day[1] else "")


def day_options(days: list[Day]) -> list[tuple[str, str]]:
    """List the days for a choice: key and words."""
    return [
        (day_key(day), f"{day[0]:%d.%m.%Y}" + (f" ({_('training')})" if day[1] else ""))
        for day in days
    ]


def day_shown(day: Day | None, days: list[Day]) -> dict[str, object]:
    """What every page of one day shows of it."""
    return {"day": day, "days": day_options(days), "day_key": day_key(day) if day else ""}
