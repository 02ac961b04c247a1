"""The page of the hearing: the case, who may sit and vote, what stands against opening."""

from dataclasses import dataclass

from examday.domain.appeals.case import Kind
from examday.services.appeals.decision import findings, procedure_check
from examday.services.appeals.hearing import appointments, presence
from examday.services.appeals.hearing.cast_votes import Cast
from examday.services.appeals.hearing.past import silent
from examday.services.appeals.hearing.presence import Present
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import CaseNote


@dataclass(frozen=True)
class HearingPage:
    """The hearing of a case."""

    case: CaseFile
    members: int
    """How many the commission has: the quorum is a share of these, and not of those who came."""
    staff: list[tuple[str, str]]
    """(id, name) of everybody: interpreters and experts are no members, but must be chosen by their
    record."""
    voters: list[Present]
    voted: dict[str, Cast]
    today_is_later: bool
    """The appointed day has passed, so opening asks for the reason."""
    check: CaseNote | None
    """The exam board's check of a procedural appeal, without which it cannot be decided; None for
    one on the score."""
    soon: bool
    """Its day has not come, so it cannot be opened; a training case is played at once."""
    silent: list[str]
    """What no record says of the people of this exam and work (msgids): then everybody is asked."""
    undecided: list[str]
    """Tasks that wait for a finding: shown before the decision is tried."""


def hearing_page(uow: UnitOfWork, appeal_id: str) -> HearingPage:
    """Return the hearing of this case; NotFound when there is no such case."""
    case = open_case(uow, appeal_id)
    meeting = case.sitting.hearing
    return HearingPage(
        case=case,
        members=len(presence.members_of(uow)),
        staff=sorted(case.names.items(), key=lambda row: row[1]),
        voters=case.sitting.voters,
        voted={vote.person_id: vote for vote in case.sitting.votes},
        soon=meeting is not None
        and not case.appeal.exam.training
        and uow.today() < appointments.day_of(uow, meeting),
        today_is_later=meeting is not None and uow.today() > appointments.day_of(uow, meeting),
        check=procedure_check.check_of(uow, case.appeal),
        silent=silent(uow, case.appeal),
        undecided=findings.undecided(uow, case.appeal) if case.appeal.kind == Kind.SCORE else [],
    )
