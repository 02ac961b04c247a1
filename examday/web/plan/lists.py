"""The lists of the plan: exams, rooms, candidates, seating, staff."""

from flask import render_template, request

from examday.domain.custody.lifecycle import MEDIUM_NAMES
from examday.domain.people.roles import ROLE_NAMES
from examday.domain.plan.day import EXAM_KINDS, FEATURE_NAMES, ROOM_PURPOSES
from examday.services.plan import lists
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.forms import further
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.plan.days import chosen_day, day_shown


@bp.get("/exams")
@access("plan.see")
def exams() -> str:
    """The exams of all days."""

    def step(uow: UnitOfWork) -> str:
        shown, seats = lists.exams(uow, further())
        return render_template(
            "plan/exams.html",
            shown=shown,
            seats=seats,
            kind_names=EXAM_KINDS,
        )

    return look(step)


@bp.get("/rooms")
@access("plan.see")
def rooms() -> str:
    """The rooms with their equipment."""
    return render_template(
        "plan/rooms.html",
        rows=look(lists.rooms),
        purposes=ROOM_PURPOSES,
        features=FEATURE_NAMES,
    )


@bp.get("/candidates")
@access("plan.see")
def candidates() -> str:
    """The candidates; names only for those whose role may see them."""
    start = request.args.get("from", "").strip()
    return render_template(
        "plan/candidates.html",
        shown=look(lambda uow: lists.candidates(uow, start)),
        start=start,
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
            **day_shown(day, days),
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
            **day_shown(day, days),
        )

    return look(step)
