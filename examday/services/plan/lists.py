"""What the pages of the plan list: exams, rooms, candidates, seats, duties; and how many there are."""

import datetime as dt
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from examday.domain.identity import ByIdentity
from examday.services.plan.booklets import live_booklets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Duty, Exam, Person, Room, Seat

MODELS = {"exams": Exam, "rooms": Room, "candidates": Candidate, "seating": Seat, "staff": Person}
"""Kind → table whose rows are counted."""
Day = tuple[dt.date, bool]
"""An exam day, and whether it is a training day: both may be on one date."""


def numbers(uow: UnitOfWork) -> dict[str, int]:
    """How many entries of each kind the plan has."""
    return {
        kind: uow.session.scalar(select(func.count()).select_from(model)) or 0
        for kind, model in MODELS.items()
    }


def exams(uow: UnitOfWork) -> tuple[list[Exam], dict[str, int]]:
    """The exams of all days, newest first, and how many sit each by its id."""
    rows = list(uow.session.scalars(select(Exam).order_by(Exam.date.desc(), Exam.subject)))
    counted = uow.session.execute(select(Seat.exam_id, func.count()).group_by(Seat.exam_id))
    return rows, {exam_id: count for exam_id, count in counted}


def rooms(uow: UnitOfWork) -> list[Room]:
    """The rooms of all points."""
    return list(uow.session.scalars(select(Room).order_by(Room.site_code, Room.number)))


def candidates(uow: UnitOfWork) -> list[Candidate]:
    """The candidates by code."""
    return list(uow.session.scalars(select(Candidate).order_by(Candidate.code)))


def seating(uow: UnitOfWork, day: Day) -> tuple[list[Seat], dict[str, Booklet]]:
    """Who sits where on one day, and the kit of each seat by the seat's id."""
    rows = list(
        uow.session.scalars(
            select(Seat)
            .join(Exam)
            .where(Exam.date == day[0], Exam.training == day[1])
            .options(joinedload(Seat.exam), joinedload(Seat.room), joinedload(Seat.candidate))
        )
    )
    rows.sort(key=lambda seat: (seat.room.number, seat.place, seat.exam.subject))
    return rows, live_booklets(uow)


def people(uow: UnitOfWork) -> dict[str, Person]:
    """Everybody by id."""
    rows = uow.session.scalars(select(Person).options(selectinload(Person.roles)))
    return {person.id: person for person in rows}


def names(uow: UnitOfWork, candidates: bool = False) -> dict[str, str]:
    """Log-in → name; with `candidates` also their code → surname and name."""
    known = {login: name for login, name in uow.session.execute(select(Person.login, Person.name))}
    if candidates:
        rows = uow.session.scalars(select(Candidate))
        known |= {row.code: f"{row.surname} {row.name}".strip() for row in rows}
    return known


def duties(uow: UnitOfWork, day: Day) -> list[tuple[Duty, Exam]]:
    """Who is on duty on one day: by room, duty, name and subject."""
    known, numbered = people(uow), {room.id: room.number for room in rooms(uow)}
    found = [
        (duty, exam)
        for duty, exam in uow.session.execute(
            select(Duty, Exam)
            .join(Exam, Exam.id == Duty.exam_id)
            .where(Exam.date == day[0], Exam.training == day[1])
        )
    ]
    return sorted(
        found,
        key=lambda pair: (
            numbered.get(pair[0].room_id or "", ""),
            pair[0].role,
            known[pair[0].person_id].name,
            pair[1].subject,
        ),
    )


def doubles(uow: UnitOfWork) -> list[tuple[str, tuple[str, ...]]]:
    """Entries that nobody can tell apart by looking: kind and spellings.

    They can only be older than the rule that refuses them.
    """
    return [
        *(("candidates", group) for group in _alike(row.code for row in candidates(uow))),
        *(("staff", group) for group in _alike(row.login for row in people(uow).values())),
        *(("seating", group) for group in _chairs(uow)),
    ]


def _alike(written: Iterable[str]) -> Iterator[tuple[str, ...]]:
    return ByIdentity((code, code) for code in written).doubles()


def _chairs(uow: UnitOfWork) -> Iterator[tuple[str, ...]]:
    """Places of one room and exam that look the same."""
    by_room: dict[tuple[str, str], ByIdentity[str]] = {}
    for seat in uow.session.scalars(select(Seat).options(joinedload(Seat.room))):
        written = f"{seat.room.number} · {seat.place}"
        by_room.setdefault((seat.exam_id, seat.room_id), ByIdentity()).add(written, written)
    for known in by_room.values():
        yield from known.doubles()
