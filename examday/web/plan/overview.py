"""What is planned: the days, the lists, and the readiness board."""

import datetime as dt
from typing import Any

from flask import render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.columns import KINDS
from examday.domain.plan.day import EXAM_KINDS, FEATURE_NAMES, ROOM_PURPOSES
from examday.domain.plan.findings import LEVEL_NAMES, Level, counts
from examday.i18n import gettext as _
from examday.services.plan import readiness as plan_readiness
from examday.services.plan.booklets import live_booklets
from examday.services.rules import rulesets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Candidate, Duty, Exam, Person, Room, Seat
from examday.web.access import access
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.session import store

MODELS = {"exams": Exam, "rooms": Room, "candidates": Candidate, "seating": Seat, "staff": Person}
Day = tuple[dt.date, bool]


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


def spoken_counts(found: dict[Level, int]) -> list[dict[str, Any]]:
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


@bp.get("/")
@access("plan.see")
def index() -> str:
    """The plan at a glance: what is in it, whether the day is ready, files in and out."""
    with store().read() as uow:
        day, days = chosen_day(uow)
        numbers = {
            kind: uow.session.scalar(select(func.count()).select_from(model))
            for kind, model in MODELS.items()
        }
        found = counts(plan_readiness.readiness(uow, *day)) if day else None
    return render_template(
        "plan/index.html",
        kinds=KINDS,
        numbers=numbers,
        day=day,
        days=day_options(days),
        day_key=day_key(day) if day else "",
        counts=spoken_counts(found) if found else None,
    )


@bp.get("/readiness")
@access("plan.see")
def readiness() -> str:
    """The readiness board: pass, warn, fail with the reason, the rule's source and what to do."""
    with store().read() as uow:
        day, days = chosen_day(uow)
        found = plan_readiness.readiness(uow, *day) if day else ()
        people = {
            login: name for login, name in uow.session.execute(select(Person.login, Person.name))
        }
    lines = [words.line(row, people) for row in found]
    open_lines = [row for row in lines if row.level is not Level.PASS]
    return render_template(
        "plan/readiness.html",
        day=day,
        days=day_options(days),
        rules=day and rulesets.for_date(day[0]),
        day_key=day_key(day) if day else "",
        counts=spoken_counts(counts(found)),
        open=open_lines,
        passed=[row for row in lines if row.level is Level.PASS],
    )


@bp.get("/exams")
@access("plan.see")
def exams() -> str:
    """The exams of all days."""
    with store().read() as uow:
        rows = list(uow.session.scalars(select(Exam).order_by(Exam.date.desc(), Exam.subject)))
        seats = dict(
            uow.session.execute(select(Seat.exam_id, func.count()).group_by(Seat.exam_id)).all()
        )  # type: ignore[arg-type]
        return render_template("plan/exams.html", rows=rows, seats=seats, kind_names=EXAM_KINDS)


@bp.get("/rooms")
@access("plan.see")
def rooms() -> str:
    """The rooms with their equipment."""
    with store().read() as uow:
        rows = list(uow.session.scalars(select(Room).order_by(Room.site_code, Room.number)))
        return render_template(
            "plan/rooms.html", rows=rows, purposes=ROOM_PURPOSES, features=FEATURE_NAMES
        )


@bp.get("/candidates")
@access("plan.see")
def candidates() -> str:
    """The candidates; names only for those whose role may see them."""
    with store().read() as uow:
        rows = list(uow.session.scalars(select(Candidate).order_by(Candidate.code)))
        return render_template(
            "plan/candidates.html", rows=rows, needs=words.needs, documents=words.documents
        )


@bp.get("/seating")
@access("plan.see")
def seating() -> str:
    """Who sits where on one day."""
    with store().read() as uow:
        day, days = chosen_day(uow)
        rows = []
        if day:
            rows = list(
                uow.session.scalars(
                    select(Seat)
                    .join(Exam)
                    .where(Exam.date == day[0], Exam.training == day[1])
                    .options(
                        joinedload(Seat.exam), joinedload(Seat.room), joinedload(Seat.candidate)
                    )
                )
            )
        rows.sort(key=lambda seat: (seat.room.number, seat.place, seat.exam.subject))
        return render_template(
            "plan/seating.html",
            rows=rows,
            booklets=live_booklets(uow),
            media=MEDIUM_NAMES,
            day=day,
            days=day_options(days),
            day_key=day_key(day) if day else "",
            needs=words.needs,
        )


@bp.get("/staff")
@access("plan.see")
def staff() -> str:
    """Who is on duty on one day, and who has come."""
    with store().read() as uow:
        day, days = chosen_day(uow)
        people = {
            person.id: person
            for person in uow.session.scalars(select(Person).options(selectinload(Person.roles)))
        }
        room_numbers = {room.id: room.number for room in uow.session.scalars(select(Room))}
        duties: list[tuple[Duty, Exam]] = []
        if day:
            duties = [
                (duty, exam)
                for duty, exam in uow.session.execute(
                    select(Duty, Exam)
                    .join(Exam, Exam.id == Duty.exam_id)
                    .where(Exam.date == day[0], Exam.training == day[1])
                )
            ]
        duties.sort(
            key=lambda pair: (
                room_numbers.get(pair[0].room_id or "", ""),
                pair[0].role,
                people[pair[0].person_id].name,
                pair[1].subject,
            )
        )
        return render_template(
            "plan/staff.html",
            duties=duties,
            people=people,
            rooms=room_numbers,
            roles=ROLE_NAMES,
            day=day,
            days=day_options(days),
            day_key=day_key(day) if day else "",
        )
