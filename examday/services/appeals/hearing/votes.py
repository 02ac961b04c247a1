"""Votes of the members present."""

from examday.domain.appeals import case
from examday.domain.appeals.hearing import VOTING, Capacity, Outcome
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.hearing.appointments import appointed
from examday.services.appeals.hearing.cast_votes import votes
from examday.services.appeals.hearing.presence import attendance
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseVote, Hearing


def vote(
    uow: UnitOfWork,
    appeal_id: str,
    person_id: str,
    outcome: Outcome,
    dissent: str = "",
) -> CaseVote:
    """Record the vote of one member who is present; a dissenting opinion goes into the protocol.

    Conflict unless the hearing is open and the member is present.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    meeting = appointed(uow, appeal)
    if appeal.state != case.CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    _check_votes(uow, appeal, meeting, person_id)
    row = uow.add(
        CaseVote(
            hearing_id=meeting.id,
            person_id=person_id,
            outcome=outcome,
            dissent=dissent.strip(),
            at=uow.now(),
        )
    )
    uow.record(
        Event.APPEAL_VOTE,
        f"appeal:{appeal.id}",
        person=person_id,
        outcome=outcome,
        dissent=bool(dissent.strip()),
    )
    return row


def _check_votes(
    uow: UnitOfWork,
    appeal: Appeal,
    meeting: Hearing,
    person_id: str,
) -> None:
    """Conflict for anybody who is not present as a member, and for a second vote."""
    present = {row.person_id: Capacity(row.capacity) for row in attendance(uow, appeal, meeting)}
    if present.get(person_id) not in VOTING:
        raise Conflict(
            N_("Only members who are present vote."),
            code="not-present",
            advice=N_("Record the attendance first."),
        )
    if person_id in {row.person_id for row in votes(uow, appeal, meeting)}:
        raise Conflict(
            N_("The vote of this member is recorded already."),
            code="voted",
            advice=N_("A wrongly entered vote is corrected with its reason; both stay visible."),
        )
