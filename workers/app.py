"""The Celery application.

Tasks carry one id; the outbox table, not the broker, is where work is kept.
"""

import os
from contextlib import suppress
from functools import cache
from socket import gethostname

import redis
from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_init,
    heartbeat_sent,
    setup_logging,
    worker_process_init,
)

from examday import alive, log
from examday.domain.jobs import Queue, Task, queue_of
from examday.modes import private_files
from examday.processes import die_with_parent
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage import broker
from examday.storage.broker import broker_url
from workers.schedule import SCHEDULE

HARD_LIMIT_S = 1800
"""A guard against a task that sleeps for ever, by the clock; work itself is limited by processor
time (`confined`)."""
LONG_LIMIT_S = 12 * HARD_LIMIT_S
"""The same guard for what reads all that there is (`jobs.LONG`): in a region hours of it."""
VISIBILITY_S = 3600
"""Longer than the longest task that keeps its message, or a running one would be given to a second
worker; one of LONG gives it back before it begins. A job that was lost comes back sooner: the relay looks for its message and its worker's hold."""

app = Celery("examday", include=["workers.tasks", "workers.upkeep"])
app.conf.update(
    broker_url=broker_url(Settings.from_env()),
    broker_transport_options={
        "visibility_timeout": VISIBILITY_S,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
    },
    broker_connection_retry_on_startup=True,
    # For ever: the broker may be away for long, and the outbox keeps the work meanwhile.
    broker_connection_max_retries=None,
    # The broker gives such a job to another worker; going on would do it twice at once.
    worker_cancel_long_running_tasks_on_connection_loss=True,
    # No stock of jobs in a worker: one long page would hold the short ones behind it.
    worker_prefetch_multiplier=1,
    # Image libraries keep memory they once took; a new process gives it back.
    worker_max_tasks_per_child=200,
    worker_send_task_events=False,
    # Nobody asks for it, and it would let everybody at the broker command the workers.
    worker_enable_remote_control=False,
    # A killed worker's job goes back to the queue: jobs are idempotent.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    # No results are kept, so the clock needs no task of Celery's own that tidies them away.
    result_expires=None,
    task_time_limit=HARD_LIMIT_S,
    # JSON alone: pickled jobs would run whatever a foreign sender puts in.
    task_serializer="json",
    accept_content=["json"],
    # UTC has no summer time: a scheduler has stopped after a clock change elsewhere.
    enable_utc=True,
    timezone="UTC",
    beat_schedule=SCHEDULE,
    # Seconds: a clock that sleeps longer gives no sign of life.
    beat_max_loop_interval=60,
    beat_scheduler="workers.clock:Clock",
    task_default_queue=Queue.READING,
    task_create_missing_queues=False,
    task_queues={queue: {"routing_key": queue} for queue in Queue},
    task_routes={task: {"queue": queue_of(task)} for task in Task},
)


@cache
def store() -> Store:
    """The database of this worker process; opened after the fork, never shared across it."""
    return Store(Settings.from_env())


@beat_init.connect
@celeryd_init.connect
@setup_logging.connect
def _log(**_kwargs: object) -> None:
    private_files()
    log.configure(os.environ.get("EXAMDAY_PART", "worker"))


@heartbeat_sent.connect
def _alive(**_kwargs: object) -> None:
    alive.sign()
    # Its own patience is short, and the next beat comes soon.
    with suppress(redis.RedisError, OSError), broker.connect(app.conf.broker_url) as client:
        # Under each queue that it serves: the one worker of a laptop serves them all.
        for queue in app.amqp.queues.consume_from:
            broker.sign_in(client, queue, f"{gethostname()}-{os.getpid()}")


@worker_process_init.connect
def _bind_to_parent(**_kwargs: object) -> None:
    # The pool's children would otherwise outlive a worker that was killed with -9.
    die_with_parent(os.getppid())
