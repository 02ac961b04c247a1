"""Works that were transferred before the system existed, entered for an appeal."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.fields import MOST_SHORT_ANSWERS
from examday.services.appeals.decision.readings import MOST_TASKS
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat


@dataclass(frozen=True)
class OldWork:
    """A work transferred before the system existed, as the secretary knows it from the paper."""

    date: dt.date
    kind: str
    subject: str
    region: str
    site_code: str
    room: str
    place: str
    code: str
    candidate_code: str
    surname: str
    medium: Medium
    tasks: int | None = None
    """Short answers of the exam; None: as in the last known exam of that kind and subject, else the
    most a form has room for."""
    long_tasks: tuple[int, ...] | None = None
    """Tasks with long answers; None: as in the last known exam of that kind and subject."""
    needs: tuple[str, ...] = ()
    """Needs of the candidate as the papers name them; with the medium they decide who is called to
    the hearing."""

    @property
    def all_needs(self) -> list[str]:
        """Return the needs with what the medium itself says of them."""
        from_medium = {Medium.BRAILLE: ("blind", "braille"), Medium.ENLARGED: ("a3",)}
        return list(dict.fromkeys((*self.needs, *from_medium.get(self.medium, ()))))


def take_in_old_work(uow: UnitOfWork, old: OldWork) -> Booklet:
    """Make a record for such a work, as handed over.

    Its scans are uploaded and read at the hearing. Conflict when the code is known, Invalid when it
    is no code of a form.
    """
    require(uow, "appeal.register")
    # Exam, room, candidate and work may all be new: no row could be held against a second entry of
    # the same paper.
    uow.queue("old works")
    _check_code(uow, old.code)
    _check_shape(uow, old)
    seat = _seat(uow, old)
    booklet = uow.add(
        Booklet(
            seat_id=seat.id,
            exam_id=seat.exam_id,
            medium=old.medium,
            code=old.code,
            state=State.HANDED_OVER,
            since=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(Event.APPEAL_OLD_WORK, f"booklet:{booklet.id}", code=old.code)
    return booklet


def _check_code(uow: UnitOfWork, code: str) -> None:
    """Conflict when the work is here already, Invalid when this is no code of a form."""
    if uow.session.scalar(select(Booklet).where(Booklet.code == code)):
        raise Conflict(
            N_("A work with this code is already here: %(code)s."),
            code="known-work",
            advice=N_("Find it by its code."),
            params={"code": code},
        )
    if not (code.isdigit() and len(code) == 13):
        raise Invalid(
            N_("A form code has 13 digits."),
            field="code",
            advice=N_("Scan the barcode of the form."),
        )


def _check_shape(uow: UnitOfWork, old: OldWork) -> None:
    """Invalid for an exam that is still to come, or tasks that no form has."""
    if old.date > uow.today():
        raise Invalid(
            N_("The exam of this work is still to come."),
            code="date",
            field="date",
            advice=N_("Check the date."),
        )
    short_fits = old.tasks is None or 0 <= old.tasks <= MOST_SHORT_ANSWERS
    if not short_fits or any(not 1 <= task <= MOST_TASKS for task in old.long_tasks or ()):
        raise Invalid(
            N_("The form has room for %(most)s short answers, and tasks are numbered from 1."),
            code="tasks",
            field="tasks",
            advice=N_("Correct the figures; they stand on the task paper of that exam."),
            params={"most": MOST_SHORT_ANSWERS},
        )
    if not all(value.strip() for value in (old.subject, old.site_code, old.room, old.place)):
        raise Invalid(
            N_("Subject, exam point, room and place of the work are needed."),
            code="place",
            advice=N_("Copy them from the form."),
        )


def _seat(uow: UnitOfWork, old: OldWork) -> Seat:
    """Return the seat in the exam; make room, candidate and exam as far as they are not known."""
    exam = _exam(uow, old)
    room = uow.session.scalar(
        select(Room).where(Room.site_code == old.site_code, Room.number == old.room)
    ) or uow.add(Room(site_code=old.site_code, number=old.room))
    candidate = uow.session.scalar(
        select(Candidate).where(Candidate.code == old.candidate_code)
    ) or uow.add(Candidate(code=old.candidate_code, surname=old.surname, needs=old.all_needs))
    uow.session.flush()
    seat = uow.add(
        Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place=old.place)
    )
    uow.session.flush()
    return seat


def _exam(uow: UnitOfWork, old: OldWork) -> Exam:
    """Return the exam of the work; make it when it is not known."""
    found = uow.session.scalar(
        select(Exam).where(
            Exam.date == old.date,
            Exam.kind == old.kind,
            Exam.subject == old.subject,
            Exam.site_code == old.site_code,
            Exam.training.is_(False),
        )
    )
    if found:
        return found
    # The shape of an exam is that of its subject: the last one that is known stands for it.
    like = uow.session.scalars(
        select(Exam)
        # A training exam is made as it suits, and says nothing of a real one.
        .where(Exam.kind == old.kind, Exam.subject == old.subject, Exam.training.is_(False))
        .order_by(Exam.date.desc())
        .limit(1)
    ).first()
    tasks = old.tasks if old.tasks is not None else like.tasks if like else MOST_SHORT_ANSWERS
    long_tasks = old.long_tasks if old.long_tasks is not None else like.long_tasks if like else ()
    return uow.add(
        Exam(
            date=old.date,
            kind=old.kind,
            subject=old.subject,
            site_code=old.site_code,
            region=old.region,
            tasks=tasks,
            long_tasks=sorted(long_tasks),
        )
    )
