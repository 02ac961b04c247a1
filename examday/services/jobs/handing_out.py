"""Jobs are handed out to the broker by leases: any number of relays send each job once.

Whoever sends a job has it leased in the same statement that finds it, before the message goes. The
lease ends with the try of a worker, or when the message is gone from the broker without one: what
merely waits long is never sent again, so a backlog does not grow by itself.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select, update

from examday.domain.jobs import UPKEEP, Queue
from examday.services.unit_of_work import WORKER, Store
from examday.storage.tables import Outbox

ON_THE_WAY = dt.timedelta(seconds=12)
"""A relay may need so long between its lease and the broker's word that it has the message (the
socket's own patience is ten seconds). Nobody looks for the message before."""


@dataclass(frozen=True)
class Job:
    """One job to send. `id`: of its row, and of its message."""

    id: str
    task: str
    arg: str
    sent_at: dt.datetime
    """When it was leased: the lease's own mark, so that one that was taken since is left alone."""


def due(store: Store, most: int = 100) -> list[tuple[str, str, str]]:
    """Jobs to send now, oldest first: (outbox id, task, argument).

    Sent ones come again when their pause is over or when their worker has died.
    """
    with store.read() as uow:
        rows = uow.session.scalars(_due(uow.now()).limit(most))
        return [(row.id, row.task, row.arg) for row in rows]


def take(store: Store, queue: Queue, most: int) -> list[Job]:
    """Lease up to `most` jobs of a queue, oldest first; for everybody else they are sent.

    Relays that do this at once get different jobs (PostgreSQL: SKIP LOCKED; SQLite has one writer).
    """
    with store.begin(WORKER) as uow:
        now = uow.now()
        wanted = _due(now).where(_of(queue)).limit(most).with_for_update(skip_locked=True)
        rows = uow.session.scalars(wanted).all()
        for row in rows:
            row.sent_at = now
        return [Job(row.id, row.task, row.arg, now) for row in rows]


def give_back(store: Store, jobs: Iterable[Job]) -> None:
    """These did not reach the broker: they are due as before."""
    _unsend(store, {job.id: job.sent_at for job in jobs})


def unbegun(store: Store) -> dict[str, dt.datetime]:
    """Jobs that were sent and that no worker has begun: id → when they were sent.

    Their messages must be at the broker, else they were lost.
    """
    with store.read() as uow:
        now = uow.now()
        found = select(Outbox.id, Outbox.sent_at).where(
            Outbox.done_at.is_(None),
            Outbox.sent_at <= now - ON_THE_WAY,
            # Else the message has been used up: `due` knows when the job comes again.
            Outbox.due_at.is_(None) | (Outbox.due_at <= Outbox.sent_at),
            Outbox.held_until.is_(None) | (Outbox.held_until <= Outbox.sent_at),
        )
        return {job: sent for job, sent in uow.session.execute(found) if sent is not None}


def lost(store: Store, jobs: Mapping[str, dt.datetime]) -> None:
    """The broker has no message of these (`unbegun`): they are due again."""
    _unsend(store, jobs)


def _unsend(store: Store, jobs: Mapping[str, dt.datetime]) -> None:
    """End the leases of that moment; one that somebody has taken since goes on."""
    with store.begin(WORKER) as uow:
        for job, sent in sorted(jobs.items()):
            mine = (Outbox.id == job, Outbox.sent_at == sent, Outbox.done_at.is_(None))
            uow.session.execute(
                update(Outbox)
                .where(*mine)
                .values(sent_at=None)
                .execution_options(synchronize_session=False)
            )


def _due(now: dt.datetime) -> Select[Outbox]:
    # A message is used up by its try: one sent before the pause or the lease ended counts no more.
    unsent = (
        Outbox.sent_at.is_(None)
        | (Outbox.sent_at < Outbox.due_at)
        | (Outbox.sent_at < Outbox.held_until)
    )
    return (
        select(Outbox)
        .where(
            Outbox.done_at.is_(None),
            unsent,
            Outbox.due_at.is_(None) | (Outbox.due_at <= now),
            Outbox.held_until.is_(None) | (Outbox.held_until <= now),
        )
        .order_by(Outbox.created_at, Outbox.id)
    )


def _of(queue: Queue) -> ColumnElement[bool]:
    upkeep = Outbox.task.in_(sorted(UPKEEP))
    return upkeep if queue is Queue.UPKEEP else ~upkeep
