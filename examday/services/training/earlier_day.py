"""The earlier training day that the training appeal is about: one exam, one seat, one work."""

import datetime as dt

from sqlalchemy import select

from examday.domain.custody.paper_codes import form_code
from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role
from examday.services.training.demo_files import DisputedWork
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat

SYSTEM = Actor("system:training", frozenset({Role.SYSTEM, Role.SITE_HEAD}), "training")
"""The program with the head's rights: a training day is planned by nobody."""


def earlier_booklet(store: Store, given: DisputedWork) -> str:
    """Return the id of the booklet of the earlier day; make it, with exam and seat, if needed."""
    with store.begin(SYSTEM) as uow:
        return _booklet(uow, given)


def _booklet(uow: UnitOfWork, given: DisputedWork) -> str:
    found = uow.session.scalars(
        select(Booklet).join(Seat).join(Candidate).where(Candidate.code == given["candidate"])
    ).first()
    if found is not None:
        return found.id
    room = uow.session.scalars(select(Room).where(Room.number == given["room"])).one()
    exam = _earlier_exam(uow, given, room)
    booklet = uow.add(
        Booklet(
            seat_id=_seat(uow, given, exam, room).id,
            exam_id=exam.id,
            medium="enlarged",
            code=form_code(given["code"]),
            since=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(Event.TRAINING_EARLIER_DAY, f"booklet:{booklet.id}", day=exam.date.isoformat())
    return booklet.id


def _earlier_exam(uow: UnitOfWork, given: DisputedWork, room: Room) -> Exam:
    """An exam of the same subject and point as today's, some days ago."""
    like = uow.session.scalars(
        select(Exam).where(Exam.training, Exam.subject == given["subject"])
    ).first()
    exam = uow.add(
        Exam(
            date=uow.today() - dt.timedelta(days=given["days_ago"]),
            kind="ege",
            subject=given["subject"],
            site_code=room.site_code,
            site_name=like.site_name if like else "",
            region="77",
            tasks=26,
            long_tasks=[],
            training=True,
        )
    )
    uow.session.flush()
    return exam


def _seat(
    uow: UnitOfWork,
    given: DisputedWork,
    exam: Exam,
    room: Room,
) -> Seat:
    surname, name = given["name"]
    candidate = uow.add(
        Candidate(
            code=given["candidate"],
            surname=surname,
            name=name,
            needs=given["needs"],
        )
    )
    uow.session.flush()
    seat = uow.add(
        Seat(
            exam_id=exam.id,
            room_id=room.id,
            candidate_id=candidate.id,
            place=given["place"],
        )
    )
    uow.session.flush()
    return seat
