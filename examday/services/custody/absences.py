"""Breaks and absences of a room: left and came back, with times and who went along (R22).

They stand in the ledger alone: nothing of a candidate's health is kept but the kind of the break.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.custody.absences import (
    COMPANIONS,
    Absence,
    AwayAlready,
    Break,
    NotHere,
    Step,
    paired,
)
from examday.domain.custody.lifecycle import State
from examday.domain.errors import Invalid
from examday.domain.events import Event, read_data
from examday.domain.ledger import Subject
from examday.domain.messages import N_
from examday.services.custody import journal
from examday.services.custody.room.own_rooms import require_with_candidate
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import OLDEST_FIRST, Booklet, EventRow, Person, Seat

OF_ABSENCES = (Event.ABSENCE_LEAVE, Event.ABSENCE_RETURN, Event.ABSENCE_MISTAKE)
"""Read together always: a mistake takes back whichever entry came before it."""


def of_exam(uow: UnitOfWork, exam_id: str) -> list[tuple[Seat, Absence]]:
    """Return every absence of an exam with its seat, in the order in which they began."""
    rows = uow.session.scalars(
        select(Seat).where(Seat.exam_id == exam_id).options(joinedload(Seat.room))
    )
    seats = {seat.id: seat for seat in rows}
    return [(seats[one.seat_id], one) for one in of_seats(uow, list(seats))]


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
    if companion_id not in {person.id for person in may_go_along(uow)}:
        raise Invalid(
            N_("Name who goes along: nobody leaves the room alone."),
            code="companion",
            field="companion",
        )
    if away(uow, seat_id) is not None:
        raise AwayAlready()
    if states(uow, [seat_id]).get(seat_id) == State.ABSENT:
        raise NotHere()
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
    if not of_seats(uow, [seat_id]):
        raise AwayAlready()
    uow.record(Event.ABSENCE_MISTAKE, f"seat:{seat_id}", reason=journal.need_reason(reason))


def away(uow: UnitOfWork, seat_id: str) -> Absence | None:
    """Return the absence that lasts: the candidate of this seat left and is not back; else None."""
    return next((one for one in of_seats(uow, [seat_id]) if one.until is None), None)


def recorded(uow: UnitOfWork, seat_id: str) -> bool:
    """Whether it stands on record that the candidate of this seat left the room."""
    return bool(of_seats(uow, [seat_id]))


def states(uow: UnitOfWork, seat_ids: Sequence[str]) -> dict[str, str]:
    """Seat → the state of its work; a seat with a standard form has none."""
    rows = uow.session.execute(
        select(Booklet.seat_id, Booklet.state).where(
            Booklet.seat_id.in_(seat_ids), Booklet.state != State.SPOILED
        )
    )
    return {seat_id: state for seat_id, state in rows}


def may_go_along(uow: UnitOfWork) -> list[Person]:
    """Return who may go along, those whose duty it is first."""
    found = directory.people_with(uow, COMPANIONS)

    def order(person: Person) -> int:
        roles = directory.acting(uow, person).roles
        return min(COMPANIONS.index(role) for role in COMPANIONS if role in roles)

    return sorted(found, key=order)


def of_seats(uow: UnitOfWork, seat_ids: Sequence[str]) -> tuple[Absence, ...]:
    """Return the absences of these seats, in the order in which they began."""
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
