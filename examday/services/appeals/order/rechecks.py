"""The re-check of long answers after a second transfer, by experts who did not mark them before."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.diagnosis import Layer, Layers
from examday.domain.appeals.hearing import Capacity, check_attendance
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
from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.fields import is_long, sheet_order
from examday.domain.transfer.readings import Source, marks_content
from examday.services.appeals.decision.findings import defects, findings
from examday.services.appeals.decision.layers import layers_of_work
from examday.services.appeals.decision.readings import contents
from examday.services.appeals.hearing.past import past_of
from examday.services.appeals.notes import add_note, notes_of
from examday.services.appeals.order.orders import begin, finish, order_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


def long_answers_changed(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return the long answers that stand differently on the new form, in the order of the sheet.

    The copies are compared: what was settled may have been right both times, and only the first
    copy of it wrong. A transfer defect that the commission found counts always: on the picture of a
    long answer no program reads the difference.
    """
    found = {row.field for row in defects(uow, appeal) if is_long(row.field)}
    # Where the commission has looked and found no defect, its word on the copy counts.
    looked = set(findings(uow, appeal))
    before = layers_of_work(uow, appeal.booklet_id, appeal.version)
    after = layers_of_work(uow, appeal.booklet_id, appeal.booklet.version)
    for field in filter(is_long, before.keys() | after.keys()):
        was = before.get(field)
        now = after.get(field)
        # The new form is certified: what was settled stands on it.
        stands = now.original if now else None
        first_copy = was.copy if was and field not in looked else None
        for earlier in (was.original if was else None, first_copy):
            if earlier is not None and _differs(earlier, stands):
                found.add(field)
        # What nobody has read on the first form cannot be called unchanged.
        if field not in looked and not _read_by_people(was) and stands is not None and stands.text:
            found.add(field)
    return sorted(found, key=sheet_order)


def _differs(earlier: Layer, stands: Layer | None) -> bool:
    """Tell whether people's readings differ; a new text that nobody settled is not taken for equal."""
    # What a machine made of a handwritten page is a hint, and marks nobody down.
    return earlier.certainty == 1 and (stands is None or not earlier.same(stands))


def _read_by_people(was: Layers | None) -> bool:
    """Tell whether a person has read this answer of the first version, on either paper."""
    layers = (was.original, was.copy) if was else ()
    return any(layer is not None and layer.certainty == 1 for layer in layers)


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


def enter_marks(uow: UnitOfWork, appeal_id: str, code: str, sent: Mapping[str, str]) -> bool:
    """Enter the marks of one expert; tell whether the re-check is finished by them.

    Two experts mark apart, a third what they differ in. Conflict for an expert who had a part in
    the work or the exam, or marks a second time; Invalid for missing points.
    """
    appeal, row = begin(uow, appeal_id, Step.EXPERT_RECHECK)
    given = _given(uow, appeal)
    fields = long_answers_changed(uow, appeal)
    _check_expert(uow, appeal, given)
    marking = Marking(
        check_code(code, _marked_before(uow, appeal), given),
        uow.actor.person_id,
        read_marks(to_mark(fields, given), sent),
    )
    facts = {"code": marking.code, "marks": dict(marking.marks)}
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


def _marked_before(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Return the codes of the experts who marked the work the first time."""
    first = contents(uow, appeal.booklet_id, appeal.version).get(Source.MARKS)
    return list(marks_content(first.content).get("experts", [])) if first else []


def _check_expert(uow: UnitOfWork, appeal: Appeal, given: list[Marking]) -> None:
    """Conflict for an expert whom the records bar, or who has entered marks already."""
    # The secretary enters from paper and may do so for several experts; each has a code.
    if Role.SUBJECT_EXPERT not in uow.actor.roles:
        return
    check_attendance(Capacity.EXPERT, past_of(uow, uow.actor.person_id, appeal))
    if any(row.person_id == uow.actor.person_id for row in given):
        raise Conflict(
            N_("You have entered your marks in this re-check already."),
            code="marked",
            advice=N_("Nothing is lost: another expert enters the next ones."),
        )
