"""The columns of the plan in the words of forms and reports."""

from examday.domain.messages import N_
from examday.domain.plan.columns import Column, FileKind
from examday.domain.plan.day import DOCUMENT_NAMES, FEATURE_NAMES

COLUMN_NAMES: dict[str, str] = {
    **FEATURE_NAMES,
    **DOCUMENT_NAMES,
    "date": N_("Exam date"),
    "kind": N_("Form of the exam"),
    "subject": N_("Subject code"),
    "site_code": N_("Code of the exam point"),
    "site_name": N_("Name of the exam point"),
    "region": N_("Region code"),
    "tasks": N_("Number of short answers"),
    "long_tasks": N_("Tasks with long answers"),
    "start": N_("Start"),
    "enlarge_at": N_("Time of enlarging"),
    "minutes": N_("Duration, min"),
    "speaking": N_("Speaking part"),
    "braille_at": N_("Where Braille is transferred"),
    "training": N_("Training"),
    "number": N_("Room"),
    "room": N_("Room"),
    "purpose": N_("Purpose"),
    "seats": N_("Places"),
    "code": N_("Candidate code"),
    "candidate": N_("Candidate code"),
    "surname": N_("Surname"),
    "name": N_("Name"),
    "patronymic": N_("Patronymic"),
    "document": N_("Identity document"),
    "school_code": N_("School code"),
    "needs": N_("Special conditions"),
    "place": N_("Place"),
    "medium": N_("Form of the answers"),
    "form_code": N_("Form number"),
    "login": N_("Login"),
    "role": N_("Role"),
    "teaches": N_("Teaches subjects"),
}
"""Column key → words for a form. Files keep their own titles, which are Russian: office programs and
the regional systems know the columns by them."""


def form_name(column: Column) -> str:
    """Name a column as a form calls it (a msgid)."""
    return COLUMN_NAMES.get(column.key, column.title)


def report_name(kind: FileKind, key: str) -> str:
    """Name a changed column in a report: by its title in the file, else in a form (a msgid)."""
    # A candidate's kit follows the needs: the report names its form although the file of candidates
    # has no such column.
    titles = {column.key: column.title for column in kind.columns}
    return titles.get(key) or COLUMN_NAMES.get(key, key)
