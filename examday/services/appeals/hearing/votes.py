"""Votes of the members present."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals import case
from examday.domain.appeals.hearing import VOTING, Capacity, Outcome
from examday.domain.appeals.notes import Corrected
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.hearing.appointments import appointed
from examday.services.appeals.hearing.attendance import attendance
from examday.services.appeals.hearing.corrected import corrections
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseNote, CaseVote, Hearing


@dataclass(frozen=True)
class Cast:
    """One member's vote, as it stands after its corrections."""

    id: str
    person_id: str
    outcome: str
    dissent: str
    at: dt.datetime
    corrections: tuple[CaseNote, ...] = ()


def vote(
    uow: UnitOfWork, appeal_id: str, person_id: str, outcome: Outcome, dissent: str = ""
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


def _check_votes(uow: UnitOfWork, appeal: Appeal, meeting: Hearing, person_id: str) -> None:
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


def votes(uow: UnitOfWork, appeal: Appeal, meeting: Hearing) -> list[Cast]:
    """Return the votes recorded so far, in their order, as their corrections leave them."""
    notes = corrections(uow, appeal, Corrected.VOTE)
    rows = uow.session.scalars(
        select(CaseVote).where(CaseVote.hearing_id == meeting.id).order_by(CaseVote.at, CaseVote.id)
    )
    return [_cast(row, notes.get(row.id, ())) for row in rows]


def _cast(row: CaseVote, notes: tuple[CaseNote, ...]) -> Cast:
    """Return a vote as its last correction leaves it."""
    now = notes[-1].facts["after"] if notes else {"outcome": row.outcome, "dissent": row.dissent}
    return Cast(row.id, row.person_id, now["outcome"], now["dissent"], row.at, notes)
