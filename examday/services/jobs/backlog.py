"""How much background work waits, for whoever watches over a region."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.jobs import Queue, queue_of
from examday.services.jobs.outbox import given_up
from examday.services.unit_of_work import Store
from examday.storage.tables import Outbox


@dataclass(frozen=True)
class Backlog:
    """Jobs that are not done. `oldest`: age of the one that has waited longest."""

    waiting: dict[Queue, int]
    oldest: dt.timedelta
    given_up: int
    """Failed for good: no further try is made, so a person has to look at them."""


def backlog(store: Store) -> Backlog:
    """Count the jobs that are not done, by queue."""
    with store.read() as uow:
        open_jobs = select(Outbox.task, func.count(), func.min(Outbox.created_at))
        rows = uow.session.execute(
            open_jobs.where(Outbox.done_at.is_(None)).group_by(Outbox.task)
        ).all()
        failed = select(func.count()).select_from(given_up().order_by(None).subquery())
        now = uow.now()
        counted = Counter(dict.fromkeys(Queue, 0))
        for task, count, _since in rows:
            counted[queue_of(task)] += count
        oldest = now - min((since for _task, _count, since in rows), default=now)
        return Backlog(dict(counted), oldest, uow.count(failed))
