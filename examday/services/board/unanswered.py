"""Alarms of the ledgers after which nothing was done with the thing, of one point or of all."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select

from examday.domain.events import ALARMS, Event, read_data
from examday.domain.ledger import Subject
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import OLDEST_FIRST, EventRow
from examday.storage.tables_travel import Station

ROOMS = ("booklet", "packing", "custody")
"""Whatever is done in these rooms with the thing answers its alarm: somebody has had it in hand."""
SIXTY_DAYS = dt.timedelta(days=60)
"""What a ledger said of paper longer ago is no alarm of a day: nobody could do anything about it in
the rooms."""
OF_STATION = "station:"
"""How subjects of entries about a station begin: such an alarm is of no work, and asks for an
answer of its own."""


def answers(
    subject: str | ColumnElement[str],
    chain: str | ColumnElement[str],
    seq: int | ColumnElement[int],
) -> ColumnElement[bool]:
    """Whether an entry answers the alarm `seq` of a chain: something was done with the thing later.

    What the centre did itself comes after all that came in from the point.
    """
    later = (EventRow.chain == chain) & (EventRow.seq > seq) | (EventRow.chain < chain)
    done = or_(*(EventRow.kind.like(f"{room}:%") for room in ROOMS))
    return (EventRow.subject == subject) & later & done


class Raised(NamedTuple):
    """An alarm of a point's ledger: its kind, and of which thing it was raised.

    other: id of the work that has the same form number; "" where the alarm is about none.
    """

    alarm: str
    thing: str
    key: str
    other: str = ""


def of_point(uow: UnitOfWork) -> Iterator[Raised]:
    """The last alarm of each thing, where nothing has answered it."""
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.kind.in_(ALARMS)).order_by(*OLDEST_FIRST)
    )
    # Only the newest alarm of a thing: an older one is answered by what happened in between.
    for row in {row.subject: row for row in rows}.values():
        if not _is_answered(uow, row):
            yield _raised(row)


def of_thing(uow: UnitOfWork, subject: str) -> list[Raised]:
    """Return all alarms of one thing that nothing has answered: its last one may cover another."""
    rows = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind.in_(ALARMS), EventRow.subject == subject)
        .order_by(*OLDEST_FIRST)
    )
    return [_raised(row) for row in rows.all() if not _is_answered(uow, row)]


def _raised(row: EventRow) -> Raised:
    return Raised(row.kind, *Subject.parse(row.subject), read_data(row.data).get("other", ""))


def _is_answered(uow: UnitOfWork, alarm: EventRow) -> bool:
    if alarm.kind == Event.ALARM_FORK:
        return alarm.subject in uow.session.scalars(_revoked()).all()
    done = select(EventRow.seq).where(answers(alarm.subject, alarm.chain, alarm.seq))
    return uow.session.scalar(done.limit(1)) is not None


def of_all_points(uow: UnitOfWork) -> Iterator[tuple[str, str, int]]:
    """Kind of alarm, site, and how many things it is about. Two queries, however many points."""
    since = (uow.now() - SIXTY_DAYS).isoformat(timespec="microseconds")
    raised = (
        select(
            EventRow.kind,
            EventRow.site,
            EventRow.chain,
            EventRow.subject,
            func.max(EventRow.seq).label("seq"),
        )
        .where(
            EventRow.kind.in_(ALARMS),
            EventRow.kind != Event.ALARM_FORK,
            EventRow.at >= since,
        )
        .group_by(EventRow.kind, EventRow.site, EventRow.chain, EventRow.subject)
        .subquery()
    )
    answer = answers(raised.c.subject, raised.c.chain, raised.c.seq)
    done = select(EventRow.seq).where(answer, EventRow.site == raised.c.site).exists()
    things = func.count(raised.c.subject.distinct())
    open_now = select(raised.c.kind, raised.c.site, things).where(~done)
    # Two histories of a station do not grow old: it has to be revoked.
    forks = (
        select(EventRow.kind, EventRow.site, func.count(EventRow.subject.distinct()))
        .where(EventRow.kind == Event.ALARM_FORK, EventRow.subject.not_in(_revoked()))
        .group_by(EventRow.kind, EventRow.site)
    )
    for query in (open_now.group_by(raised.c.kind, raised.c.site), forks):
        yield from ((kind, site, count) for kind, site, count in uow.session.execute(query))


def _revoked() -> Select[str]:
    """The subjects of the stations of which nothing is taken in any more."""
    return select(OF_STATION + Station.id).where(Station.revoked_at.is_not(None))
