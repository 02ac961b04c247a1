"""The hearing is opened: who is there is said, and nobody is missing."""

from examday.domain.appeals import case
from examday.domain.appeals.notes import NoteKind
from examday.services.appeals.cases import move_case
from examday.services.appeals.hearing.appointments import appointed, day_of
from examday.services.appeals.hearing.presence import members_of
from examday.services.appeals.hearing.sitting import check_quorum, sitting_of
from examday.services.appeals.notes import add_note
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


def open_hearing(uow: UnitOfWork, appeal_id: str, late_reason: str = "") -> Appeal:
    """Open the hearing on its day, with a quorum, one chair and those who must be called.

    Conflict when one of these is missing, and on a later day without `late_reason`.
    """
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    appointed_for = day_of(uow, meeting)
    case.check_hearing_day(appointed_for, uow.today(), appeal.exam.training)
    case.check_opened_late(appointed_for, uow.today(), late_reason)
    sitting = sitting_of(uow, appeal)
    check_quorum(uow, appeal, sitting)
    if uow.today() != appointed_for:
        # The protocol names the day on which the commission really sat, so it is noted where it was
        # another.
        add_note(
            uow,
            appeal,
            NoteKind.OPENED_LATER,
            {"at": uow.now().isoformat()},
            about=f"hearing:{meeting.id}",
            reason=late_reason,
        )
    present = len(sitting.attendance)
    return move_case(uow, appeal, "open", present=present, members=len(members_of(uow)))
