"""Which rooms somebody is bound to: whoever has a duty in a room records nothing for another one."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from examday.domain.errors import Forbidden
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Duty, Exam, Person, Seat

OF_A_ROOM = frozenset({"custody.issue", "custody.enlarge", "custody.collect"})
"""What is done in the room, before its candidates, so by its own organisers. Works go from hand to
hand anywhere."""
ORGANISERS = frozenset({Role.LEAD_ORGANISER, Role.ROOM_ORGANISER})
ANYWHERE = frozenset({Role.SITE_HEAD, Role.SYSTEM})
"""Not bound to a room: the head stands in where a holder is gone, and the program does what its
tasks do."""


class OtherRoom(Forbidden):
    """A step in a room where others are on duty, who alone have seen what is recorded."""

    code = "other-room"
    message = N_("This is not the room of your duty: its own organisers or the head record this.")
    advice = N_(
        "Nothing was changed. If you stand in for somebody here, let the head of the point enter you for this "
        "room in the plan of the day."
    )


def own_rooms(uow: UnitOfWork, day: dt.date) -> frozenset[str]:
    """Return the ids of the rooms in which the actor has a duty that day.

    By the day, not by the exam: in a room with candidates of two exams the same people are on duty.
    """
    exams = select(Exam.id).where(Exam.date == day)
    rows = uow.session.scalars(
        select(Duty.room_id).where(
            Duty.exam_id.in_(exams),
            Duty.person_id == uow.actor.person_id,
            Duty.room_id.is_not(None),
        )
    )
    return frozenset(room_id for room_id in rows if room_id)


def bound_elsewhere(uow: UnitOfWork, day: dt.date, room_id: str) -> bool:
    """Return whether the actor is bound to other rooms than this one.

    Who has a duty, and none in a room, is bound to none: the plan does not say where they are. An
    organiser without any duty that day is not here for a room that has organisers of its own.
    """
    if ANYWHERE & uow.actor.roles:
        return False
    own = own_rooms(uow, day)
    if own:
        return room_id not in own
    return bool(ORGANISERS & uow.actor.roles) and _off_duty(uow, day, room_id)


def here_first(uow: UnitOfWork, seat: Seat, people: Iterable[Person]) -> list[Person]:
    """Return these people in their order, those last whose duties in rooms are all in other rooms.

    They are named all the same: somebody may have been called over.
    """
    # Each pair once: in a whole region a day has hundreds of exams.
    rows = uow.session.execute(
        select(Duty.person_id, Duty.room_id)
        .where(
            Duty.exam_id.in_(select(Exam.id).where(Exam.date == seat.exam.date)),
            Duty.room_id.is_not(None),
        )
        .distinct()
    ).all()
    here = {row.person_id for row in rows if row.room_id == seat.room_id}
    elsewhere = {row.person_id for row in rows} - here
    return sorted(people, key=lambda person: person.id in elsewhere)


def _off_duty(uow: UnitOfWork, day: dt.date, room_id: str) -> bool:
    of_day = select(Duty.id).where(Duty.exam_id.in_(select(Exam.id).where(Exam.date == day)))
    mine = of_day.where(Duty.person_id == uow.actor.person_id)
    theirs = of_day.where(Duty.room_id == room_id, Duty.role.in_(ORGANISERS))
    asked = uow.session.scalar
    return asked(mine.limit(1)) is None and asked(theirs.limit(1)) is not None


def require_here(uow: UnitOfWork, seat: Seat) -> None:
    """Raise OtherRoom where the actor is bound to other rooms than that of this seat."""
    if bound_elsewhere(uow, seat.exam.date, seat.room_id):
        raise OtherRoom()


def require_with_candidate(uow: UnitOfWork, seat: Seat) -> None:
    """Raise Forbidden unless the actor works with the candidates of the room of this seat."""
    require(uow, "custody.issue")
    require_here(uow, seat)
