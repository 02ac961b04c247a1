"""Correcting what was recorded of a hearing: an entry with a reason; the wrong one stays visible.

Possible until the protocol is composed: afterwards its content is what members sign.
"""

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.hearing import NOTHING_SAID, Asked, Capacity, Outcome
from examday.domain.appeals.notes import Corrected, NoteKind, Values, check_changed, need_reason
from examday.domain.errors import Conflict, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.appeals.hearing.appointments import appointed
from examday.services.appeals.hearing.cast_votes import votes
from examday.services.appeals.hearing.own_work import check_own_work, own_work_of
from examday.services.appeals.hearing.presence import recorded
from examday.services.appeals.hearing.who_comes import check_comes
from examday.services.appeals.notes import add_note
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal, CaseNote, Hearing


def _begin(uow: UnitOfWork, appeal_id: str) -> tuple[Appeal, Hearing]:
    """Return case and hearing, held, while entries can be corrected; Conflict afterwards."""
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    if appeal.state not in (CaseState.SCHEDULED, CaseState.HEARING):
        raise Conflict(
            N_("The protocol is composed: what it says can no longer be corrected here."),
            code="composed",
            advice=N_(
                "Write down what is wrong beside your signature, or as a dissenting opinion."
            ),
        )
    return appeal, appointed(uow, appeal)


def correct(
    uow: UnitOfWork,
    appeal: Appeal,
    what: Corrected,
    row_id: str,
    values: tuple[Values, Values],
    reason: str,
) -> CaseNote:
    """Write the correction of one row: what stood, what stands now, why.

    Invalid without a reason or without a change.
    """
    before, after = values
    said = need_reason(reason)
    check_changed(before, after)
    facts = {"before": dict(before), "after": dict(after)}
    note = add_note(uow, appeal, NoteKind.CORRECTION, facts, about=f"{what}:{row_id}", reason=said)
    uow.session.flush()
    uow.record(Event.APPEAL_CORRECT, f"appeal:{appeal.id}", what=str(what), note=note.id)
    return note


def correct_attendance(
    uow: UnitOfWork,
    appeal_id: str,
    row_id: str,
    capacity: Capacity | None,
    reason: str,
    name: str = "",
    asked: Asked = NOTHING_SAID,
) -> CaseNote:
    """Correct in what capacity somebody was present; None: was not present at all.

    `asked`: what no record tells; it is asked here as with a new entry.
    """
    appeal, meeting = _begin(uow, appeal_id)
    row = next((one for one in recorded(uow, appeal, meeting) if one.id == row_id), None)
    if row is None:
        raise NotFound()
    after = {"capacity": str(capacity or ""), "name": name.strip() or row.name}
    if capacity is not None:
        # A corrected record is a new one to the records of the exam: a slip must not bring in who
        # is barred.
        check_comes(uow, appeal, row.person_id, after["name"], capacity, asked)
    before = {"capacity": row.capacity, "name": row.name}
    return correct(uow, appeal, Corrected.ATTENDANCE, row_id, (before, after), reason)


def correct_vote(
    uow: UnitOfWork,
    appeal_id: str,
    row_id: str,
    outcome: Outcome,
    reason: str,
    dissent: str = "",
) -> CaseNote:
    """Correct a vote that was recorded otherwise than it was given."""
    appeal, meeting = _begin(uow, appeal_id)
    row = next((one for one in votes(uow, appeal, meeting) if one.id == row_id), None)
    if row is None:
        raise NotFound()
    before = {"outcome": row.outcome, "dissent": row.dissent}
    after = {"outcome": str(outcome), "dissent": dissent.strip()}
    return correct(uow, appeal, Corrected.VOTE, row_id, (before, after), reason)


def correct_own_work(
    uow: UnitOfWork,
    appeal_id: str,
    answer: str,
    way: str,
    note: str,
    reason: str,
) -> CaseNote:
    """Correct what the appellant answered, or how the works were shown."""
    appeal, meeting = _begin(uow, appeal_id)
    row = own_work_of(uow, appeal, meeting)
    if row is None:
        raise NotFound()
    check_own_work(uow, appeal, answer, way, note)
    before = {"answer": row.answer, "way": row.way, "note": row.note}
    after = {"answer": answer, "way": way, "note": note.strip()}
    return correct(uow, appeal, Corrected.OWN_WORK, row.id, (before, after), reason)
