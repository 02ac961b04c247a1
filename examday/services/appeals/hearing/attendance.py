"""Attendance at a hearing: who has come, in what capacity."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import check_hearing_day
from examday.domain.appeals.hearing import (
    ADVISING,
    CAPACITY_NAMES,
    DECIDING,
    NOTHING_SAID,
    Asked,
    Capacity,
    Past,
    check_attendance,
    member_roles,
)
from examday.domain.appeals.notes import Corrected
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.appeals.hearing.appointments import appointed, day_of
from examday.services.appeals.hearing.corrected import corrections
from examday.services.appeals.hearing.past import past_of, silent
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person, PersonRole
from examday.storage.tables_appeal import Appeal, Attendance, CaseNote, Hearing


@dataclass(frozen=True)
class Present:
    """One record of presence, as it stands after its corrections."""

    id: str
    person_id: str | None
    name: str
    capacity: str
    """Empty for somebody who was recorded by mistake."""
    at: dt.datetime
    corrections: tuple[CaseNote, ...] = ()


def attend(
    uow: UnitOfWork,
    appeal_id: str,
    capacity: Capacity,
    person_id: str | None = None,
    name: str = "",
    asked: Asked = NOTHING_SAID,
) -> Attendance:
    """Record who has come, in what capacity, on the day of the hearing.

    `asked`: what no record tells of this person and was therefore asked.
    Conflict before that day, when the records speak against the capacity, or when the person is
    recorded already; Invalid without the office or, for a stranger, without a name.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    # Nobody can have come to a hearing that is still to be.
    check_hearing_day(day_of(uow, meeting), uow.today(), appeal.exam.training)
    if person_id:
        _check_not_recorded(uow, appeal, meeting, person_id)
    check_comes(uow, appeal, person_id, name, capacity, asked)
    row = uow.add(
        Attendance(
            hearing_id=meeting.id,
            person_id=person_id,
            name=name.strip(),
            capacity=capacity,
            at=uow.now(),
        )
    )
    uow.record(
        Event.APPEAL_ATTEND, f"appeal:{appeal.id}", capacity=capacity, person=person_id or "named"
    )
    return row


def _check_not_recorded(
    uow: UnitOfWork,
    appeal: Appeal,
    meeting: Hearing,
    person_id: str,
) -> None:
    """Conflict when this person has a record already, be it a corrected one."""
    if person_id in {row.person_id for row in recorded(uow, appeal, meeting)}:
        raise Conflict(
            N_("This person is recorded as present already."),
            code="present",
            advice=N_("Look at the list above the form; a wrong entry can be corrected there."),
        )


def check_comes(
    uow: UnitOfWork,
    appeal: Appeal,
    person_id: str | None,
    name: str,
    capacity: Capacity,
    asked: Asked,
) -> None:
    """Refuse a conflict of interest, a missing office, or a stranger who would decide."""
    # Whoever decides must be known to the system, because the records are asked about their past.
    if not person_id and (capacity in DECIDING or not name.strip()):
        raise Invalid(
            N_(
                "Members and the secretary are chosen from the staff list; everybody else needs a name."
            ),
            code="attendance",
            advice=N_("Choose the person, or enter the name."),
        )
    # Of somebody with a name alone no record speaks: what was asked counts all the same.
    past = past_of(uow, uow.get(Person, person_id).id, appeal) if person_id else Past()
    check_attendance(capacity, asked.added_to(past))
    if person_id:
        _check_office(uow, person_id, capacity)
    _check_asked(uow, appeal, capacity, asked)


def _check_asked(
    uow: UnitOfWork,
    appeal: Appeal,
    capacity: Capacity,
    asked: Asked,
) -> None:
    """Conflict while nobody has asked what no record tells of those who decide or advise."""
    if capacity not in DECIDING | ADVISING or asked.was_asked or not silent(uow, appeal):
        return
    raise Conflict(
        N_("No record says who organised this exam or transferred this work."),
        code="people-unknown",
        field="was_asked",
        advice=N_("Ask the person about it, and say that you did."),
    )


def _check_office(uow: UnitOfWork, person_id: str, capacity: Capacity) -> None:
    """Invalid when the person does not hold the office that the capacity wants."""
    wanted = {
        # The deputy stands in for the chair and then has the casting vote.
        Capacity.CHAIR: {Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY},
        Capacity.MEMBER: member_roles(),
        Capacity.SECRETARY: {Role.APPEAL_SECRETARY},
        Capacity.TRANSCRIBER: {Role.BRAILLE_TRANSCRIBER},
        Capacity.SIGN_INTERPRETER: {Role.SIGN_INTERPRETER},
        Capacity.EXPERT: {Role.SUBJECT_EXPERT},
    }
    roles = set(
        uow.session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id))
    )
    if capacity in wanted and not roles & {str(role) for role in wanted[capacity]}:
        raise Invalid(
            N_("This person does not hold the office of %(capacity)s."),
            code="office",
            advice=N_("Choose another person, or correct the roles in the staff list."),
            params={"capacity": CAPACITY_NAMES[capacity]},
        )


def recorded(uow: UnitOfWork, appeal: Appeal, meeting: Hearing) -> list[Present]:
    """Return everybody who was ever recorded for this hearing, with all corrections."""
    rows = uow.session.scalars(
        select(Attendance)
        .where(Attendance.hearing_id == meeting.id)
        .order_by(Attendance.at, Attendance.id)
    )
    notes = corrections(uow, appeal, Corrected.ATTENDANCE)
    return [_present(row, notes.get(row.id, ())) for row in rows]


def _present(row: Attendance, notes: tuple[CaseNote, ...]) -> Present:
    """Return a record as its last correction leaves it."""
    now = notes[-1].facts["after"] if notes else {"capacity": row.capacity, "name": row.name}
    return Present(row.id, row.person_id, now["name"], now["capacity"], row.at, notes)


def attendance(uow: UnitOfWork, appeal: Appeal, meeting: Hearing) -> list[Present]:
    """Return everybody who was present at this hearing, in order of arrival."""
    return [row for row in recorded(uow, appeal, meeting) if row.capacity]


def members_of(uow: UnitOfWork) -> list[Person]:
    """Return all members of the commission, by name: the quorum is counted of these."""
    holders = select(PersonRole.person_id).where(
        PersonRole.role.in_([str(role) for role in member_roles()])
    )
    # Who has left is barred from logging in and would only raise the quorum.
    found = uow.session.scalars(
        select(Person).where(Person.id.in_(holders), Person.disabled.is_(False))
    )
    return sorted(found, key=lambda person: person.name)
