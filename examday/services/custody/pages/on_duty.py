"""Who on duty may take the next step of a work: people by name beside the role that is waited for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.lifecycle import WAY, Medium, Move, State, allowed
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor, Role, may
from examday.domain.transfer.duties import PART_RULES, check_apart
from examday.services.custody.room.own_rooms import OF_A_ROOM
from examday.services.transfer import hands, offers
from examday.services.transfer.crew.may_take import settling
from examday.services.transfer.desks import signers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Duty, Person, Room

PART_OF_STEP: dict[State, str] = {
    PART_RULES[parts[0]].state: kind for kind, parts in offers.KINDS.items()
}
"""Kind of work by state: where one is done, rights alone do not tell who may, as nobody may take two parts."""


@dataclass(frozen=True)
class OnDuty:
    """One duty of one person at an exam. `room`: number of the room, "" for the whole point."""

    person_id: str
    name: str
    role: Role
    room: str = ""


def on_duty(uow: UnitOfWork, exam_ids: Collection[str]) -> list[OnDuty]:
    """Return the duties of these exams, of people who can log in, by name."""
    rows = uow.session.execute(
        select(Person.id, Person.name, Duty.role, Room.number)
        .join(Duty, Duty.person_id == Person.id)
        .outerjoin(Room, Room.id == Duty.room_id)
        .where(Duty.exam_id.in_(exam_ids), Person.disabled.is_(False))
        .order_by(Person.name)
    )
    return [OnDuty(id, name, Role(role), room or "") for id, name, role, room in rows]


def rights_forward(state: State, medium: Medium) -> set[str]:
    """Return the rights of the arrows that lead a work on: where there are several, one is enough."""
    return {arrow.permission for arrow in allowed(state, medium) if _leads_forward(arrow)}


def _leads_forward(arrow: Move) -> bool:
    """Tell an arrow along the way from one that leads back or off it.

    By the way itself: whoever may only send a picture back is not offered to key in.
    """
    return arrow.target in WAY and WAY.index(arrow.target) > WAY.index(arrow.source)


def able(
    people: Iterable[OnDuty],
    state: State,
    medium: Medium,
    rooms: Collection[str],
) -> dict[str, str]:
    """Return id → name of those whose duty lets them take the next step of works in these rooms."""
    rights = rights_forward(state, medium)
    here = bool(rights & OF_A_ROOM)
    found = [
        one
        for one in people
        if any(may({one.role}, right) for right in rights) and (not here or one.room in rooms)
    ]
    # The head stands in for everybody; while somebody else is there, the head is not waited for.
    others = [one for one in found if one.role is not Role.SITE_HEAD]
    return {one.person_id: one.name for one in others or found}


def who_may(uow: UnitOfWork, booklet: Booklet) -> tuple[str, ...]:
    """Return the names of those on duty who may take the next step of this very work.

    Without those whom an earlier part of it keeps from this one, or who have signed it already.
    """
    state, medium = State(booklet.state), Medium(booklet.medium)
    people = on_duty(uow, {booklet.exam_id})
    if state is State.VERIFIED:
        return _signers(uow, booklet, people)
    found = able(people, state, medium, {booklet.seat.room.number})
    if state in PART_OF_STEP:
        found = _apart(uow, booklet, found)
    return tuple(found.values())


def _apart(uow: UnitOfWork, booklet: Booklet, people: dict[str, str]) -> dict[str, str]:
    """Those who may take a part that nobody has yet."""
    done = hands.everybody(uow, booklet)
    free = [part for part in offers.KINDS[PART_OF_STEP[State(booklet.state)]] if not done[part]]
    barred, way = hands.earlier_hands(uow, booklet), settling(booklet)

    def fits(person_id: str, part: str) -> bool:
        try:
            check_apart(part, person_id, done, settling=way, earlier_hands=barred)
        except Conflict:
            return False
        return True

    return {id: name for id, name in people.items() if any(fits(id, part) for part in free)}


def _signers(uow: UnitOfWork, booklet: Booklet, people: list[OnDuty]) -> tuple[str, ...]:
    known = signers.progress(uow, [booklet])[booklet.id]
    able_to = (
        one.name for one in people if known.slots_for(Actor(one.person_id, frozenset({one.role})))
    )
    return tuple(dict.fromkeys(able_to))
