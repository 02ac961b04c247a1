"""Which tasks of a work nobody has read: of them nothing is said, not that both papers agree."""

from examday.domain.transfer.fields import FieldId, is_long, is_short
from examday.services.appeals.views.casebook import CaseFile
from examday.services.rules.exam_forms import fields_for


def unread(case: CaseFile) -> list[str]:
    """Return the tasks that no reading of the case covers, in sheet order: numbers, and «7–9» for
    three or more in a row.
    """
    known = {line.field for line in case.tasks}
    answers = (
        field for field in fields_for(case.appeal.exam).ids if is_short(field) or is_long(field)
    )
    return in_rows([FieldId.parse(field).key for field in answers if field not in known])


def in_rows(numbers: list[str]) -> list[str]:
    """Join three or more numbers in a row to «7–9»: forty of them are not read one by one."""
    rows: list[list[str]] = []
    for number in numbers:
        if rows and number.isdecimal() and rows[-1][-1] == str(int(number) - 1):
            rows[-1].append(number)
        else:
            rows.append([number])
    return [one for row in rows for one in ([f"{row[0]}–{row[-1]}"] if len(row) > 2 else row)]
