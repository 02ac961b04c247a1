"""Rows of the seating file, and the booklet that every place with a special form gets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.identity import ByIdentity, fold
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.custody.booklets import named
from examday.services.plan.booklets import kit_name, live_booklets, medium_of, set_booklet
from examday.services.plan.proposals.exams import Exams, exam_label
from examday.services.plan.proposals.proposal import Proposal, judge, refuse
from examday.services.plan.proposals.seat_problems import (
    HOUR_UNKNOWN,
    NO_CANDIDATE,
    NO_EXAM,
    NUMBER_IN_PLAN,
    kit_is_named,
    no_room,
    number_twice,
    taken,
    too_late,
)
from examday.services.plan.proposals.spelling import spelled, twins
from examday.services.plan.values import seat_values
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Exam, Room, Seat

Chair = tuple[object, ...]
"""What two people cannot have at once: day, room, place."""


def seating(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Propose what the rows of the seating file would do."""
    # All rows are read first: a place that another row of the file leaves is free.
    plan = _Seating(uow, list(rows))
    for row in plan.rows:
        yield plan.propose(row)


@dataclass(frozen=True)
class _Row:
    """A row with the entries of the plan that it names."""

    row: ParsedRow
    label: str
    exam: Exam
    room: Room
    candidate: Candidate
    seat: Seat | None
    booklet: Booklet | None
    place: str
    medium: Medium

    @property
    def code(self) -> str | None:
        """The form number that the row gives."""
        code: str | None = self.row.values.get("form_code")
        return code


class _Seating:
    """What is known while seating rows are judged; rows may swap places with each other."""

    def __init__(self, uow: UnitOfWork, rows: list[ParsedRow]) -> None:
        self.uow, self.rows, self.exams = uow, rows, Exams(uow)
        self.rooms = {
            (room.site_code, room.number): room for room in uow.session.scalars(select(Room))
        }
        self.candidates = ByIdentity(
            (row.code, row) for row in uow.session.scalars(select(Candidate))
        )
        seats = list(uow.session.scalars(select(Seat)))
        self.seats = {(seat.exam_id, seat.candidate_id): seat for seat in seats}
        self.booklets = live_booklets(uow)
        self.codes = {
            b.code: b.seat_id
            for b in uow.session.scalars(select(Booklet).where(Booklet.code.is_not(None)))
        }
        self.taken = self._taken(seats)
        self.new_codes: dict[str, int] = {}
        """Form number → the line that gives it: one number twice in a file is as bad as in the plan."""

    def _taken(self, seats: list[Seat]) -> dict[Chair, dict[str, int]]:
        """Chair → exam → line that takes it; 0 for seats that the file does not name."""
        moved = {id(seat) for row in self.rows if (seat := self._present(row)) is not None}
        found: dict[Chair, dict[str, int]] = {}
        for seat in seats:
            if id(seat) not in moved:
                exam = self.exams.by_id[seat.exam_id]
                found.setdefault(_chair(exam, seat.room_id, seat.place), {})[exam.id] = 0
        return found

    def _present(self, row: ParsedRow) -> Seat | None:
        exam = self.exams.of(row.values)
        candidate = self.candidates.get(row.values["candidate"])
        return self.seats.get((exam.id, candidate.id)) if exam and candidate else None

    def propose(self, row: ParsedRow) -> Proposal:
        """Propose a seat and its booklet, or name the problems of the row."""
        label = f"{exam_label(row.values)} · {row.values['candidate']}"
        known = self._named(row, label)
        if isinstance(known, Proposal):
            return known
        proposal = self._judged(known)
        problems = [
            *self._place(row.line, known),
            *self._code(row.line, known),
            *too_late(known.booklet, proposal.changed),
            *self._kept(known),
        ]
        return refuse(row, label, *problems) if problems else proposal

    def _named(self, row: ParsedRow, label: str) -> _Row | Proposal:
        """Find everything that the row names, or refuse it with what is not in the plan."""
        values = row.values
        exam, candidate = self.exams.of(values), self.candidates.get(values["candidate"])
        room = self.rooms.get((values["site_code"], values["room"]))
        if exam is None or room is None or candidate is None:
            return refuse(row, label, *self._not_there(row, exam, room, candidate))
        seat = self.seats.get((exam.id, candidate.id))
        place = values["place"]
        if seat is not None and fold(seat.place) == fold(place):
            # the same place in other letters stays as it is written: that is no change
            place = seat.place
        medium = Medium(values.get("medium") or medium_of(candidate))
        booklet = self.booklets.get(seat.id) if seat else None
        return _Row(row, label, exam, room, candidate, seat, booklet, place, medium)

    def _not_there(
        self,
        row: ParsedRow,
        exam: Exam | None,
        room: Room | None,
        candidate: Candidate | None,
    ) -> Iterator[Problem]:
        """What of the row is not in the plan."""
        values = row.values
        if exam is None:
            yield NO_EXAM
        if room is None:
            yield no_room(values["room"])
        if candidate is None:
            yield from twins("Код участника", self.candidates, values["candidate"]) or [
                NO_CANDIDATE
            ]

    def _judged(self, known: _Row) -> Proposal:
        """Compare place and kit with the plan; an empty form number changes nothing."""
        row, seat, booklet = known.row, known.seat, known.booklet
        after = {
            **row.values,
            "candidate": known.candidate.code,
            "place": known.place,
            "medium": known.medium.value,
        }
        # Form numbers are often entered later than the seating: an empty cell is not a wish to
        # take the number away.
        if not known.code:
            after.pop("form_code", None)
        before = seat_values(seat, booklet) if seat else None
        proposal = judge(row, known.label, "seating", before, after)
        gone = booklet if known.medium is Medium.STANDARD else None
        return replace(
            proposal,
            notes=(
                *proposal.notes,
                *spelled("Код участника", row.values["candidate"], known.candidate.code),
            ),
            lost=(kit_name(gone),) if gone is not None else (),
            prepare=lambda: self._step_aside(known, proposal),
            write=lambda: self._write(known),
        )

    def _place(self, line: int, known: _Row) -> list[Problem]:
        """Who sits there at that hour; an hour that nobody entered may be any."""
        chair = self.taken.setdefault(_chair(known.exam, known.room.id, known.place), {})
        others = {exam: other for exam, other in chair.items() if other != line}
        chair.setdefault(known.exam.id, line)
        start = _start(known.exam)
        for exam_id, other in others.items():
            there = _start(self.exams.by_id[exam_id])
            if exam_id == known.exam.id or (start and start == there):
                return [taken(other)]
            if not start or not there:
                return [HOUR_UNKNOWN]
        return []

    def _code(self, line: int, known: _Row) -> list[Problem]:
        code, seat = known.code, known.seat
        if not code:
            return []
        other = self.new_codes.setdefault(code, line)
        if other != line:
            return [number_twice(other)]
        if code in self.codes and (seat is None or self.codes[code] != seat.id):
            return [NUMBER_IN_PLAN]
        return []

    def _kept(self, known: _Row) -> list[Problem]:
        """Name a kit that would be gone and cannot: a kit that went back to the plan may be named
        by what is never deleted.
        """
        kit = known.booklet
        gone = kit is not None and known.medium is Medium.STANDARD and kit.state == State.REGISTERED
        return [kit_is_named(kit)] if kit is not None and gone and named(self.uow, kit) else []

    @staticmethod
    def _step_aside(known: _Row, proposal: Proposal) -> None:
        # Two rows may swap places, and the database allows each place of a room once for an exam:
        # everybody who moves stands up first. The line number keeps these places apart.
        if known.seat is not None and {"room", "place"} & set(proposal.changes):
            known.seat.place = f"~{known.row.line}"

    def _write(self, known: _Row) -> None:
        exam, room, candidate, place = known.exam, known.room, known.candidate, known.place
        present = known.seat or self.uow.add(
            Seat(
                exam_id=exam.id,
                candidate_id=candidate.id,
                room_id=room.id,
                place=place,
            )
        )
        present.room_id, present.place = room.id, place
        # The booklet needs the id of the seat.
        self.uow.session.flush()
        set_booklet(self.uow, present, self.booklets.get(present.id), known.medium, known.code)


def _chair(exam: Exam, room_id: str, place: str) -> Chair:
    """The chair on the day of an exam: exams that start at different hours share it."""
    return exam.date, exam.training, room_id, fold(place)


def _start(exam: Exam) -> str:
    """The hour at which it starts; empty where nobody entered one: ten o'clock is usual and no fact."""
    return str(exam.facts.get("start") or "")
