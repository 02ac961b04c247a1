"""Which tasks of a work nobody has read: of them nothing is said, not that both papers agree."""

from examday.domain.transfer.fields import FieldId, is_long, is_short
from examday.services.appeals.views.casebook import CaseFile
from examday.services.rules.exam_forms import fields_for


def unread(case: CaseFile) -> list[str]:
    """Return the numbers of the tasks that no reading of the case covers, in sheet order."""
    known = {line.field for line in case.tasks}
    answers = (
        field for field in fields_for(case.appeal.exam).ids if is_short(field) or is_long(field)
    )
    return [FieldId.parse(field).key for field in answers if field not in known]
