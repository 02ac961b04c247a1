"""Background work: the outbox table says what is still to be done; whoever does it twice does no harm."""

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import Select, delete, select, update

from examday import log
from examday.domain.people import Actor
from examday.storage.tables import LoginAttempt, Outbox, WebSession
from examday.storage.uow import Store

RESEND_AFTER = dt.timedelta(seconds=150)
"""Longer than a task may run: what was sent and is not done by then was lost and is sent again."""
MOST_ATTEMPTS = 4
KEEP_DONE = dt.timedelta(days=7)
KEEP_SESSIONS = dt.timedelta(days=2)
Work = Callable[[Store, str], None]
WORKER = Actor.system("worker")

logger = log.get("jobs")


def due(store: Store, most: int = 100) -> list[tuple[str, str, str]]:
    """Jobs to send now, oldest first: (outbox id, task, argument). Sent ones come again when they took too long."""
    with store.read() as uow:
        late = uow.now() - RESEND_AFTER
        rows = uow.session.scalars(
            select(Outbox).where(Outbox.done_at.is_(None), Outbox.sent_at.is_(None) | (Outbox.sent_at < late))
            .order_by(Outbox.created_at).limit(most))
        return [(row.id, row.task, row.arg) for row in rows]


def mark_sent(store: Store, ids: Sequence[str]) -> None:
    """The broker has taken these."""
    with store.begin(WORKER) as uow:
        uow.session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(sent_at=uow.now()))


def forget_sent(store: Store) -> int:
    """The broker may have lost its contents: everything unfinished is to be sent again. How many that is."""
    with store.begin(WORKER) as uow:
        open_rows = (Outbox.done_at.is_(None), Outbox.sent_at.is_not(None))
        count = len(uow.session.scalars(select(Outbox.id).where(*open_rows)).all())
        if count:
            uow.session.execute(update(Outbox).where(*open_rows).values(sent_at=None))
        return count


def waiting(store: Store) -> int:
    """How many jobs are not done yet."""
    with store.read() as uow:
        return len(uow.session.scalars(select(Outbox.id).where(Outbox.done_at.is_(None))).all())


def run(store: Store, task: str, arg: str, work: Work, give_up: Work) -> None:
    """Do `work(store, arg)` when it is still to be done. Each try is counted before it begins, so that an argument
    that kills the process is given up after four tries instead of being retried for ever."""
    attempt = _begin(store, task, arg)
    if attempt is None:
        return
    if attempt > MOST_ATTEMPTS:
        logger.error("job given up", task=task, attempt=attempt)
        give_up(store, arg)
        _end(store, task, arg, "gave up")
        return
    try:
        work(store, arg)
    except Exception as error:
        logger.error("job failed", task=task, attempt=attempt, exc_info=error)
        _note(store, task, arg, type(error).__name__)
        return
    _end(store, task, arg, "")


def _begin(store: Store, task: str, arg: str) -> int | None:
    """Count one more try; None when nothing is left to do."""
    with store.begin(WORKER) as uow:
        rows = uow.session.scalars(_open(task, arg)).all()
        for row in rows:
            row.attempts += 1
        return max((row.attempts for row in rows), default=None)


def _end(store: Store, task: str, arg: str, error: str) -> None:
    with store.begin(WORKER) as uow:
        for row in uow.session.scalars(_open(task, arg)):
            row.done_at, row.error = uow.now(), error


def _note(store: Store, task: str, arg: str, error: str) -> None:
    """Write down what went wrong; the job comes again soon, later each time."""
    with store.begin(WORKER) as uow:
        for row in uow.session.scalars(_open(task, arg)):
            row.error = error
            row.sent_at = uow.now() - RESEND_AFTER + dt.timedelta(seconds=2 * 4**row.attempts)


def _open(task: str, arg: str) -> Select[Outbox]:
    return select(Outbox).where(Outbox.task == task, Outbox.arg == arg, Outbox.done_at.is_(None)).with_for_update()


def tidy(store: Store) -> None:
    """Remove what nobody needs any more: done jobs, log-ins and tries to log in of past days."""
    with store.begin(WORKER) as uow:
        now = uow.now()
        uow.session.execute(delete(Outbox).where(Outbox.done_at < now - KEEP_DONE))
        uow.session.execute(delete(WebSession).where(WebSession.seen_at < now - KEEP_SESSIONS))
        uow.session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - KEEP_SESSIONS))
