"""The plan as files with the columns that the import reads: a file written here comes back without
a change."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from examday.domain.plan.columns import Column, FileKind
from examday.domain.plan.day import DOCUMENT_NAMES
from examday.paper import tables
from examday.services.plan.booklets import live_booklets
from examday.services.plan.file_columns import file_kinds, spoken
from examday.services.plan.rows import EXAM_FACTS
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Candidate, Duty, Exam, Person, Room, Seat

Rows = Iterable[Mapping[str, Any]]


def export(uow: UnitOfWork, kind: str, file_format: str) -> bytes:
    """One kind of rows as "csv" or "xlsx"."""
    return _write(file_kinds()[kind], SOURCES[kind](uow), file_format)


def export_all(uow: UnitOfWork) -> bytes:
    """The whole plan as one workbook; sheets in the order in which they are brought in."""
    return tables.write_xlsx(
        {
            name: (
                [column.title for column in kind.columns],
                [list(row.values()) for row in cells(uow, name)],
            )
            for name, kind in file_kinds().items()
        }
    )


def cells(uow: UnitOfWork, kind: str) -> Iterator[dict[str, str]]:
    """The rows of one kind as cells by column key, in the words of the files."""
    for row in SOURCES[kind](uow):
        yield {
            column.key: _cell(column, row.get(column.key)) for column in file_kinds()[kind].columns
        }


def example(kind: str, file_format: str) -> bytes:
    """A file with the column names and one row that shows how they are filled in."""
    columns = file_kinds()[kind].columns
    return _bytes(
        kind,
        [column.title for column in columns],
        [[column.example for column in columns]],
        file_format,
    )


def _write(kind: FileKind, rows: Rows, file_format: str) -> bytes:
    header = [column.title for column in kind.columns]
    lines = [[_cell(column, row.get(column.key)) for column in kind.columns] for row in rows]
    return _bytes(kind.name, header, lines, file_format)


def _bytes(name: str, header: list[str], rows: list[list[str]], file_format: str) -> bytes:
    return (
        tables.write_csv(header, rows)
        if file_format == "csv"
        else tables.write_xlsx({name: (header, rows)})
    )


def _cell(column: Column, value: Any) -> str:
    """A value in the words of the files."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return spoken()["flag"]["yes" if value else "no"]
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if column.kind == "document":
        form = spoken()["document_form"][value.get("form", "copy")]
        return f"{form} № {value['number']}" if value.get("number") else form
    if isinstance(value, list):
        return "; ".join(_word(column, item) for item in value)
    return _word(column, value)


def _word(column: Column, value: Any) -> str:
    """The first synonym of a word, or the value itself."""
    if column.kind not in ("one", "many"):
        return str(value)
    return next(
        (
            words[value]
            for words in spoken().values()
            if value in words
            and words[value] in column.words
            and column.words[words[value]] == value
        ),
        str(value),
    )


def _exam_key(exam: Exam) -> dict[str, Any]:
    return {
        "date": exam.date,
        "kind": exam.kind,
        "subject": exam.subject,
        "site_code": exam.site_code,
        "training": exam.training,
    }


def _exams(uow: UnitOfWork) -> Rows:
    for exam in uow.session.scalars(select(Exam).order_by(Exam.date, Exam.subject)):
        yield {
            **_exam_key(exam),
            "site_name": exam.site_name,
            "region": exam.region,
            "tasks": exam.tasks,
            "long_tasks": exam.long_tasks,
            **{key: exam.facts.get(key) for key in EXAM_FACTS},
        }


def _rooms(uow: UnitOfWork) -> Rows:
    for room in uow.session.scalars(select(Room).order_by(Room.site_code, Room.number)):
        yield {
            "site_code": room.site_code,
            "number": room.number,
            "purpose": room.purpose,
            "seats": room.seats,
            **room.features,
        }


def _candidates(uow: UnitOfWork) -> Rows:
    for row in uow.session.scalars(select(Candidate).order_by(Candidate.code)):
        documents = {document.get("kind"): document for document in row.documents}
        yield {
            "code": row.code,
            "surname": row.surname,
            "name": row.name,
            "patronymic": row.patronymic,
            "document": row.document,
            "school_code": row.school_code,
            "needs": row.needs,
            **{kind: documents.get(kind) for kind in DOCUMENT_NAMES},
        }


def _seating(uow: UnitOfWork) -> Rows:
    booklets = live_booklets(uow)
    seats = uow.session.scalars(
        select(Seat).options(
            joinedload(Seat.exam), joinedload(Seat.room), joinedload(Seat.candidate)
        )
    )
    for seat in sorted(
        seats, key=lambda seat: (seat.exam.date, seat.exam.subject, seat.room.number, seat.place)
    ):
        booklet = booklets.get(seat.id)
        yield {
            **_exam_key(seat.exam),
            "room": seat.room.number,
            "place": seat.place,
            "candidate": seat.candidate.code,
            "medium": booklet.medium if booklet else "standard",
            "form_code": booklet.code if booklet else None,
        }


def _staff(uow: UnitOfWork) -> Rows:
    people = uow.session.scalars(
        select(Person).options(selectinload(Person.roles)).order_by(Person.login)
    )
    exams = {exam.id: exam for exam in uow.session.scalars(select(Exam))}
    rooms = {room.id: room.number for room in uow.session.scalars(select(Room))}
    duties: dict[str, list[Duty]] = {}
    for duty in uow.session.scalars(select(Duty)):
        duties.setdefault(duty.person_id, []).append(duty)
    for person in people:
        about = {
            "login": person.login,
            "name": person.name,
            "teaches": person.facts.get("teaches", []),
        }
        mine = duties.get(person.id, [])
        for role in sorted({row.role for row in person.roles} - {duty.role for duty in mine}):
            yield {**about, "role": role}
        for duty in sorted(
            mine,
            key=lambda duty: (exams[duty.exam_id].date, exams[duty.exam_id].subject, duty.role),
        ):
            yield {
                **about,
                "role": duty.role,
                **_exam_key(exams[duty.exam_id]),
                "room": rooms.get(duty.room_id or ""),
            }


SOURCES = {
    "exams": _exams,
    "rooms": _rooms,
    "candidates": _candidates,
    "seating": _seating,
    "staff": _staff,
}
