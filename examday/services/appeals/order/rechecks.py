"""The re-check of long answers after a second transfer, by experts who did not mark them before."""

from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.notes import NoteKind
from examday.domain.appeals.recheck import Marking, to_mark
from examday.domain.appeals.reprocessing import Step
from examday.services.appeals.notes import notes_of
from examday.services.appeals.order.changed_answers import long_answers_changed
from examday.services.appeals.order.orders import order_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class Recheck:
    """How far the re-check of a case is."""

    fields: list[str]
    """Long answers to be marked by the next expert: short ones are marked by the key, so no expert
    is asked."""
    given: int
    """How many experts have entered their marks. Not which: those would lead the next one."""
    entered: bool
    """This person has entered marks already: the next ones are somebody else's."""


def recheck_of(uow: UnitOfWork, appeal: Appeal) -> Recheck:
    """Return what is to be marked next, without telling what others have given."""
    given = given_marks(uow, appeal)
    mine = any(row.person_id == uow.actor.person_id for row in given)
    return Recheck(to_mark(long_answers_changed(uow, appeal), given), len(given), mine)


def waiting(uow: UnitOfWork) -> list[Appeal]:
    """Return the cases whose next step is the re-check, by number."""
    rows = uow.session.scalars(
        select(Appeal).where(Appeal.state == CaseState.REPROCESSING).order_by(Appeal.number)
    )
    return [one for one in rows if order_of(uow, one).next == Step.EXPERT_RECHECK]


def given_marks(uow: UnitOfWork, appeal: Appeal) -> list[Marking]:
    """Return the marks entered so far, in their order."""
    return [
        Marking(str(row.facts["code"]), row.person_id, dict(row.facts["marks"]))
        for row in notes_of(uow, appeal, NoteKind.MARKS)
    ]
