"""What cannot be left as it is at the points of a region on one day. As many queries for all as for one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVarTuple

from sqlalchemy import Select, and_, func, or_, select

from examday.domain.board import PATIENCE
from examday.domain.custody.lifecycle import Medium
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.scans.pages import PageState
from examday.services.board import unanswered
from examday.services.jobs.outbox import given_up
from examday.services.unit_of_work import UnitOfWork
from examday.storage.keepers import still_there
from examday.storage.tables import Booklet, Exam, Page

T = TypeVarTuple("T")
ALARM_WORDS: dict[str, str] = {
    "stuck": N_("works stand still: %(n)s"),
    Event.ALARM_COUNT_MISMATCH: N_("counts differ: %(n)s"),
    Event.ALARM_DUPLICATE_CODE: N_("form codes met twice: %(n)s"),
    Event.ALARM_FORK: N_("stations with two histories: %(n)s"),
    "pages": N_("pages wait for a person: %(n)s"),
    "jobs": N_("jobs were given up: %(n)s"),
}
"""What cannot be left as it is at a point → its words."""


def alarms_by_point(uow: UnitOfWork, day: dt.date | None) -> Mapping[str, dict[str, int]]:
    """Return site → kind of alarm → how many; points without one are not in it."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, site, count in _counted_alarms(uow, day):
        found[site][kind] = count
    return found


def _counted_alarms(uow: UnitOfWork, day: dt.date | None) -> Iterator[tuple[str, str, int]]:
    now = uow.now()
    late = or_(
        *(
            and_(Booklet.state == state, Booklet.since < now - patience)
            for state, patience in PATIENCE.items()
        )
    )
    failed = given_up().order_by(None).subquery()
    queries: dict[str, Select[str, int]] = {
        "stuck": of_day(select(Booklet.site, func.count()), day)
        .where(late, ~still_there())
        .group_by(Booklet.site),
        "pages": select(Page.site, func.count())
        .where(Page.state == PageState.EXCEPTION)
        .group_by(Page.site),
        "jobs": select(failed.c.site, func.count()).group_by(failed.c.site),
    }
    for kind, query in queries.items():
        yield from ((kind, site, count) for site, count in uow.session.execute(query))
    yield from unanswered.of_all_points(uow)


def of_day(query: Select[*T], day: dt.date | None) -> Select[*T]:
    """Works of that day that need a transfer."""
    # The table as a whole has the columns of its points: no site is named by the query.
    return query.join(Exam, Exam.id == Booklet.exam_id).where(
        Exam.date == day, Booklet.medium != Medium.STANDARD
    )
