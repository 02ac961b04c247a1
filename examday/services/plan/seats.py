"""Rows of the seating file, and the booklet that every place with a special form gets."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.messages import N_
from examday.domain.plan.day import medium_for
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.plan.booklets import live_booklets, set_booklet
from examday.services.plan.rows import CHANGED, NEW, SAME, Exams, Proposal, exam_label, refuse
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat

Place = tuple[str, str, str]
"""(exam id, room id, place)."""


def seating(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Rows of the seating file."""
    plan = _Seating(uow, list(rows))
    for row in plan.rows:
        yield plan.propose(row)


class _Seating:
    """What is known while seating rows are judged; rows may swap places with each other."""

    def __init__(self, uow: UnitOfWork, rows: list[ParsedRow]) -> None:
        self.uow, self.rows, self.exams = uow, rows, Exams(uow)
        self.rooms = {
            (room.site_code, room.number): room for room in uow.session.scalars(select(Room))
        }
        self.candidates = {row.code: row for row in uow.session.scalars(select(Candidate))}
        seats = list(uow.session.scalars(select(Seat)))
        self.seats = {(seat.exam_id, seat.candidate_id): seat for seat in seats}
        self.booklets = live_booklets(uow)
        self.codes = {
            b.code: b.seat_id
            for b in uow.session.scalars(select(Booklet).where(Booklet.code.is_not(None)))
        }
        moved = {id(seat) for row in rows if (seat := self._present(row.values)) is not None}
        self.taken: dict[Place, int] = {
            (s.exam_id, s.room_id, s.place): 0 for s in seats if id(s) not in moved
        }
        self.new_codes: dict[str, int] = {}

    def _present(self, values: Any) -> Seat | None:
        exam, candidate = self.exams.of(values), self.candidates.get(values["candidate"])
        return self.seats.get((exam.id, candidate.id)) if exam and candidate else None

    def propose(self, row: ParsedRow) -> Proposal:
        """What the row does: a seat and its booklet."""
        values, label = row.values, f"{exam_label(row.values)} · {row.values['candidate']}"
        exam, candidate = self.exams.of(values), self.candidates.get(values["candidate"])
        room = self.rooms.get((values["site_code"], values["room"]))
        missing = [
            problem
            for there, problem in (
                (
                    exam,
                    Problem("", N_("There is no such exam in the plan; import the exams first.")),
                ),
                (
                    room,
                    Problem(
                        "Аудитория",
                        N_("There is no room %(room)s in the plan; import the rooms first."),
                        {"room": values["room"]},
                    ),
                ),
                (
                    candidate,
                    Problem(
                        "Код участника",
                        N_("There is no such candidate in the plan; import the candidates first."),
                    ),
                ),
            )
            if there is None
        ]
        if missing or exam is None or room is None or candidate is None:
            return refuse(row, label, *missing)
        place, medium = (
            values["place"].upper(),
            Medium(values.get("medium") or medium_for(frozenset(candidate.needs))),
        )
        seat = self.seats.get((exam.id, candidate.id))
        booklet = self.booklets.get(seat.id) if seat else None
        changed = _differences(seat, booklet, room, place, medium, values.get("form_code"))
        problems = [
            *self._place(row.line, (exam.id, room.id, place)),
            *self._code(row.line, values, seat),
            *_too_late(booklet, changed),
        ]
        if problems:
            return refuse(row, label, *problems)
        return self._change(row, label, changed, (exam, room, candidate, seat), place, medium)

    def _place(self, line: int, place: Place) -> list[Problem]:
        other = self.taken.setdefault(place, line)
        if other == line:
            return []
        return [
            Problem(
                "Место",
                N_("The place is taken by the candidate in line %(line)s."),
                {"line": other},
            )
            if other
            else Problem("Место", N_("The place is taken by another candidate of the plan."))
        ]

    def _code(self, line: int, values: Any, seat: Seat | None) -> list[Problem]:
        code = values.get("form_code")
        if not code:
            return []
        other = self.new_codes.setdefault(code, line)
        if other != line:
            return [
                Problem(
                    "Номер бланка",
                    N_(
                        "The form number stands in line %(line)s already: two kits with one "
                        "number must never exist."
                    ),
                    {"line": other},
                )
            ]
        if code in self.codes and (seat is None or self.codes[code] != seat.id):
            return [
                Problem(
                    "Номер бланка",
                    N_(
                        "The form number belongs to another work: two kits with one number must "
                        "never exist."
                    ),
                )
            ]
        return []

    def _change(
        self,
        row: ParsedRow,
        label: str,
        changed: tuple[str, ...],
        there: tuple[Exam, Room, Candidate, Seat | None],
        place: str,
        medium: Medium,
    ) -> Proposal:
        exam, room, candidate, seat = there
        code = row.values.get("form_code")

        def step_aside() -> None:
            if seat is not None and {"room", "place"} & set(changed):
                seat.place = f"~{row.line}"

        def write() -> None:
            present = seat or self.uow.add(
                Seat(exam_id=exam.id, candidate_id=candidate.id, room_id=room.id, place=place)
            )
            present.room_id, present.place = room.id, place
            self.uow.session.flush()
            set_booklet(self.uow, present, self.booklets.get(present.id), medium, code)

        what = NEW if seat is None else CHANGED if changed else SAME
        return Proposal(row.line, label, what, changed=changed, prepare=step_aside, write=write)


def _differences(
    seat: Seat | None,
    booklet: Booklet | None,
    room: Room,
    place: str,
    medium: Medium,
    code: str | None,
) -> tuple[str, ...]:
    """Which of room, place, medium and form number the row would change; an empty form number
    changes nothing."""
    if seat is None:
        return ()
    standing = booklet.medium if booklet else Medium.STANDARD
    return tuple(
        name
        for name, differs in (
            ("room", seat.room_id != room.id),
            ("place", seat.place != place),
            ("medium", standing != medium),
            ("form_code", bool(code) and (booklet is None or booklet.code != code)),
        )
        if differs
    )


def _too_late(booklet: Booklet | None, changed: tuple[str, ...]) -> list[Problem]:
    if booklet is None or not changed or booklet.state == State.REGISTERED:
        return []
    return [
        Problem(
            "", N_("The kit of this candidate is issued: place, form of answers and number stand.")
        )
    ]
