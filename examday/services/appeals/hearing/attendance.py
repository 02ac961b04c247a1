"""Attendance at a hearing: who has come, in what capacity."""

from dataclasses import replace

from sqlalchemy import select

from examday.domain.appeals import hearing as rules
from examday.domain.appeals.hearing import Capacity
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.appeals.hearing.appointments import appointed
from examday.services.appeals.hearing.past import past_of
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person, PersonRole
from examday.storage.tables_appeal import Appeal, Attendance, Hearing


def attend(
    uow: UnitOfWork,
    appeal_id: str,
    capacity: Capacity,
    person_id: str | None = None,
    name: str = "",
    related: bool = False,
) -> Attendance:
    """Record who has come, in what capacity.

    Conflict when the records speak against the capacity, or when the person is recorded already;
    Invalid without the office or, for a stranger, without a name.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    if person_id:
        _check_comes(uow, appeal, meeting, person_id, capacity, related)
    # Whoever decides must be known to the system, because the records are asked about their past.
    elif capacity in rules.VOTING or capacity is Capacity.SECRETARY or not name.strip():
        raise Invalid(
            N_(
                "Members and the secretary are chosen from the staff list; everybody else needs a name."
            ),
            code="attendance",
            advice=N_("Choose the person, or enter the name."),
        )
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


def _check_comes(
    uow: UnitOfWork,
    appeal: Appeal,
    meeting: Hearing,
    person_id: str,
    capacity: Capacity,
    related: bool,
) -> None:
    """Refuse a second record of a person, a conflict of interest, or a missing office."""
    if person_id in {row.person_id for row in attendance(uow, meeting)}:
        raise Conflict(
            N_("This person is recorded as present already."),
            code="present",
            advice=N_("Look at the list above the form."),
        )
    past = past_of(uow, uow.get(Person, person_id).id, appeal)
    rules.check_attendance(capacity, replace(past, related=related))
    _check_office(uow, person_id, capacity)


def _check_office(uow: UnitOfWork, person_id: str, capacity: Capacity) -> None:
    """Invalid when the person does not hold the office that the capacity wants."""
    wanted = {
        # The deputy stands in for the chair and then has the casting vote.
        Capacity.CHAIR: {Role.APPEAL_CHAIR, Role.APPEAL_DEPUTY},
        Capacity.MEMBER: rules.member_roles(),
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
            params={"capacity": rules.CAPACITY_NAMES[capacity]},
        )


def attendance(uow: UnitOfWork, meeting: Hearing) -> list[Attendance]:
    """Return everybody recorded for this hearing, in order of arrival."""
    return list(
        uow.session.scalars(
            select(Attendance).where(Attendance.hearing_id == meeting.id).order_by(Attendance.at)
        )
    )


def members_of(uow: UnitOfWork) -> list[Person]:
    """Return all members of the commission, by name: the quorum is counted of these."""
    holders = select(PersonRole.person_id).where(
        PersonRole.role.in_([str(role) for role in rules.member_roles()])
    )
    # Who has left is barred from logging in and would only raise the quorum.
    found = uow.session.scalars(
        select(Person).where(Person.id.in_(holders), Person.disabled.is_(False))
    )
    return sorted(found, key=lambda person: person.name)
