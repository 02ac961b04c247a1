"""What an entry of the plan holds, by the columns of its file.

An export writes these values, and an import compares with them.
"""

import datetime as dt
from typing import Any

from examday.domain.custody.lifecycle import Medium
from examday.domain.plan.columns import Column, FileKind, Values
from examday.domain.plan.day import DOCUMENT_NAMES
from examday.domain.plan.rows import ParsedRow
from examday.services.plan.file_columns import spoken
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat

EXAM_FACTS: Values = {
    # Ten o'clock is usual and no fact, nor is a commission at the point: what nobody entered stays unknown.
    "start": None,
    "enlarge_at": None,
    "minutes": None,
    "speaking": False,
    "braille_at": None,
    "subject_name": None,
}
"""Facts of an exam with what they mean when nothing is recorded: an export that is brought back
must not change the plan."""
ASSUMED = "assumed"
"""Key among the facts of an entry: columns that hold their usual value because nobody said another.
Where a fact is asked for they are unknown."""
Changes = dict[str, tuple[str, str]]
"""Column key → what the cell says now and is to say, in words of the files: a person confirms it
and has to recognise the cell."""


def exam_key(exam: Exam) -> Values:
    """The columns that tell an exam from others."""
    return {
        "date": exam.date,
        "kind": exam.kind,
        "subject": exam.subject,
        "site_code": exam.site_code,
        "training": exam.training,
    }


def assumed(facts: Values) -> frozenset[str]:
    """The columns of an entry whose value nobody entered."""
    return frozenset(facts.get(ASSUMED, ()))


def with_said(facts: Values, column: str, row: ParsedRow, new: bool) -> Values:
    """The facts after a row, with whether the value of a column is entered or only the usual one.

    A row without the column says nothing: of a new entry the value is then not known.
    """
    without = column in row.empty if column in row.values else new or column in assumed(facts)
    others = assumed(facts) - {column}
    marked = sorted(others | {column} if without else others)
    return {**facts, ASSUMED: marked or None}


def as_said(row: ParsedRow, column: str) -> Values:
    """The values of a row; an empty cell of the column says nothing."""
    return {**row.values, column: None} if column in row.empty else row.values


def exam_values(exam: Exam) -> Values:
    """An exam; a fact that is not recorded is left out."""
    return {
        **exam_key(exam),
        "site_name": exam.site_name,
        "region": exam.region,
        "tasks": None if "tasks" in assumed(exam.facts) else exam.tasks,
        "long_tasks": exam.long_tasks,
        **{key: exam.facts.get(key) for key in EXAM_FACTS},
    }


def room_values(room: Room) -> Values:
    """A room with its equipment."""
    return {
        "site_code": room.site_code,
        "number": room.number,
        "purpose": room.purpose,
        "seats": None if "seats" in assumed(room.features) else room.seats,
        **room.features,
    }


def candidate_values(candidate: Candidate) -> Values:
    """A candidate with needs and documents."""
    documents = {document.get("kind"): document for document in candidate.documents}
    return {
        "code": candidate.code,
        "surname": candidate.surname,
        "name": candidate.name,
        "patronymic": candidate.patronymic,
        "document": candidate.document,
        "school_code": candidate.school_code,
        "needs": candidate.needs,
        **{kind: documents.get(kind) for kind in DOCUMENT_NAMES},
    }


def seat_values(seat: Seat, booklet: Booklet | None) -> Values:
    """A place with the form of its answers and the number of the kit."""
    return {
        **exam_key(seat.exam),
        "room": seat.room.number,
        "place": seat.place,
        "candidate": seat.candidate.code,
        "medium": booklet.medium if booklet else Medium.STANDARD.value,
        "form_code": booklet.code if booklet else None,
    }


def changes(kind: FileKind, before: Values, after: Values) -> Changes:
    """Old and new of every column that is to change, in the words of the files."""
    found = {
        column.key: (
            cell_text(column, before.get(column.key)),
            cell_text(column, after[column.key]),
        )
        for column in kind.columns
        if column.key in after
    }
    return {key: (old, new) for key, (old, new) in found.items() if old != new}


def cell_text(column: Column, value: Any) -> str:
    """A value in the words of the files."""
    # `False` and 0 are values and get their word.
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return spoken()["flag"]["yes" if value else "no"]
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if column.kind == "document":
        form = spoken()["document_form"][value.get("form", "copy")]
        return f"{form} № {value['number']}" if value.get("number") else form
    if isinstance(value, list | tuple):
        return "; ".join(_word(column, item) for item in value)
    return _word(column, value)


def _word(column: Column, value: Any) -> str:
    """The word for a value, or the value itself."""
    # A value without a word is older than the word list: shown as it is, nothing is hidden.
    return column.said.get(value, str(value)) if column.kind in ("one", "many") else str(value)
