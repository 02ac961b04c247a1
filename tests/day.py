"""A small exam day in the database for tests: one exam, one room, and booklets in the step a test
needs."""

import datetime as dt

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Actor, Role
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import new_id
from examday.storage.tables import Booklet, Candidate, Exam, Person, PersonRole, Room, Seat


def exam(uow: UnitOfWork, subject: str = "01", date: dt.date = dt.date(2026, 6, 4)) -> Exam:
    """The exam in this subject, made when it is not there yet."""
    found = uow.session.scalar(select(Exam).where(Exam.subject == subject, Exam.date == date))
    return found or uow.add(
        Exam(date=date, kind="ege", subject=subject, site_code="7701", training=True)
    )


def booklet(
    store: Store,
    code: str | None,
    state: State = State.COLLECTED,
    medium: Medium = Medium.ENLARGED,
    subject: str = "01",
) -> str:
    """A booklet with this form code; its id."""
    with store.begin(Actor.system("test")) as uow:
        number = (uow.session.scalar(select(func.count()).select_from(Seat)) or 0) + 1
        day = exam(uow, subject)
        room = uow.session.scalar(select(Room)) or uow.add(Room(site_code="7701", number="101"))
        candidate = uow.add(Candidate(code=f"T{number}", surname=f"Участник-{number:02d}"))
        uow.session.flush()
        seat = uow.add(
            Seat(exam_id=day.id, room_id=room.id, candidate_id=candidate.id, place=f"{number}А")
        )
        uow.session.flush()
        made = uow.add(
            Booklet(
                seat_id=seat.id,
                exam_id=day.id,
                medium=medium.value,
                code=code,
                state=state.value,
                since=uow.now(),
            )
        )
        uow.record("test:booklet", "day:test")
    return made.id


def person(store: Store, login: str, *roles: Role, password_hash: str = "-") -> Person:
    """Somebody with these roles; without a hash nobody can log in as them."""
    with store.begin(Actor.system("test")) as uow:
        made = uow.add(
            Person(
                id=new_id(),
                login=login,
                name=login,
                must_change=False,
                password_hash=password_hash,
                pin_hash="",
            )
        )
        # Before the row is there: afterwards the roles would first be looked up.
        made.roles = [PersonRole(person_id=made.id, role=role.value) for role in roles]
        uow.record("person:add", f"person:{made.id}")
    return made
