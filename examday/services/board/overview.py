"""What the head of the point sees of the day.

Counts, rooms by steps, who waits for whom, and the alarms of the day.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from examday.domain import board
from examday.domain.board import Count, RoomRow, Standing, Waiting
from examday.domain.custody.lifecycle import Medium
from examday.services.board.alarms import Alarm, alarms
from examday.services.board.head_step import HeadStep, head_step
from examday.services.board.still_open import works_before
from examday.services.custody.pages.on_duty import able, on_duty
from examday.services.custody.pages.standings import standings_of
from examday.services.plan.exam_day import exams_of, other_days, seats_without
from examday.services.travel import elsewhere
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Exam, Person


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


@dataclass(frozen=True)
class Board:
    """The whole board at one moment."""

    day: dt.date | None
    """None at a station that has no exam day at all: the page then says how to begin."""
    exams: tuple[Exam, ...]
    counts: tuple[Count, ...]
    rows: tuple[RoomRow, ...]
    queues: tuple[Waiting, ...]
    alarms: tuple[Alarm, ...]
    at: dt.datetime
    by_id: Mapping[str, Standing]
    head: HeadStep
    others: list[dt.date]
    """The exam days of the plan before and after this one: yesterday's works may still be open."""
    before: list[tuple[dt.date, int]]
    """Exam days before this one with works that are not packed yet, and how many: on the board of
    today they would be overlooked."""


def show(uow: UnitOfWork, day: dt.date | None = None) -> Board:
    """Return the board of `day`; without one, of the day in hand."""
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
        board.counts(len(tracked) + seats_without(uow, exams), (s.state for s in tracked)),
        board.rows(tracked, uow.now()),
        _named(uow, exams, board.queues(ours, uow.now())),
        tuple(alarms(uow, exams, ours)),
        uow.now(),
        {s.id: s for s in tracked},
        head_step(uow, exams, tracked),
        other_days(uow, exams[0].date if exams else day),
        works_before(uow, exams),
    )


def _named(
    uow: UnitOfWork, exams: Sequence[Exam], queues: Sequence[Waiting]
) -> tuple[Waiting, ...]:
    """The queues with the people who are waited for."""
    people = on_duty(uow, [exam.id for exam in exams])

    def named(queue: Waiting) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for s in queue.standings:
            # Nobody is named for an unopened package: who opens it is written on it.
            found |= {} if s.package else able(people, s.state, s.medium, {s.room})
        return tuple(sorted(found.values()))

    return tuple(replace(queue, people=named(queue)) for queue in queues)


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
