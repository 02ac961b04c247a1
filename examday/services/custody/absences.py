"""Breaks and absences of a room: left and came back, with times and who went along (R22).

They stand in the ledger alone: nothing of a candidate's health is kept but the kind of the break.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.custody.absences import (
    COMPANIONS,
    Absence,
    AwayAlready,
    Break,
    Step,
    paired,
)
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Invalid, NotFound
from examday.domain.events import Event, read_data
from examday.domain.identity import place_order
from examday.domain.ledger import Subject
from examday.domain.messages import N_
from examday.services.custody import journal, views
from examday.services.custody.room.own_rooms import (
    own_rooms,
    require_here,
    require_with_candidate,
)
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import OLDEST_FIRST, Booklet, EventRow, Exam, Person, Room, Seat

OF_ABSENCES = (Event.ABSENCE_LEAVE, Event.ABSENCE_RETURN, Event.ABSENCE_MISTAKE)


@dataclass(frozen=True)
class SeatLine:
    """One seat of a room: away now, and the breaks before."""

    seat: Seat
    away: Absence | None
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
    states = _states(uow, [seat.id for seat in seats])
    found = _of_seats(uow, [seat.id for seat in seats])
    return RoomBreaks(
        seats[0].exam,
        seats[0].room,
        [
            _line(seat, found)
            for seat in sorted(seats, key=lambda seat: place_order(seat.place))
            if states.get(seat.id) != State.ABSENT
        ],
        _free_first(_companions(uow), found),
        directory.names(uow),
        bool(states),
    )


def _states(uow: UnitOfWork, seat_ids: Sequence[str]) -> dict[str, str]:
    """Seat → the state of its work; a seat with a standard form has none."""
    rows = uow.session.execute(
        select(Booklet.seat_id, Booklet.state).where(
            Booklet.seat_id.in_(seat_ids), Booklet.state != State.SPOILED
        )
    )
    return {seat_id: state for seat_id, state in rows}


def rooms_without_works(uow: UnitOfWork) -> list[tuple[Exam, Room]]:
    """Rooms of the actor on the newest day where everybody writes on standard forms.

    No kit is issued there by this program, but who goes out is recorded all the same (R22).
    """
    exams = views.newest_exams(uow)
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


def of_exam(uow: UnitOfWork, exam_id: str) -> list[tuple[Seat, Absence]]:
    """Return every absence of an exam with its seat, in the order in which they began."""
    rows = uow.session.scalars(
        select(Seat).where(Seat.exam_id == exam_id).options(joinedload(Seat.room))
    )
    seats = {seat.id: seat for seat in rows}
    return [(seats[one.seat_id], one) for one in _of_seats(uow, list(seats))]


def leave(
    uow: UnitOfWork,
    seat_id: str,
    why: str,
    companion_id: str,
) -> None:
    """Record that a candidate leaves the room, why, and who goes along."""
    require_with_candidate(uow, uow.hold(Seat, seat_id))
    if why not in set(Break):
        raise Invalid(N_("Choose why the candidate leaves the room."), code="why")
    # Those who are offered, and nobody else: an observer or a member of the board escorts nobody.
    if companion_id not in {person.id for person in _companions(uow)}:
        raise Invalid(
            N_("Name who goes along: nobody leaves the room alone."),
            code="companion",
            field="companion",
        )
    if away(uow, seat_id) is not None:
        raise AwayAlready()
    uow.record(Event.ABSENCE_LEAVE, f"seat:{seat_id}", why=why, companion=companion_id)


def come_back(uow: UnitOfWork, seat_id: str) -> None:
    """Record that a candidate is back in the room."""
    require_with_candidate(uow, uow.hold(Seat, seat_id))
    if away(uow, seat_id) is None:
        raise AwayAlready()
    uow.record(Event.ABSENCE_RETURN, f"seat:{seat_id}")


def take_back(uow: UnitOfWork, seat_id: str, reason: str) -> None:
    """Take the last entry of a seat back: it was made for the wrong seat, or too early.

    A candidate said to be back is away again; one said to have left never left. The entry and the
    reason stay in the ledger. Conflict where nothing is recorded, Invalid without a reason.
    """
    require_with_candidate(uow, uow.hold(Seat, seat_id))
    if not _of_seats(uow, [seat_id]):
        raise AwayAlready()
    uow.record(Event.ABSENCE_MISTAKE, f"seat:{seat_id}", reason=journal.need_reason(reason))


def away(uow: UnitOfWork, seat_id: str) -> Absence | None:
    """Return the absence that lasts: the candidate of this seat left and is not back; else None."""
    return next((one for one in _of_seats(uow, [seat_id]) if one.until is None), None)


def _line(seat: Seat, found: Sequence[Absence]) -> SeatLine:
    own = [one for one in found if one.seat_id == seat.id]
    away = next((one for one in own if one.until is None), None)
    return SeatLine(seat, away, [one for one in own if one.until is not None])


def _companions(uow: UnitOfWork) -> list[Person]:
    """Return who may go along, those whose duty it is first."""
    found = directory.people_with(uow, COMPANIONS)

    def order(person: Person) -> int:
        roles = directory.actor_of(person).roles
        return min(COMPANIONS.index(role) for role in COMPANIONS if role in roles)

    return sorted(found, key=order)


def _free_first(people: Sequence[Person], found: Sequence[Absence]) -> list[Person]:
    """Return those last who are out of the room with somebody: the first one is chosen beforehand."""
    busy = {one.companion_id for one in found if one.until is None}
    return sorted(people, key=lambda person: person.id in busy)


def _of_seats(uow: UnitOfWork, seat_ids: Sequence[str]) -> tuple[Absence, ...]:
    rows = uow.session.scalars(
        select(EventRow)
        .where(
            EventRow.kind.in_(OF_ABSENCES),
            EventRow.subject.in_([f"seat:{key}" for key in seat_ids]),
        )
        .order_by(*OLDEST_FIRST)
    )
    return paired(_step(row) for row in rows)


def _step(row: EventRow) -> Step:
    data = read_data(row.data)
    return Step(
        Subject.parse(row.subject).key,
        row.kind == Event.ABSENCE_LEAVE,
        dt.datetime.fromisoformat(row.at),
        data.get("why", ""),
        data.get("companion", ""),
        row.kind == Event.ABSENCE_MISTAKE,
    )
