"""Who is recorded as present at a hearing, after the corrections."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.hearing import member_roles
from examday.domain.appeals.notes import Corrected
from examday.services.appeals.hearing.corrected import corrections
from examday.services.people import sites
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person
from examday.storage.tables_appeal import Appeal, Attendance, CaseNote, Hearing


@dataclass(frozen=True)
class Present:
    """One record of presence, as it stands after its corrections."""

    id: str
    person_id: str | None
    """None for somebody who has no account: then the name alone says who it was."""
    name: str
    capacity: str
    """Empty for somebody who was recorded by mistake: both entries stay visible."""
    at: dt.datetime
    corrections: tuple[CaseNote, ...] = ()


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
    holders = sites.holders(uow, member_roles())
    # Who has left is barred from logging in and would only raise the quorum.
    found = uow.session.scalars(
        select(Person).where(Person.id.in_(holders), Person.disabled.is_(False))
    )
    return sorted(found, key=lambda person: person.name)
