"""Background work: the outbox table says what is still to be done. Jobs are idempotent.

How jobs reach a worker: `handing_out`. Here is what the worker does with one.

Three ways a try can end, and what follows:

- done;
- the program failed: tried again after a growing pause, given up after four tries;
- the computer could not (`MachineTrouble`, no memory, full disk, the worker killed): tried again after a growing pause
  and alone, with no other heavy work beside it. After six such tries a person is asked; nobody is blamed.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import aliased

from examday import confined, log, turns
from examday.domain.errors import MachineTrouble
from examday.domain.jobs import LONG
from examday.services.unit_of_work import WORKER, Store
from examday.storage.tables import Outbox
from examday.storage.tables_log_in import LoginAttempt, WebSession

LEASE = dt.timedelta(seconds=30)
"""A worker that has not said for so long that it still works on a job is dead."""
BEAT_S = 8.0
"""Seconds between two renewals of a lease: three fit into one lease, so two may be late."""
MOST_ATTEMPTS = 4
"""Tries at which the program itself failed. A fault of the program does not go away by waiting."""
MOST_TROUBLES = 6
"""Tries that the computer could not finish. With pauses up to a quarter of an hour this covers a
full disk that somebody clears."""
LONGEST_PAUSE_S = 900
"""Seconds at most between two tries: on an exam day a job must come back within sight."""
KEEP_DONE = dt.timedelta(days=7)
"""Done jobs stay for a week, because questions about a day come days later."""
KEEP_SESSIONS = dt.timedelta(days=2)
"""Log-ins of past days are worthless: they end after hours without use."""
GAVE_UP = "gave up"
"""Stored end of a job that the program has failed at too often: a stored word, so it never
changes."""
UNDONE = (GAVE_UP, MachineTrouble.code)
"""Stored ends of jobs that were not done: given up, or beyond this computer. A person is told of
both."""
Work = Callable[[Store, str], None]
"""Does the task for one argument; called twice it must do nothing the second time."""

logger = log.get("jobs")


@dataclass(frozen=True)
class Try:
    """One try of a job, with the failures before it.

    `failures`: how often the program has failed at it. `troubles`: how often the computer could
    not.
    """

    failures: int
    """Counted apart from `troubles`: a fault of the program does not go away by waiting."""
    troubles: int
    site: str = ""
    """Whose job it is: the work is done there, and sees nothing of other points."""
    trace: str = ""
    """Word in the logs of the page that asked for it: what went wrong later is found from where
    it began."""

    @property
    def program_failed(self) -> bool:
        """The program has failed so often that it is not tried again."""
        return self.failures >= MOST_ATTEMPTS

    @property
    def machine_failed(self) -> bool:
        """Whether the computer failed at it so often that a person is asked."""
        return self.troubles >= MOST_TROUBLES


def given_up() -> Select[Outbox]:
    """Select the jobs that were given up and that nothing has answered since.

    A later row of the same job is an answer: it waits, has been done, or was given up itself.
    """
    later = aliased(Outbox)
    answered = select(later.id).where(
        later.task == Outbox.task, later.arg == Outbox.arg, later.created_at > Outbox.created_at
    )
    return (
        select(Outbox)
        .where(Outbox.done_at.is_not(None), Outbox.error.in_(UNDONE), ~answered.exists())
        .order_by(Outbox.done_at, Outbox.id)
    )


def run(
    store: Store,
    task: str,
    arg: str,
    work: Work,
    give_up: Work,
    ask: Work | None = None,
) -> None:
    """Do `work(store, arg)` when it is still to be done and nobody else is at it.

    `give_up` follows when the program has failed at it too often, `ask` (or `give_up`) when the
    computer could not do it again and again.
    """
    tried = _begin(store, task, arg)
    if tried is None:
        return
    with log.traced(tried.trace):
        _go_on(store, task, arg, work, give_up, ask or give_up, tried)


def _go_on(
    store: Store,
    task: str,
    arg: str,
    work: Work,
    give_up: Work,
    ask: Work,
    tried: Try,
) -> None:
    there = store.at(tried.site)
    if tried.program_failed:
        logger.error("job given up", task=task, attempt=tried.failures)
        give_up(there, arg)
        _end(store, task, arg, GAVE_UP)
    elif tried.machine_failed:
        logger.error("job given up", task=task, attempt=tried.troubles)
        ask(there, arg)
        _end(store, task, arg, MachineTrouble.code)
    else:
        _try(store, task, arg, work, tried)


def _try(
    store: Store,
    task: str,
    arg: str,
    work: Work,
    tried: Try,
) -> None:
    """Do the work once and write down how it ended."""
    alone, began = tried.troubles > 0, time.monotonic()
    try:
        # After trouble alone: two heavy jobs at once may have been the trouble.
        with _alive(store, task, arg), _turn(store, task, alone):
            work(store.at(tried.site), arg)
    except Exception as error:
        trouble = is_trouble(error)
        _log_failure(task, error, tried, trouble)
        _again(store, task, arg, _short(error), trouble)
    else:
        _end(store, task, arg, "")
        logger.info("job done", task=task, seconds=round(time.monotonic() - began, 3))


def _turn(store: Store, task: str, alone: bool) -> contextlib.AbstractContextManager[None]:
    """The work's share of this computer; none of what takes hours, or a scan would wait behind it."""
    if task in LONG:
        return contextlib.nullcontext()
    return turns.turn(store.settings.var / "turn", alone)


def _log_failure(
    task: str,
    error: Exception,
    tried: Try,
    trouble: bool,
) -> None:
    if trouble:
        logger.error(
            "the computer could not do a job",
            task=task,
            attempt=tried.troubles + 1,
            code=_short(error),
        )
    else:
        logger.error(
            "job failed",
            task=task,
            attempt=tried.failures + 1,
            code=_short(error),
            exc_info=error,
        )


def is_trouble(error: BaseException) -> bool:
    """Whether this speaks of the computer, and not of what was being worked on."""
    return isinstance(error, (MachineTrouble, MemoryError, OperationalError, InterfaceError)) or (
        isinstance(error, OSError) and confined.is_machine(error)
    )


def _short(error: Exception) -> str:
    return (
        str(error.params.get("what") or error.code)
        if isinstance(error, MachineTrouble)
        else type(error).__name__
    )


@contextlib.contextmanager
def _alive(store: Store, task: str, arg: str) -> Iterator[None]:
    """Renew the hold on the job while the work lasts."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_S):
            # A beat that fails does no harm: the next one comes soon.
            with contextlib.suppress(Exception), store.begin(WORKER) as uow:
                for row in uow.session.scalars(_held(task, arg)):
                    row.held_until = uow.now() + LEASE

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _begin(store: Store, task: str, arg: str) -> Try | None:
    """Take hold of the job.

    None when nothing is left to do, somebody is at it, or its pause is not over.
    """
    with store.begin(WORKER) as uow:
        rows, now = uow.session.scalars(_open(task, arg)).all(), uow.now()
        if held := [row.held_until for row in rows if _later(row.held_until, now)]:
            _used_up(rows, held[0])
            return None
        if all(_later(row.due_at, now) for row in rows):
            return None
        for row in rows:
            row.troubles += row.held_until is not None  # its last worker died over it
            # Counted before the work: a try that kills its worker counts too.
            row.attempts, row.held_until, row.due_at = row.attempts + 1, now + LEASE, None
        # Less the try that begins now.
        return Try(
            max(row.attempts - row.troubles for row in rows) - 1,
            max(row.troubles for row in rows),
            rows[0].site,
            rows[0].trace,
        )


def _used_up(rows: Sequence[Outbox], held_until: dt.datetime | None) -> None:
    """A message has come while the same work goes on: what was asked for since waits for its end."""
    for row in rows:
        if row.held_until is None and row.sent_at is not None:
            row.due_at = held_until


def _later(moment: dt.datetime | None, now: dt.datetime) -> bool:
    return moment is not None and moment > now


def _end(
    store: Store,
    task: str,
    arg: str,
    error: str,
) -> None:
    with store.begin(WORKER) as uow:
        now = uow.now()
        for row in uow.session.scalars(_open(task, arg)):
            if row.held_until is not None:
                row.done_at, row.error, row.held_until = now, error, None
            elif row.due_at is not None:
                # Asked for while the work was going on: that is work of its own, and its message
                # has been used up. Where none has come yet, it is still on its way.
                row.due_at = now


def _again(
    store: Store,
    task: str,
    arg: str,
    error: str,
    trouble: bool,
) -> None:
    """Write down what went wrong; the job comes again, later each time.

    The pause is kept here, so that a broker that loses everything changes nothing about it.
    """
    with store.begin(WORKER) as uow:
        for row in uow.session.scalars(_held(task, arg)):
            row.troubles += trouble
            pause = (
                10 * 3 ** (row.troubles - 1) if trouble else 2 * 4 ** (row.attempts - row.troubles)
            )
            row.error, row.held_until = error, None
            row.due_at = uow.now() + dt.timedelta(seconds=min(pause, LONGEST_PAUSE_S))


def _held(task: str, arg: str) -> Select[Outbox]:
    return _open(task, arg).where(Outbox.held_until.is_not(None))


def _open(task: str, arg: str) -> Select[Outbox]:
    return (
        select(Outbox)
        .where(Outbox.task == task, Outbox.arg == arg, Outbox.done_at.is_(None))
        # Two workers with the same message must not both begin.
        .with_for_update()
    )


def tidy(store: Store) -> None:
    """Remove what nobody needs any more: done jobs, log-ins and tries to log in of past days.

    A job that was given up stays until somebody has it tried again.
    """
    with store.begin(WORKER) as uow:
        now = uow.now()
        unanswered = given_up().order_by(None).with_only_columns(Outbox.id).subquery()
        old = Outbox.done_at < now - KEEP_DONE
        uow.session.execute(
            delete(Outbox)
            .where(old, Outbox.id.not_in(select(unanswered.c.id)))
            .execution_options(synchronize_session=False)
        )
        uow.session.execute(delete(WebSession).where(WebSession.seen_at < now - KEEP_SESSIONS))
        uow.session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - KEEP_SESSIONS))
