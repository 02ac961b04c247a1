"""What the pages of the plan list: exams, rooms, candidates, seats, duties; and how many there are."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from examday.domain.identity import ByIdentity
from examday.services.plan.booklets import live_booklets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Duty, Exam, Person, Room, Seat

MODELS = {"exams": Exam, "rooms": Room, "candidates": Candidate, "seating": Seat, "staff": Person}
"""Kind → table whose rows are counted: the database counts, no row is loaded for it."""
A_PAGE = 100
"""Entries on one page; nobody reads more at once."""
Line = TypeVar("Line")
T = TypeVar("T")
Day = tuple[dt.date, bool]
"""An exam day, and whether it is a training day, because both may be on one date."""


def numbers(uow: UnitOfWork) -> dict[str, int]:
    """How many entries of each kind the plan has."""
    return {
        kind: uow.count(select(func.count()).select_from(model)) for kind, model in MODELS.items()
    }


@dataclass(frozen=True)
class Screen(Generic[Line]):
    """So many entries as one page shows. `after`: where the next page begins, "" on the last one."""

    rows: list[Line]
    after: str = ""


def exams(uow: UnitOfWork, after: str = "") -> tuple[Screen[Exam], dict[str, int]]:
    """The exams, newest first, and how many sit each by its id.

    `after`: date and id of the last one of the page before.
    """
    date, _, last = after.partition(" ")
    query = select(Exam).order_by(Exam.date.desc(), Exam.id.desc()).limit(A_PAGE + 1)
    if last:
        day = dt.date.fromisoformat(date)
        query = query.where((Exam.date < day) | ((Exam.date == day) & (Exam.id < last)))
    rows = list(uow.session.scalars(query))
    page = _screen(rows, lambda exam: f"{exam.date.isoformat()} {exam.id}")
    counted = uow.session.execute(
        select(Seat.exam_id, func.count())
        .where(Seat.exam_id.in_([exam.id for exam in page.rows]))
        .group_by(Seat.exam_id)
    )
    return page, {exam_id: count for exam_id, count in counted}


def _screen(rows: list[Line], name: Callable[[Line], str]) -> Screen[Line]:
    """One page of rows that were asked for with one more than it holds."""
    return Screen(rows[:A_PAGE], name(rows[A_PAGE - 1]) if len(rows) > A_PAGE else "")


def rooms(uow: UnitOfWork) -> list[Room]:
    """The rooms of all points."""
    return list(uow.session.scalars(select(Room).order_by(Room.site_code, Room.number)))


def candidates(uow: UnitOfWork, start: str = "") -> Screen[Candidate]:
    """The candidates by code, from the code `start` on: the one who has it is the first."""
    query = select(Candidate).order_by(Candidate.code).limit(A_PAGE + 1)
    rows = list(uow.session.scalars(query.where(Candidate.code >= start) if start else query))
    return Screen(rows[:A_PAGE], rows[A_PAGE].code if len(rows) > A_PAGE else "")


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
    return rows, live_booklets(uow, Booklet.exam_id.in_({seat.exam_id for seat in rows}))


def people(uow: UnitOfWork) -> dict[str, Person]:
    """Everybody by id."""
    rows = uow.session.scalars(select(Person).options(selectinload(Person.roles)))
    return {person.id: person for person in rows}


def names(uow: UnitOfWork, candidates_of: Day | None = None) -> dict[str, str]:
    """Log-in → name; with `candidates_of` a day also the code of who sits then → surname and name."""
    known = {login: name for login, name in uow.session.execute(select(Person.login, Person.name))}
    if candidates_of:
        rows = uow.session.scalars(_seated(candidates_of))
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


def doubles(uow: UnitOfWork, day: Day | None = None) -> list[tuple[str, tuple[str, ...]]]:
    """Entries of one day, or of all, that nobody can tell apart by looking: kind and spellings.

    They can only be older than the rule that refuses them.
    """
    codes = [row.code for row in uow.session.scalars(_seated(day))]
    return [
        *(("candidates", group) for group in _alike(codes)),
        *(("staff", group) for group in _alike(row.login for row in people(uow).values())),
        *(("seating", group) for group in _chairs(uow, day)),
    ]


def _seated(day: Day | None) -> Select[Candidate]:
    """Who sits an exam of the day, or anybody, each once, by code."""
    everybody = select(Candidate).order_by(Candidate.code)
    seated = _of(select(Seat.candidate_id), day)
    return everybody.where(Candidate.id.in_(seated)) if day else everybody


def _of(seats: Select[T], day: Day | None) -> Select[T]:
    """Those seats that belong to the day."""
    if day is None:
        return seats
    return seats.join(Exam).where(Exam.date == day[0], Exam.training == day[1])


def _alike(written: Iterable[str]) -> Iterator[tuple[str, ...]]:
    return ByIdentity((code, code) for code in written).doubles()


def _chairs(uow: UnitOfWork, day: Day | None) -> Iterator[tuple[str, ...]]:
    """Places of one room and exam of the day that look the same."""
    by_room: dict[tuple[str, str], ByIdentity[str]] = {}
    for seat in uow.session.scalars(_of(select(Seat), day).options(joinedload(Seat.room))):
        written = f"{seat.room.number} · {seat.place}"
        by_room.setdefault((seat.exam_id, seat.room_id), ByIdentity()).add(written, written)
    for known in by_room.values():
        yield from known.doubles()
