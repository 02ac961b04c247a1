"""Tasks of an exam that a notebook may hold answers to."""

from collections.abc import Mapping

from examday.domain.numbers import typed_number
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import (
    is_header,
    is_long,
    is_replacement,
    is_short,
    long_answer,
    short_answer,
)
from examday.services.rules.exam_forms import fields_for
from examday.storage.tables import Exam


def field_of(task: str, exam: Exam) -> str:
    """Return the field of a task as written: "7", or "long:27"; "" when the exam has no such task."""
    number = typed_number(task)
    if number is None:
        return ""
    if number in [int(one) for one in exam.long_tasks]:
        return long_answer(number)
    return short_answer(number) if 1 <= number <= exam.tasks else ""


def tasks_of(exam: Exam) -> list[str]:
    """Return the fields of the exam that a notebook may hold answers to."""
    return [field for field in fields_for(exam).ids if is_short(field) or is_long(field)]


def missing(values: Mapping[str, Value], exam: Exam) -> list[str]:
    """Return the tasks without an answer."""
    return [
        f
        for f in fields_for(exam).ids
        # A notebook has no header and no replacement rows: nothing of them can be missing.
        if not is_header(f) and not is_replacement(f) and values.get(f, Value()).empty
    ]
