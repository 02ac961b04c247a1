"""Works that were transferred before the system existed, entered for an appeal."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
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
    tasks: int = 40
    """The most short answers a form has room for: a work with fewer leaves them blank."""

    @property
    def needs(self) -> list[str]:
        """Needs of the candidate, told from the medium: they decide who is called to the hearing."""
        braille = self.medium is Medium.BRAILLE
        return ["blind", "braille"] if braille else ["partially_sighted", "a3"]


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


def _seat(uow: UnitOfWork, old: OldWork) -> Seat:
    """Return the seat in the exam; make room, candidate and exam as far as they are not known."""
    exam = _exam(uow, old)
    room = uow.session.scalar(
        select(Room).where(Room.site_code == old.site_code, Room.number == old.room)
    ) or uow.add(Room(site_code=old.site_code, number=old.room))
    candidate = uow.session.scalar(
        select(Candidate).where(Candidate.code == old.candidate_code)
    ) or uow.add(Candidate(code=old.candidate_code, surname=old.surname, needs=old.needs))
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
        )
    )
    return found or uow.add(
        Exam(
            date=old.date,
            kind=old.kind,
            subject=old.subject,
            site_code=old.site_code,
            region=old.region,
            tasks=old.tasks,
        )
    )
