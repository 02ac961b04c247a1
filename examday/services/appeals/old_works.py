"""Works that were transferred before the system existed, entered for an appeal."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.paper_codes import form_code
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.fields import MOST_SHORT_ANSWERS
from examday.services.appeals.decision.fields_read import MOST_TASKS
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat

KINDS = ("ege", "oge", "gve")
"""Exams whose works can be disputed here: only these have forms and terms in the rules."""


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
    """Short answers of the exam; None when it was not said, which only a known exam allows."""
    long_tasks: tuple[int, ...] | None = None
    """Tasks with long answers; empty: there were none; None when it was not said."""
    needs: tuple[str, ...] = ()
    """Needs of the candidate as the papers name them: with the medium they decide who is called to
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
    code = _new_code(uow, old.code)
    _check_shape(uow, old)
    seat = _seat(uow, old)
    booklet = uow.add(
        Booklet(
            seat_id=seat.id,
            exam_id=seat.exam_id,
            medium=old.medium,
            code=code,
            state=State.HANDED_OVER,
            since=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(Event.APPEAL_OLD_WORK, f"booklet:{booklet.id}", code=code)
    return booklet


def _new_code(uow: UnitOfWork, typed: str) -> str:
    """Return the form's digits, however they were typed.

    Conflict when the work is here already, Invalid when this is no code of a form.
    """
    # Looked for as it is kept: «2675 0001 81771» from the paper is no other work.
    code = "".join(typed.split()).replace("-", "")
    known = uow.session.scalar(select(Booklet).where(Booklet.code == code))
    if known is not None:
        raise Conflict(
            N_("A work with this code is already here: %(code)s, room %(room)s, seat %(place)s."),
            code="known-work",
            field="code",
            advice=N_("Nothing was entered twice. Register the appeal on that work."),
            params={
                "code": code,
                "room": known.seat.room.number,
                "place": known.seat.place,
                "booklet": known.id,
            },
        )
    return form_code(typed)


def _check_shape(uow: UnitOfWork, old: OldWork) -> None:
    """Invalid for an exam that is still to come, or tasks that no form has."""
    if old.date > uow.today():
        raise Invalid(
            N_("The exam of this work is still to come."),
            code="date",
            field="date",
            advice=N_("Check the date."),
        )
    # Nothing is chosen beforehand: a slip would change the shape of the form and the rules.
    if old.kind not in KINDS:
        raise Invalid(
            N_("Say which exam it was: ЕГЭ, ОГЭ or ГВЭ."),
            code="exam_kind",
            field="exam_kind",
            advice=N_("It stands on the form."),
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
    # It stands in the number of the appeal: an empty one would become region 00.
    if not (old.region.isascii() and old.region.isdigit() and len(old.region) == 2):
        raise Invalid(
            N_("The code of a region has two digits."),
            code="region",
            field="region",
            advice=N_("Copy them from the form."),
        )
    wanted = ("subject", "site_code", "room", "place", "surname")
    lacking = next((name for name in wanted if not getattr(old, name).strip()), "")
    if lacking:
        raise Invalid(
            N_("Subject, exam point, room, place and surname of the work are needed."),
            code="place",
            field=lacking,
            advice=N_("Copy them from the form."),
        )


def _seat(uow: UnitOfWork, old: OldWork) -> Seat:
    """Return the seat in the exam; make room, candidate and exam as far as they are not known."""
    exam = _exam(uow, old)
    room = uow.session.scalar(
        select(Room).where(Room.site_code == old.site_code, Room.number == old.room)
    ) or uow.add(Room(site_code=old.site_code, number=old.room))
    candidate = _candidate(uow, old)
    uow.session.flush()
    _check_free(uow, exam, room, candidate, old.place)
    seat = uow.add(
        Seat(
            exam_id=exam.id,
            room_id=room.id,
            candidate_id=candidate.id,
            place=old.place,
        )
    )
    uow.session.flush()
    return seat


def _candidate(uow: UnitOfWork, old: OldWork) -> Candidate:
    """Return the candidate; Conflict when the code is known under another surname.

    Needs that the record lacks are added: they decide who is called to the hearing.
    """
    # Two people without a code are not one person: the number of the form tells them apart.
    code = old.candidate_code.strip() or old.code
    known = uow.session.scalar(select(Candidate).where(Candidate.code == code))
    if known is None:
        return uow.add(
            Candidate(
                code=code,
                surname=old.surname.strip(),
                needs=old.all_needs,
            )
        )
    if known.surname.strip().casefold() != old.surname.strip().casefold():
        raise Conflict(
            N_("The candidate with the code %(code)s has another surname here."),
            code="another-person",
            field="candidate_code",
            advice=N_("Check code and surname; without a code leave its field empty."),
            params={"code": code},
        )
    known.needs = list(dict.fromkeys((*known.needs, *old.all_needs)))
    return known


def _check_free(
    uow: UnitOfWork,
    exam: Exam,
    room: Room,
    candidate: Candidate,
    place: str,
) -> None:
    """Conflict when the candidate sat elsewhere in this exam, or somebody else on this place."""
    taken = uow.session.scalar(
        select(Seat).where(
            Seat.exam_id == exam.id,
            or_(
                Seat.candidate_id == candidate.id,
                (Seat.room_id == room.id) & (Seat.place == place),
            ),
        )
    )
    if taken is not None:
        raise Conflict(
            N_("In this exam the candidate or the place is entered already: %(place)s."),
            code="seat-taken",
            field="place",
            advice=N_("Find the work by the candidate's code, or check room and place."),
            params={"place": f"{taken.room.number}-{taken.place}"},
        )


def _exam(uow: UnitOfWork, old: OldWork) -> Exam:
    """Return the exam of the work; make it when it is not known.

    Invalid when nobody said how many tasks an unknown exam had, Conflict when a known exam had
    others.
    """
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
        _check_same_shape(found, old)
        return found
    if old.tasks is None or old.long_tasks is None:
        raise _no_shape(uow, old)
    return uow.add(
        Exam(
            date=old.date,
            kind=old.kind,
            subject=old.subject,
            site_code=old.site_code,
            region=old.region,
            tasks=old.tasks,
            long_tasks=sorted(old.long_tasks),
        )
    )


def _check_same_shape(known: Exam, old: OldWork) -> None:
    """Conflict when the tasks that were entered are not those of this exam as it is known."""
    short = old.tasks is None or old.tasks == known.tasks
    if short and (old.long_tasks is None or sorted(old.long_tasks) == sorted(known.long_tasks)):
        return
    raise Conflict(
        N_("This exam is known here with %(short)s short answers, long answers: %(long)s."),
        code="another-shape",
        field="tasks",
        advice=N_("Check the date and the subject, or leave the figures empty."),
        params=_shape(known),
    )


def _no_shape(uow: UnitOfWork, old: OldWork) -> Invalid:
    """Return the question for the tasks of an exam that is not known.

    The last exam of the subject is named as a help and never taken for this one: the number of
    tasks changes from year to year.
    """
    like = uow.session.scalars(
        select(Exam)
        # A training exam is made as it suits, and says nothing of a real one.
        .where(Exam.kind == old.kind, Exam.subject == old.subject, Exam.training.is_(False))
        .order_by(Exam.date.desc())
        .limit(1)
    ).first()
    advice = N_("Copy both from the task paper of that exam.")
    if like is not None:
        advice = N_(
            "Copy both from the task paper of that exam. The one of %(day)s had %(short)s short "
            "answers, long answers: %(long)s."
        )
    return Invalid(
        N_("It is not said how many short answers the exam had and which tasks a long one."),
        code="no-shape",
        field="tasks",
        advice=advice,
        params=_shape(like) | {"day": like.date.strftime("%d.%m.%Y")} if like else {},
    )


def _shape(exam: Exam) -> dict[str, object]:
    """Return the tasks of an exam for a message."""
    return {
        "short": exam.tasks,
        "long": ", ".join(str(task) for task in exam.long_tasks) or "—",
    }
