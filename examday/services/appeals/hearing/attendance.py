"""Attendance at a hearing: who has come, in what capacity."""

from examday.domain.appeals.case import check_hearing_day
from examday.domain.appeals.hearing import NOTHING_SAID, Asked, Capacity
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.hearing.appointments import appointed, day_of
from examday.services.appeals.hearing.presence import recorded
from examday.services.appeals.hearing.who_comes import check_comes
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Attendance, Hearing


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
    # Asked first, because nobody can have come to a hearing that is still to be.
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
