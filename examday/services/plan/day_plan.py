"""Reads the plan of one exam day as the plain values that the readiness rules look at."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from examday.domain.custody.lifecycle import Medium
from examday.domain.events import Event
from examday.domain.ledger import Subject
from examday.domain.people.roles import Role
from examday.domain.plan.day import DayPlan, DutyPlan, ExamPlan, RoomPlan, SeatPlan
from examday.domain.rules.calendar import last_day
from examday.services.people import sites
from examday.services.plan.booklets import live_booklets
from examday.services.plan.values import assumed
from examday.services.rules import in_force
from examday.services.rules.calendars import calendar_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Duty, EventRow, Exam, Person, Room, Seat

APPEAL_ROLES = (Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY, Role.APPEAL_SECRETARY, Role.APPEAL_MEMBER)
"""Listed without a duty: R29 asks whether a member of the appeals body has taken part in the exam."""


def day_plan(uow: UnitOfWork, day: dt.date, training: bool = False) -> DayPlan:
    """Read the plan of one day; people who are disabled in the program are left out."""
    exams = list(
        uow.session.scalars(select(Exam).where(Exam.date == day, Exam.training == training))
    )
    sites = {exam.site_code for exam in exams}
    rules = in_force.on(uow, day)
    rooms = uow.session.scalars(select(Room).where(Room.site_code.in_(sites)).order_by(Room.number))
    return DayPlan(
        day,
        rules,
        exams=tuple(_exam(exam) for exam in exams),
        rooms=tuple(_room(room) for room in rooms),
        seats=tuple(_seats(uow, exams)),
        duties=tuple(_duties(uow, exams)),
        # A training day is made when it is needed: there is no list to be late with.
        planned_on=None if training else _planned_on(uow),
        plan_due=last_day(calendar_of(uow), day, rules.term("conditions_list")),
        training=training,
        today=uow.today(),
    )


def _planned_on(uow: UnitOfWork) -> dt.date | None:
    """The day on which candidates or seating were changed last; None when they never were."""
    # The list of special conditions has to reach the head of the point in time (R30). The plan has
    # no date of its own; the ledger knows when it changed.
    changed = uow.session.scalar(
        select(func.max(EventRow.at)).where(
            EventRow.kind.in_((Event.PLAN_IMPORT, Event.PLAN_EDIT)),
            EventRow.subject.in_(("plan:candidates", "plan:seating")),
        )
    )
    return uow.local(dt.datetime.fromisoformat(changed)).date() if changed else None


def _room(room: Room) -> RoomPlan:
    unknown = "seats" in assumed(room.features)
    return RoomPlan(room.number, room.purpose, None if unknown else room.seats, room.features)


def _exam(exam: Exam) -> ExamPlan:
    facts = exam.facts
    return ExamPlan(
        exam.subject,
        exam.kind,
        None if "tasks" in assumed(facts) else exam.tasks,
        facts.get("start", ""),
        facts.get("enlarge_at", ""),
        facts.get("minutes") or 0,
        facts.get("speaking", False),
        facts.get("braille_at", ""),
    )


def _seats(uow: UnitOfWork, exams: list[Exam]) -> Iterator[SeatPlan]:
    by_id = {exam.id: exam for exam in exams}
    booklets = live_booklets(uow, Booklet.exam_id.in_(by_id))
    for seat in uow.session.scalars(
        select(Seat)
        .where(Seat.exam_id.in_(by_id))
        .order_by(Seat.place)
        .options(joinedload(Seat.room), joinedload(Seat.candidate))
    ):
        booklet, candidate, exam = booklets.get(seat.id), seat.candidate, by_id[seat.exam_id]
        yield SeatPlan(
            candidate.code,
            exam.subject,
            seat.room.number,
            seat.place,
            frozenset(candidate.needs),
            tuple(candidate.documents),
            Medium(booklet.medium) if booklet else Medium.STANDARD,
            exam.kind,
        )


def _duties(uow: UnitOfWork, exams: list[Exam]) -> Iterator[DutyPlan]:
    """Duties of these exams, and the members of the appeals body with their role."""
    people = {
        person.id: person
        for person in uow.session.scalars(
            select(Person).where(Person.disabled.is_(False)).options(selectinload(Person.roles))
        )
    }
    yield from _exam_duties(uow, exams, people)
    roles = sites.roles_of_each(uow, people.values(), uow.site)
    for person in people.values():
        for role in sorted(roles[person.id]):
            if role in APPEAL_ROLES:
                yield DutyPlan(person.login, role)


def _exam_duties(
    uow: UnitOfWork, exams: list[Exam], people: dict[str, Person]
) -> Iterator[DutyPlan]:
    by_id = {exam.id: exam for exam in exams}
    here = _logged_in(uow) if exams and exams[0].date == uow.today() else frozenset()
    rooms = {room.id: room.number for room in uow.session.scalars(select(Room))}
    for duty in uow.session.scalars(select(Duty).where(Duty.exam_id.in_(by_id))):
        if duty.person_id in people:
            person = people[duty.person_id]
            yield DutyPlan(
                person.login,
                duty.role,
                by_id[duty.exam_id].subject,
                rooms.get(duty.room_id or "", ""),
                duty.present or duty.person_id in here,
                frozenset(person.facts.get("teaches", [])),
            )


def _logged_in(uow: UnitOfWork) -> frozenset[str]:
    """Return the ids of those who logged in here today: they have come, whether marked or not."""
    midnight = dt.datetime.combine(uow.today(), dt.time(), uow.zone).astimezone(dt.UTC)
    rows = uow.session.scalars(
        select(EventRow.subject).where(
            EventRow.at >= midnight.isoformat(),
            EventRow.kind == Event.PERSON_ENTER,
            EventRow.chain == "",
        )
    )
    return frozenset(Subject.parse(subject).key for subject in rows)
