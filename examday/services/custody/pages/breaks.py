"""The page of a room's breaks: who is away now, who may go along."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.custody.absences import Absence
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import NotFound
from examday.domain.identity import place_order
from examday.services.custody.absences import may_go_along, of_seats, states
from examday.services.custody.room.own_rooms import here_first, own_rooms, require_here
from examday.services.people import directory
from examday.services.plan.exam_day import exams_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Person, Room, Seat

UNTIL_COLLECTED = frozenset({State.REGISTERED, State.ISSUED, State.ENLARGED})
"""Works whose candidates have not given them back: only they can still go out and come in."""


@dataclass(frozen=True)
class SeatLine:
    """One seat of a room: away now, and the breaks before."""

    seat: Seat
    away: Absence | None
    """None while the candidate sits in the room: only whoever is out can come back."""
    past: Sequence[Absence]


@dataclass(frozen=True)
class RoomBreaks:
    """The breaks of one room."""

    exam: Exam
    room: Room
    lines: Sequence[SeatLine]
    """Without the candidates who did not come: nobody can go out who is not there."""
    companions: Sequence[Person]
    names: dict[str, str]
    has_works: bool
    """False where everybody writes on standard forms: such a room has no page of its works."""


def room(uow: UnitOfWork, exam_id: str, room_id: str) -> RoomBreaks:
    """Return the seats of a room with their breaks.

    NotFound when nobody sits there, OtherRoom for whoever is bound to other rooms.
    """
    seats = list(
        uow.session.scalars(
            select(Seat)
            .where(Seat.exam_id == exam_id, Seat.room_id == room_id)
            .options(joinedload(Seat.exam), joinedload(Seat.room))
        )
    )
    if not seats:
        raise NotFound()
    require_here(uow, seats[0])
    there = states(uow, [seat.id for seat in seats])
    found = of_seats(uow, [seat.id for seat in seats])
    out = {one.seat_id for one in found if one.until is None}
    return RoomBreaks(
        seats[0].exam,
        seats[0].room,
        [
            _line(seat, found)
            for seat in sorted(seats, key=lambda seat: place_order(seat.place))
            # Also somebody marked absent who is said to be out of the room: else nobody could say
            # that they are back.
            if there.get(seat.id) != State.ABSENT or seat.id in out
        ],
        _free_first(here_first(uow, seats[0], may_go_along(uow)), found),
        directory.names(uow),
        bool(there),
    )


def rooms_without_works(uow: UnitOfWork, day: dt.date | None = None) -> list[tuple[Exam, Room]]:
    """Rooms of the actor on `day` (on the day in hand) where everybody writes on standard forms.

    No kit is issued there by this program, but who goes out is recorded all the same (R22).
    """
    exams = exams_of(uow, day)
    if not exams or not uow.actor.may("custody.issue"):
        return []
    ids = [exam.id for exam in exams]
    own = own_rooms(uow, exams[0].date)
    seats = uow.session.scalars(
        select(Seat)
        .where(Seat.exam_id.in_(ids), Seat.room_id.in_(own))
        .options(joinedload(Seat.exam), joinedload(Seat.room))
    )
    found = {(seat.exam_id, seat.room_id): (seat.exam, seat.room) for seat in seats}
    works = select(Booklet.exam_id, Seat.room_id).join(Booklet.seat).where(Seat.room_id.in_(own))
    for key in uow.session.execute(works.where(Booklet.exam_id.in_(ids)).distinct()):
        found.pop((key.exam_id, key.room_id), None)
    return sorted(found.values(), key=lambda one: (one[1].number, one[0].subject))


def written_now(uow: UnitOfWork, rooms: Sequence[tuple[Exam, Room]]) -> bool:
    """True while candidates may still sit in these rooms: it is their day, and kits are out.

    Nobody records when standard forms are handed in; the kits of the other rooms tell the hour.
    """
    if not rooms or rooms[0][0].date != uow.today():
        return False
    of_day = select(Booklet.state).join(Booklet.exam).where(Exam.date == rooms[0][0].date)
    states = set(uow.session.scalars(of_day.where(Booklet.medium != Medium.STANDARD).distinct()))
    return not states or bool(states & UNTIL_COLLECTED)


def _line(seat: Seat, found: Sequence[Absence]) -> SeatLine:
    own = [one for one in found if one.seat_id == seat.id]
    away = next((one for one in own if one.until is None), None)
    return SeatLine(seat, away, [one for one in own if one.until is not None])


def _free_first(people: Sequence[Person], found: Sequence[Absence]) -> list[Person]:
    """Return those last who are out of the room with somebody: the first one is chosen beforehand."""
    busy = {one.companion_id for one in found if one.until is None}
    return sorted(people, key=lambda person: person.id in busy)
