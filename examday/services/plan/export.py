"""The plan as files with the columns that the import reads.

A file written here comes back without a change.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from examday.domain.identity import place_order
from examday.domain.plan.columns import FileKind
from examday.paper import tables
from examday.services.people.directory import acting
from examday.services.plan import values
from examday.services.plan.booklets import live_booklets
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.values import cell_text
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
            column.key: cell_text(column, row.get(column.key))
            for column in file_kinds()[kind].columns
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
    lines = [[cell_text(column, row.get(column.key)) for column in kind.columns] for row in rows]
    return _bytes(kind.name, header, lines, file_format)


def _bytes(
    name: str,
    header: list[str],
    rows: list[list[str]],
    file_format: str,
) -> bytes:
    return (
        tables.write_csv(header, rows)
        if file_format == "csv"
        else tables.write_xlsx({name: (header, rows)})
    )


def _exams(uow: UnitOfWork) -> Rows:
    for exam in uow.session.scalars(select(Exam).order_by(Exam.date, Exam.subject)):
        yield values.exam_values(exam)


def _rooms(uow: UnitOfWork) -> Rows:
    for room in uow.session.scalars(select(Room).order_by(Room.site_code, Room.number)):
        yield values.room_values(room)


def _candidates(uow: UnitOfWork) -> Rows:
    for row in uow.session.scalars(select(Candidate).order_by(Candidate.code)):
        yield values.candidate_values(row)


def _seating(uow: UnitOfWork) -> Rows:
    booklets = live_booklets(uow)
    seats = uow.session.scalars(
        select(Seat).options(
            joinedload(Seat.exam), joinedload(Seat.room), joinedload(Seat.candidate)
        )
    )
    for seat in sorted(
        seats,
        key=lambda seat: (
            seat.exam.date,
            seat.exam.subject,
            seat.room.number,
            place_order(seat.place),
        ),
    ):
        yield values.seat_values(seat, booklets.get(seat.id))


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
        # A role with a duty needs no row of its own: the row of the duty brings it back.
        for role in sorted(
            {str(role) for role in acting(uow, person).roles} - {duty.role for duty in mine}
        ):
            yield {**about, "role": role}
        for duty in sorted(
            mine,
            key=lambda duty: (exams[duty.exam_id].date, exams[duty.exam_id].subject, duty.role),
        ):
            yield {
                **about,
                "role": duty.role,
                **values.exam_key(exams[duty.exam_id]),
                "room": rooms.get(duty.room_id or ""),
            }


SOURCES = {
    "exams": _exams,
    "rooms": _rooms,
    "candidates": _candidates,
    "seating": _seating,
    "staff": _staff,
}
"""Kind → rows; the same kinds as the import knows, so that an export can be brought back."""
