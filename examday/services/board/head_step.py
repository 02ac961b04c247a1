"""The head's own next step of the day: readiness before it begins, closing when it is over."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, or_, select

from examday.domain.board import Standing
from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.domain.events import Event, read_data
from examday.domain.plan.findings import Level, counts
from examday.services.plan.exam_day import day_subject
from examday.services.plan.readiness import readiness
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import NEWEST_FIRST, Booklet, EventRow, Exam, Item, Seat

OVER = OFF_THE_WAY | {State.PACKED, State.HANDED_OVER}
"""Where a work needs nobody of the rooms any more: the day may be closed over it."""


@dataclass(frozen=True)
class Closed:
    """The last time somebody closed this day.

    `later`: entries since then about works, packets and seats of the day.
    """

    at: dt.datetime
    by: str
    open: int
    reason: str
    later: int


@dataclass(frozen=True)
class HeadStep:
    """What the board offers the head: «readiness», «close», «closed», or nothing of their own ("")."""

    name: str = ""
    fails: int = 0
    """What must be put right before the day begins."""
    looks: int = 0
    """What a person has to judge: the day may begin with it."""


def head_step(uow: UnitOfWork, exams: Sequence[Exam], standings: Sequence[Standing]) -> HeadStep:
    """Return the next step of the head; while works are under way it is other people's turn."""
    states = {standing.state for standing in standings}
    over = bool(exams) and exams[0].date < uow.today()
    if exams and states <= {State.REGISTERED} and not over:
        levels = counts(readiness(uow, exams[0].date, exams[0].training))
        return HeadStep("readiness", levels[Level.FAIL], levels[Level.WARN])
    # Kits that nobody came for are no reason to leave a day that is over open.
    if not states or not states <= (OVER | {State.REGISTERED} if over else OVER):
        return HeadStep()
    last = closed(uow, exams, {})
    # What happened after the day was closed makes the head look again: the day is offered to be
    # closed once more.
    return HeadStep("close" if last is None or last.later else "closed")


def closed(uow: UnitOfWork, exams: Sequence[Exam], names: dict[str, str]) -> Closed | None:
    """Return the last time that the day of these exams was closed."""
    if not exams:
        return None
    rows = select(EventRow).where(
        EventRow.kind == Event.DAY_CLOSE, EventRow.subject == day_subject(exams[0].date)
    )
    row = uow.session.scalars(rows.order_by(*NEWEST_FIRST)).first()
    if row is None:
        return None
    data = read_data(row.data)
    return Closed(
        dt.datetime.fromisoformat(row.at),
        names.get(row.actor, ""),
        data.get("open", 0),
        data.get("reason", ""),
        _entries_since(uow, exams, row.seq),
    )


def _entries_since(uow: UnitOfWork, exams: Sequence[Exam], seq: int) -> int:
    """Count the entries about works, packets and seats of this day after the day was closed.

    What the machine reads is a hint and changes nothing that was closed.
    """
    ids = [exam.id for exam in exams]
    later = select(func.count(EventRow.seq)).where(
        EventRow.seq > seq,
        EventRow.kind.not_in((Event.MACHINE_READ, Event.READING_MACHINE)),
        or_(
            *(
                EventRow.subject.in_(
                    select(literal(f"{kind}:").concat(model.id)).where(model.exam_id.in_(ids))
                )
                for kind, model in (("booklet", Booklet), ("item", Item), ("seat", Seat))
            )
        ),
    )
    return uow.count(later)
