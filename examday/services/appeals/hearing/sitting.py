"""Sitting of the commission: its opening, what was recorded of it, what its votes come to."""

from dataclasses import dataclass

from examday.domain.appeals import case
from examday.domain.appeals import hearing as rules
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.appeals.cases import move_case, rules_of
from examday.services.appeals.hearing.appointments import appointed, day_of, latest_hearing
from examday.services.appeals.hearing.attendance import attendance, members_of
from examday.services.appeals.hearing.own_work import own_work_of
from examday.services.appeals.hearing.votes import votes
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, Attendance, CaseVote, Hearing, OwnWork


@dataclass(frozen=True)
class Sitting:
    """Everything that was recorded of the hearing that counts."""

    hearing: Hearing | None
    """None before the appointment; then everything else is empty."""
    attendance: list[Attendance]
    own_work: OwnWork | None
    """None until the appellant was asked: without it the case cannot be decided."""
    votes: list[CaseVote]
    called: tuple[rules.Required, ...]
    """Who must or may be called for this appellant; shown before the appointment too, so that they
    are invited in time."""

    def heard(self) -> tuple[Hearing, OwnWork]:
        """Return hearing and own work of a case that can be decided; Conflict without one of them."""
        if self.hearing is None:
            raise Conflict(
                N_("No hearing is appointed for this case."),
                code="no-hearing",
                advice=N_("Appoint the hearing first."),
            )
        if self.own_work is None:
            raise Conflict(
                N_("It is not recorded whether the appellant knows the works as his own."),
                code="own-work",
                advice=N_("Record the answer, or that the appellant did not come."),
            )
        return self.hearing, self.own_work

    def result(self) -> Outcome:
        """Return the decision by vote; Conflict while a member who is present has not voted."""
        present = {row.person_id: Capacity(row.capacity) for row in self.attendance}
        voting = {person for person, capacity in present.items() if capacity in rules.VOTING}
        # Nobody abstains: the protocol names the vote of each member present.
        if voting - {row.person_id for row in self.votes}:
            raise Conflict(
                N_("Not every member present has voted."),
                code="votes-missing",
                advice=N_("Record the missing votes."),
            )
        chairs = {person for person, capacity in present.items() if capacity is Capacity.CHAIR}
        return rules.count_votes(
            rules.Vote(row.person_id, Outcome(row.outcome), row.person_id in chairs)
            for row in self.votes
        )


def sitting_of(uow: UnitOfWork, appeal: Appeal) -> Sitting:
    """Return the hearing of an appeal with everything that was recorded of it."""
    meeting = latest_hearing(uow, appeal)
    called = rules.required(rules_of(appeal), appeal.booklet.seat.candidate.needs)
    if meeting is None:
        return Sitting(None, [], None, [], called)
    own = own_work_of(uow, meeting)
    return Sitting(meeting, attendance(uow, meeting), own, votes(uow, meeting), called)


def open_hearing(uow: UnitOfWork, appeal_id: str) -> Appeal:
    """Open the hearing on its day, with a quorum, one chair and those who must be called.

    Conflict when one of these is missing.
    """
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    case.check_hearing_day(day_of(uow, meeting), uow.today(), appeal.exam.training)
    here = [Capacity(row.capacity) for row in attendance(uow, meeting)]
    rules.check_opening(
        rules_of(appeal),
        len(members_of(uow)),
        here,
        appeal.booklet.seat.candidate.needs,
        # Interpreter and tiflo-translator are there for the appellant: one who stays away needs
        # none.
        Capacity.APPELLANT in here,
    )
    return move_case(uow, appeal, "open", present=len(here), members=len(members_of(uow)))
