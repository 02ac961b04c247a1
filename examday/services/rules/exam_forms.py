"""What the forms of an exam hold: their fields, the layout of the year, the characters."""

from examday.domain.custody.kit import has_short_form
from examday.domain.transfer.alphabet import Alphabet
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import (
    HEADER,
    NAME_FIELD,
    REGION_FIELD,
    REPLACEMENT_ROWS,
    SUBJECT_FIELD,
    FieldList,
    fields_of,
)
from examday.paper.layout import Layout, layouts
from examday.services.rules import rulesets
from examday.storage.tables import Exam

FORM_1 = "answer-form-1"
"""Form № 1 alone says by its sample lines which characters an exam has; the others hold free
text."""


def fields_for(exam: Exam) -> FieldList:
    """Return the fields of this exam's forms."""
    rows = REPLACEMENT_ROWS if has_short_form(exam.kind, exam.subject) else 0
    return fields_of(exam.tasks, exam.long_tasks, rows)


def subject(about: Exam | str) -> str:
    """Return «Русский язык (01)»: the subject of an exam, or of a code alone.

    A code of ГВЭ has no name in our list: it is named as the plan of the exam does, else not at all.
    """
    if isinstance(about, str):
        return rulesets.subject(about)
    stated = str(about.facts.get("subject_name") or "")
    return f"{stated} ({about.subject})" if stated else rulesets.subject(about.subject)


_NAME_CELLS = 3
"""Letters of the subject that the form has cells for (domain.md 6.2)."""


def header_of(exam: Exam) -> dict[str, Value]:
    """Return the registration fields as the plan knows them.

    A notebook or print-out has no such fields. What the plan does not know is left out: a name is
    never made up. ГВЭ has codes without a name in our list; the plan may say it once.
    """
    stated = str(exam.facts.get("subject_name") or "")
    name = (stated or rulesets.subjects().get(exam.subject, ""))[:_NAME_CELLS].upper()
    known = {REGION_FIELD: exam.region, SUBJECT_FIELD: exam.subject, NAME_FIELD: name}
    return {field: Value(text) for field, text in known.items() if text}


def unknown_header(exam: Exam) -> list[str]:
    """Return the registration fields that the plan does not know: a person says what stands there."""
    known = header_of(exam)
    return [field for field in HEADER if field not in known]


def layout_for(exam: Exam) -> Layout:
    """Return the short-answer form of the exam's year: the newest layout that is not younger, else
    the oldest.
    """
    forms = sorted(
        (form for form in layouts().values() if form.form == FORM_1), key=lambda form: form.year
    )
    fitting = [form for form in forms if form.year <= exam.date.year]
    # An exam older than every form gets the oldest: its fields differ least.
    return fitting[-1] if fitting else forms[0]


def alphabet_for(exam: Exam) -> Alphabet:
    """Return the characters that the exam's form has; of ГВЭ, whose form nobody measured, any."""
    form = layout_for(exam)
    return Alphabet(
        form.alphabet(exam.subject) if has_short_form(exam.kind, exam.subject) else None,
        # The program's own letters where the file has none: older layout files name the characters
        # of the answers alone.
        form.alphabets.get("digits", Alphabet.digits),
        form.alphabets.get("cyrillic", Alphabet.letters),
    )
