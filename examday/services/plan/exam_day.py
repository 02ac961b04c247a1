"""The exam day in hand: the one at which people work now, and its neighbours in the plan."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import Medium
from examday.domain.events import Event
from examday.domain.plan.day import medium_for
from examday.domain.plan.days import day_in_hand
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Seat


def current_day(uow: UnitOfWork) -> dt.date | None:
    """Return the exam day that pages show when none is named; None without a plan."""
    # A whole region does not turn to the day on which one of its points trains.
    real = _day_of(uow, Exam.training.is_(False)) if uow.at_once else None
    return real or _day_of(uow)


def _day_of(uow: UnitOfWork, *among: ColumnElement[bool]) -> dt.date | None:
    today, asked = uow.today(), uow.session.scalar
    newest = asked(select(func.max(Exam.date)).where(Exam.date <= today, *among))
    following = asked(select(func.min(Exam.date)).where(Exam.date > today, *among))
    past = None if newest in (None, today) else _last_exam(uow, today)
    # Asked only where the answer decides, as it looks through the works of a day.
    decides = past is not None and (following is not None or past != newest)
    unfinished = past if past and decides and not is_closed(uow, past) else None
    return day_in_hand(today, newest, following, unfinished)


def _last_exam(uow: UnitOfWork, today: dt.date) -> dt.date | None:
    past = select(Exam.date).where(Exam.date < today, Exam.training.is_(False))
    # By the order of the days: years of exams are not searched.
    return uow.session.scalar(past.order_by(Exam.date.desc()).limit(1))


def exams_of(uow: UnitOfWork, day: dt.date | None = None) -> tuple[Exam, ...]:
    """Return the exams of `day`, or of the day in hand."""
    wanted = day or current_day(uow)
    rows = uow.session.scalars(select(Exam).where(Exam.date == wanted).order_by(Exam.subject))
    return tuple(rows)


def is_training(uow: UnitOfWork) -> bool:
    """True while the exam day in hand is a training day."""
    # A real exam on the same day comes first: no page may call it training.
    of_day = select(Exam.training).where(Exam.date == current_day(uow)).order_by(Exam.training)
    return bool(uow.session.scalar(of_day.limit(1)))


def other_days(uow: UnitOfWork, day: dt.date | None) -> list[dt.date]:
    """Return the exam days of the plan just before and just after `day`."""
    if day is None:
        return []
    before, after = uow.session.execute(
        select(
            _day(func.max(Exam.date), Exam.date < day),
            _day(func.min(Exam.date), Exam.date > day),
        )
    ).one()
    return [other for other in (before, after) if other]


def next_day(uow: UnitOfWork, day: dt.date) -> dt.date | None:
    """Return the exam day of the plan that comes after `day`; None for the last one."""
    return uow.session.scalar(select(func.min(Exam.date)).where(Exam.date > day))


def day_subject(day: dt.date) -> str:
    """The day as the ledger names it."""
    return f"day:{day.isoformat()}"


def is_closed(uow: UnitOfWork, day: dt.date) -> bool:
    """Whether the head of the point has closed this day at least once; in a region, each of its points."""
    said = (EventRow.kind == Event.DAY_CLOSE, EventRow.subject == day_subject(day))
    closed = select(EventRow.seq).where(*said, EventRow.site == Exam.site).exists()
    still = select(Exam.id).where(Exam.date == day, ~closed).limit(1)
    return uow.session.scalar(still) is None


def seats_without(uow: UnitOfWork, exams: Sequence[Exam]) -> int:
    """Return how many candidates are seated with a special form and have no booklet at all."""
    seats = uow.session.scalars(
        select(Seat)
        .outerjoin(Booklet, Booklet.seat_id == Seat.id)
        .options(joinedload(Seat.candidate))
        .where(Seat.exam_id.in_([e.id for e in exams]), Booklet.id.is_(None))
    )
    return sum(medium_for(frozenset(seat.candidate.needs)) is not Medium.STANDARD for seat in seats)


def _day(which: ColumnElement[dt.date], *conditions: ColumnElement[bool]) -> ColumnElement[dt.date]:
    return select(which).where(*conditions).scalar_subquery()
