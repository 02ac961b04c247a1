"""The re-check of long answers after a second transfer, by experts who did not mark them before."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.notes import NoteKind
from examday.domain.appeals.recheck import (
    Marking,
    check_code,
    is_complete,
    read_marks,
    settled,
    to_mark,
)
from examday.domain.appeals.reprocessing import DONE, Step
from examday.domain.events import Event
from examday.domain.people.roles import Role
from examday.services.appeals.notes import add_note, notes_of
from examday.services.appeals.order.changed_answers import long_answers_changed
from examday.services.appeals.order.experts import check_expert, marked_before
from examday.services.appeals.order.orders import begin, finish, order_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Recheck:
    """How far the re-check of a case is."""

    fields: list[str]
    """Long answers to be marked by the next expert."""
    given: int
    """How many experts have entered their marks; the marks themselves stay closed until the end."""
    entered: bool
    """This person has entered marks already: the next ones are somebody else's."""


def recheck_of(uow: UnitOfWork, appeal: Appeal) -> Recheck:
    """Return what is to be marked next, without telling what others have given."""
    given = _given(uow, appeal)
    mine = any(row.person_id == uow.actor.person_id for row in given)
    return Recheck(to_mark(long_answers_changed(uow, appeal), given), len(given), mine)


def waiting(uow: UnitOfWork) -> list[Appeal]:
    """Return the cases whose next step is the re-check, by number."""
    rows = uow.session.scalars(
        select(Appeal).where(Appeal.state == CaseState.REPROCESSING).order_by(Appeal.number)
    )
    return [one for one in rows if order_of(uow, one).next == Step.EXPERT_RECHECK]


def enter_marks(
    uow: UnitOfWork,
    appeal_id: str,
    code: str,
    sent: Mapping[str, str],
) -> bool:
    """Enter the marks of one expert; tell whether the re-check is finished by them.

    Two experts mark apart, a third what they differ in; each is entered by another person. Conflict
    for somebody who had a part in the work or the exam, or enters a second time; Invalid for
    missing points.
    """
    appeal, row = begin(uow, appeal_id, Step.EXPERT_RECHECK)
    given = _given(uow, appeal)
    fields = long_answers_changed(uow, appeal)
    check_expert(uow, appeal, given)
    marking = Marking(
        check_code(code, marked_before(uow, appeal), given),
        uow.actor.person_id,
        read_marks(to_mark(fields, given), sent),
    )
    # An own code tells later whose it is; the one on a paper says nothing of who enters it.
    own = Role.SUBJECT_EXPERT in uow.actor.roles
    facts = {"code": marking.code, "marks": dict(marking.marks), "own": own}
    note = add_note(uow, appeal, NoteKind.MARKS, facts)
    uow.session.flush()
    # The marks stay out of the ledger's data: the second expert may see the ledger.
    uow.record(Event.APPEAL_RECHECK, f"appeal:{appeal.id}", note=note.id, fields=sorted(fields))
    given.append(marking)
    if not is_complete(fields, given):
        return False
    finish(
        uow,
        appeal,
        row,
        DONE,
        {"experts": [one.code for one in given], "marks": settled(fields, given)},
    )
    return True


def _given(uow: UnitOfWork, appeal: Appeal) -> list[Marking]:
    """Return the marks entered so far, in their order."""
    return [
        Marking(str(row.facts["code"]), row.person_id, dict(row.facts["marks"]))
        for row in notes_of(uow, appeal, NoteKind.MARKS)
    ]
