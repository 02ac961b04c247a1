"""Finding a work for an appeal, works transferred before the system existed, and similar cases
after a defect."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.transfer.readings import Source
from examday.services.appeals.layers import layers_of_work
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Reading, Room, Seat
from examday.storage.tables_appeal import Appeal, Finding


def find_works(uow: UnitOfWork, wanted: str, most: int = 20) -> list[Booklet]:
    """Works by form code (12 or 13 digits) or candidate's code; by surname only for those who may
    see names."""
    wanted = wanted.strip()
    if not wanted:
        return []
    by = [
        Booklet.code == wanted,
        Booklet.code.startswith(wanted) if len(wanted) == 12 else Booklet.code == wanted,
        Candidate.code == wanted,
    ]
    if uow.actor.may("names.see"):
        by.append(Candidate.surname.ilike(f"{wanted}%"))
    rows = uow.session.scalars(
        select(Booklet)
        .join(Seat)
        .join(Candidate)
        .where(or_(*by), Booklet.state.not_in((State.SPOILED, State.NOT_USED)))
        .order_by(Booklet.since.desc())
        .limit(most)
    )
    return list(rows.unique())


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

    @property
    def needs(self) -> list[str]:
        """What the candidate must have needed to answer on such a medium."""
        braille = self.medium is Medium.BRAILLE
        return ["blind", "braille"] if braille else ["partially_sighted", "a3"]


def take_in_old_work(uow: UnitOfWork, old: OldWork) -> Booklet:
    """Make a record for such a work, as handed over; its scans are uploaded and read at the
    hearing."""
    require(uow, "appeal.register")
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
    """The seat in the exam, with room and candidate as far as they are not known yet."""
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


@dataclass(frozen=True)
class Similar:
    """A work that may carry the same defect: why it is looked at, and how many of its fields
    differ now."""

    booklet: Booklet
    reasons: tuple[str, ...]
    differing: int


def similar(uow: UnitOfWork, appeal: Appeal) -> list[Similar]:
    """Works of the same exam day copied by the same person or written in the same room; most
    differences first."""
    hands = _copiers(uow, appeal.booklet_id, appeal.version)
    rows = uow.session.scalars(
        select(Booklet).where(Booklet.exam_id == appeal.exam_id, Booklet.id != appeal.booklet_id)
    )
    found: list[Similar] = []
    for booklet in rows:
        reasons: list[str] = []
        if hands & _copiers(uow, booklet.id, booklet.version):
            reasons.append(N_("the same person copied it"))
        if booklet.seat.room_id == appeal.booklet.seat.room_id:
            reasons.append(N_("written in the same room"))
        if reasons:
            found.append(Similar(booklet, tuple(reasons), _differing(uow, booklet)))
    return sorted(found, key=lambda one: (-one.differing, -len(one.reasons)))


def _differing(uow: UnitOfWork, booklet: Booklet) -> int:
    """In how many tasks the work's own two readings differ."""
    layers = layers_of_work(uow, booklet.id, booklet.version).values()
    return sum(
        one.original is not None and one.copy is not None and not one.original.same(one.copy)
        for one in layers
    )


def _copiers(uow: UnitOfWork, booklet_id: str, version: int) -> set[str]:
    rows = uow.session.scalars(
        select(Reading.person_id).where(
            Reading.booklet_id == booklet_id,
            Reading.version == version,
            Reading.source == Source.COPIED,
        )
    )
    return {person for person in rows if person}


def defect_fields(uow: UnitOfWork, appeal: Appeal) -> list[Finding]:
    """The findings that name a transfer defect, latest round of each field."""
    rows = uow.session.scalars(
        select(Finding).where(Finding.appeal_id == appeal.id).order_by(Finding.round)
    )
    latest = {row.field: row for row in rows}
    return [row for row in latest.values() if row.decided == "transfer_defect"]
