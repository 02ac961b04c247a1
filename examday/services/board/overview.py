"""What the head of the point sees of the day.

Counts, rooms by steps, who waits for whom, and the alarms of the day.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from examday.domain import board
from examday.domain.board import Count, RoomRow, Standing, Waiting
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.plan.day import medium_for
from examday.services.board.alarms import Alarm, alarms
from examday.services.board.head_step import HeadStep, head_step
from examday.services.braille.notebook import receipt
from examday.services.custody.pages.on_duty import able, on_duty
from examday.services.rules import in_force
from examday.services.transfer import signatures
from examday.services.travel import elsewhere
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Person, Seat


@dataclass(frozen=True)
class There:
    """Whether a station knows anybody, and any exam."""

    people: bool
    exams: bool


def what_is_there(uow: UnitOfWork) -> There:
    """Return whether the station is empty, has people only, or has a plan."""
    people = uow.session.scalar(select(Person.id).limit(1))
    exams = uow.session.scalar(select(Exam.id).limit(1))
    return There(people is not None, exams is not None)


def is_training(uow: UnitOfWork) -> bool:
    """True while the newest exam day in the plan is a training day."""
    # A real exam on the same day comes first: no page may call it training.
    newest = select(Exam.training).order_by(Exam.date.desc(), Exam.training).limit(1)
    return bool(uow.session.scalar(newest))


@dataclass(frozen=True)
class Board:
    """The whole board at one moment."""

    day: dt.date | None
    exams: tuple[Exam, ...]
    counts: tuple[Count, ...]
    rows: tuple[RoomRow, ...]
    queues: tuple[Waiting, ...]
    alarms: tuple[Alarm, ...]
    at: dt.datetime
    by_id: Mapping[str, Standing]
    head: HeadStep


def show(uow: UnitOfWork, day: dt.date | None = None) -> Board:
    """Return the board of `day`; without one, of the newest day in the plan."""
    exams = exams_of(uow, day)
    standings = standings_of(uow, exams)
    # Standard forms need no transfer, so nobody waits for anybody there.
    tracked = elsewhere.at_the_point(
        uow, exams, [s for s in standings if s.medium is not Medium.STANDARD]
    )
    ours = elsewhere.ours(uow, exams, tracked)
    return Board(
        exams[0].date if exams else day,
        exams,
        board.counts(len(tracked) + _seats_without(uow, exams), (s.state for s in tracked)),
        board.rows(tracked, uow.now()),
        _named(uow, exams, board.queues(ours, uow.now())),
        tuple(alarms(uow, exams, ours)),
        uow.now(),
        {s.id: s for s in tracked},
        head_step(uow, exams, tracked),
    )


def _named(
    uow: UnitOfWork, exams: Sequence[Exam], queues: Sequence[Waiting]
) -> tuple[Waiting, ...]:
    """The queues with the people who are waited for."""
    people = on_duty(uow, [exam.id for exam in exams])

    def named(queue: Waiting) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for s in queue.standings:
            # Who opens a package is written on the package.
            found |= {} if s.package else able(people, s.state, s.medium, {s.room})
        return tuple(sorted(found.values()))

    return tuple(replace(queue, people=named(queue)) for queue in queues)


def _seats_without(uow: UnitOfWork, exams: Sequence[Exam]) -> int:
    """Return candidates seated with a special form who have no booklet at all."""
    seats = uow.session.scalars(
        select(Seat)
        .outerjoin(Booklet, Booklet.seat_id == Seat.id)
        .options(joinedload(Seat.candidate))
        .where(Seat.exam_id.in_([e.id for e in exams]), Booklet.id.is_(None))
    )
    return sum(medium_for(frozenset(seat.candidate.needs)) is not Medium.STANDARD for seat in seats)


def exams_of(uow: UnitOfWork, day: dt.date | None) -> tuple[Exam, ...]:
    """Return the exams of `day`, or of the newest day in the plan."""
    newest = day or uow.session.scalar(select(func.max(Exam.date)))
    return tuple(
        uow.session.scalars(select(Exam).where(Exam.date == newest).order_by(Exam.subject))
    )


def standings_of(uow: UnitOfWork, exams: Sequence[Exam]) -> tuple[Standing, ...]:
    """Return every booklet of these exams with its room, place and signatures."""
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.exam_id.in_([e.id for e in exams]))
        .options(
            joinedload(Booklet.seat).joinedload(Seat.room),
            joinedload(Booklet.holder),
            joinedload(Booklet.exam),
        )
    )
    booklets = list(rows)
    signed = signatures.counting(uow, booklets)
    standings = tuple(_standing(row, len(signed[row.id])) for row in booklets)
    closed = receipt.packages(uow, [row for row in booklets if row.state in receipt.READ_AT])
    return tuple(
        replace(one, package=closed[one.id].waits_for) if one.id in closed else one
        for one in standings
    )


@dataclass(frozen=True)
class Step:
    """The works at one step, the longest wait first."""

    standings: tuple[Standing, ...]
    at: dt.datetime


def step(
    uow: UnitOfWork,
    day: dt.date | None,
    state: str,
    room: str = "",
) -> Step:
    """Return the works of `day` at one step, of one room or of all."""
    found = standings_of(uow, exams_of(uow, day))
    there = (s for s in found if s.state == state and room in ("", s.room))
    return Step(tuple(sorted(there, key=lambda s: s.since)), uow.now())


def _standing(row: Booklet, signed: int) -> Standing:
    needed = in_force.for_exam(row.exam).signers(row.medium) if row.state == State.VERIFIED else ()
    return Standing(
        row.id,
        row.code or "",
        row.seat.room.number,
        row.seat.place,
        Medium(row.medium),
        State(row.state),
        row.since,
        row.holder.name if row.holder else "",
        signed,
        len(needed),
    )
