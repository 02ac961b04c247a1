"""What the page of the hearing shows: the case, who may sit and vote, what stands against opening."""

from dataclasses import dataclass

from examday.domain.appeals.hearing import VOTING
from examday.services.appeals.decision import findings
from examday.services.appeals.hearing import appointments, attendance
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Attendance, CaseVote


@dataclass(frozen=True)
class HearingPage:
    """The hearing of a case. `members`: how many the commission has; `staff`: (id, name) of
    everybody; `voters`: who votes and is here; `voted`: person → vote; `soon`: its day has not
    come; `undecided`: tasks that wait for a finding."""

    case: CaseFile
    members: int
    staff: list[tuple[str, str]]
    voters: list[Attendance]
    voted: dict[str, CaseVote]
    soon: bool
    undecided: list[str]


def hearing_page(uow: UnitOfWork, appeal_id: str) -> HearingPage:
    """The hearing of this case; NotFound when there is no such case."""
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
