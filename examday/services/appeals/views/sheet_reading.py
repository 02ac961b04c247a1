"""The page on which a whole sheet is read at the hearing: its fields with what was read so far."""

from dataclasses import dataclass

from examday.domain.appeals.case import CaseState
from examday.domain.errors import NotFound
from examday.domain.transfer.alphabet import Alphabet
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldList
from examday.services.appeals.decision.sheet_readings import hearing_values
from examday.services.custody.booklets import require
from examday.services.rules.exam_forms import alphabet_for, fields_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_appeal import Appeal


@dataclass(frozen=True)
class SheetReading:
    """One sheet of the disputed work."""

    appeal: Appeal
    side: str
    fields: FieldList
    alphabet: Alphabet
    values: dict[str, Value]
    """What was read on it at the hearing so far: each saving holds all fields, so a page begins
    with these."""


def sheet_reading(uow: UnitOfWork, appeal_id: str, side: str) -> SheetReading:
    """Return the sheet of an open hearing; NotFound before the hearing and after the decision."""
    require(uow, "appeal.decide")
    appeal = uow.get(Appeal, appeal_id)
    if appeal.state != CaseState.HEARING:
        raise NotFound()
    exam = appeal.exam
    values = hearing_values(uow, appeal, side)
    return SheetReading(appeal, side, fields_for(exam), alphabet_for(exam), values)
