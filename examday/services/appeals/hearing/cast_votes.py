"""Votes as they stand: each with the corrections made at the hearing."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.notes import Corrected
from examday.services.appeals.hearing.corrected import corrections
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
