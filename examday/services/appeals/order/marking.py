"""The marks of an expert who re-checks a work."""

from collections.abc import Mapping

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
from examday.services.appeals.notes import add_note
from examday.services.appeals.order.changed_answers import long_answers_changed
from examday.services.appeals.order.experts import check_expert, marked_before
from examday.services.appeals.order.orders import begin, finish
from examday.services.appeals.order.rechecks import given_marks
from examday.services.unit_of_work import UnitOfWork


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
    given = given_marks(uow, appeal)
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
