"""The page of the hearing: the case, who may sit and vote, what stands against opening."""

from dataclasses import dataclass

from examday.domain.appeals.hearing import VOTING
from examday.services.appeals.decision import findings
from examday.services.appeals.hearing import appointments, attendance
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Attendance, CaseVote


@dataclass(frozen=True)
class HearingPage:
    """The hearing of a case."""

    case: CaseFile
    members: int
    """How many the commission has: the quorum is a share of these."""
    staff: list[tuple[str, str]]
    """(id, name) of everybody: interpreters and experts are no members, but must be chosen by their
    record."""
    voters: list[Attendance]
    voted: dict[str, CaseVote]
    soon: bool
    """Its day has not come, so it cannot be opened; a training case is played at once."""
    undecided: list[str]
    """Tasks that wait for a finding: shown before the decision is tried."""


def hearing_page(uow: UnitOfWork, appeal_id: str) -> HearingPage:
    """Return the hearing of this case; NotFound when there is no such case."""
    case = open_case(uow, appeal_id)
    meeting = case.sitting.hearing
    return HearingPage(
        case=case,
        members=len(attendance.members_of(uow)),
        staff=sorted(case.names.items(), key=lambda row: row[1]),
        voters=[row for row in case.sitting.attendance if row.capacity in VOTING],
        voted={vote.person_id: vote for vote in case.sitting.votes},
        soon=meeting is not None
        and not case.appeal.exam.training
        and uow.today() < appointments.day_of(uow, meeting),
        undecided=findings.undecided(uow, case.appeal),
    )
