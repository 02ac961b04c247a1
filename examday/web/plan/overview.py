"""What is planned: the days, the lists, and the readiness board."""

from flask import render_template, request

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.columns import KINDS
from examday.domain.plan.day import EXAM_KINDS, FEATURE_NAMES, ROOM_PURPOSES
from examday.domain.plan.findings import LEVEL_NAMES, Level, counts
from examday.i18n import gettext as _
from examday.services.plan import lists
from examday.services.plan import readiness as plan_readiness
from examday.services.plan.lists import Day
from examday.services.rules import rulesets
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.plan import words
from examday.web.plan.blueprint import bp


def chosen_day(uow: UnitOfWork) -> tuple[Day | None, list[Day]]:
    """The day asked for («2026-06-04» or «2026-06-04t» for a training day), else the newest; and
    all of them."""
    days = plan_readiness.days(uow)
    wanted = request.args.get("day", "")
    return next((day for day in days if day_key(day) == wanted), days[0] if days else None), days


def day_key(day: Day) -> str:
    """How addresses name a day."""
    return day[0].isoformat() + ("t" if day[1] else "")


def day_options(days: list[Day]) -> list[tuple[str, str]]:
    """The days for a choice."""
    return [
        (day_key(day), f"{day[0]:%d.%m.%Y}" + (f" ({_('training')})" if day[1] else ""))
        for day in days
    ]


def spoken_counts(found: dict[Level, int]) -> list[dict[str, object]]:
    """The head counts of the board."""
    return [
        {
            "label": _(LEVEL_NAMES[level]),
            "value": number,
            "wrong": level is Level.FAIL and number > 0,
            "note": _("put right before the start") if level is Level.FAIL and number else "",
        }
        for level, number in found.items()
    ]


def _day_shown(day: Day | None, days: list[Day]) -> dict[str, object]:
    """What every page of one day shows of it."""
    return {"day": day, "days": day_options(days), "day_key": day_key(day) if day else ""}


@bp.get("/")
@access("plan.see")
def index() -> str:
    """The plan at a glance: what is in it, whether the day is ready, files in and out."""

    def step(uow: UnitOfWork) -> dict[str, object]:
        day, days = chosen_day(uow)
        found = counts(plan_readiness.readiness(uow, *day)) if day else None
        return {
            "numbers": lists.numbers(uow),
            "counts": spoken_counts(found) if found else None,
            "doubles": [(_(KINDS[kind]), group) for kind, group in lists.doubles(uow)],
            **_day_shown(day, days),
        }

    return render_template("plan/index.html", kinds=KINDS, **look(step))


@bp.get("/readiness")
@access("plan.see")
def readiness() -> str:
    """The readiness board: pass, warn, fail with the reason, the rule's source and what to do."""

    def step(uow: UnitOfWork) -> dict[str, object]:
        day, days = chosen_day(uow)
        found = plan_readiness.readiness(uow, *day) if day else ()
        known = lists.names(uow)
        lines = [words.line(row, known) for row in found]
        return {
            "rules": day and rulesets.for_date(day[0]),
            "counts": spoken_counts(counts(found)),
            "open": [row for row in lines if row.level is not Level.PASS],
            "passed": [row for row in lines if row.level is Level.PASS],
            **_day_shown(day, days),
        }

    return render_template("plan/readiness.html", **look(step))


@bp.get("/exams")
@access("plan.see")
def exams() -> str:
    """The exams of all days."""

    def step(uow: UnitOfWork) -> str:
        rows, seats = lists.exams(uow)
        return render_template("plan/exams.html", rows=rows, seats=seats, kind_names=EXAM_KINDS)

    return look(step)


@bp.get("/rooms")
@access("plan.see")
def rooms() -> str:
    """The rooms with their equipment."""
    return render_template(
        "plan/rooms.html", rows=look(lists.rooms), purposes=ROOM_PURPOSES, features=FEATURE_NAMES
    )


@bp.get("/candidates")
@access("plan.see")
def candidates() -> str:
    """The candidates; names only for those whose role may see them."""
    return render_template(
        "plan/candidates.html",
        rows=look(lists.candidates),
        needs=words.needs,
        documents=words.documents,
    )


@bp.get("/seating")
@access("plan.see")
def seating() -> str:
    """Who sits where on one day."""

    def step(uow: UnitOfWork) -> str:
        day, days = chosen_day(uow)
        rows, booklets = lists.seating(uow, day) if day else ([], {})
        return render_template(
            "plan/seating.html",
            rows=rows,
            booklets=booklets,
            media=MEDIUM_NAMES,
            needs=words.needs,
            **_day_shown(day, days),
        )

    return look(step)


@bp.get("/staff")
@access("plan.see")
def staff() -> str:
    """Who is on duty on one day, and who has come."""

    def step(uow: UnitOfWork) -> str:
        day, days = chosen_day(uow)
        return render_template(
            "plan/staff.html",
            duties=lists.duties(uow, day) if day else [],
            people=lists.people(uow),
            rooms={room.id: room.number for room in lists.rooms(uow)},
            roles=ROLE_NAMES,
            **_day_shown(day, days),
        )

    return look(step)
