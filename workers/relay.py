"""The outbox relay: sends what is still to be done to the broker.

It sends it again when the broker has lost it. Any number of relays may run: each job is leased to
one of them (`services/jobs/handing_out.py`).
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator

import redis
from kombu.exceptions import OperationalError

from examday import alive, log, metrics
from examday.domain.jobs import Queue, queue_of
from examday.modes import private_files
from examday.services.jobs import handing_out
from examday.services.jobs.backlog import backlog
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage import broker
from workers.app import app

PAUSE_S = 0.3
"""Between two looks at the outbox: a person who dropped a scan does not notice it, and an idle
station spends no processor time worth measuring."""
LONGEST_PAUSE_S = 5.0
"""While the broker is away. It is back within seconds, and then work must not wait long."""
WINDOW = 200
"""Messages that wait in a queue at most: minutes of work for many workers. The rest of a backlog
stays in the outbox, so a broker needs the same memory for two jobs and for two hundred thousand."""
LOOK_S = 2.0
"""Between two looks for messages that the broker has lost. A worker that takes one holds it for some
milliseconds where nobody sees it, so only what two looks have missed is lost."""
DEAD_S = 60.0
"""A message that a worker has taken and not begun for so long: that worker is dead. A living one
begins at once, or after twenty seconds of a busy database."""
Send = Callable[[str, str, str], None]
logger = log.get("relay")


class Relay:
    """Leases jobs and sends them; looks for those whose message is gone."""

    def __init__(
        self,
        store: Store,
        carrier: "redis.Redis",
        send: Send,
        look_s: float = LOOK_S,
    ) -> None:
        self._store, self._broker, self._send, self._look_s = store, carrier, send, look_s
        self._looked = float("-inf")
        # (job, sent at, taken by a worker) → since when its message has been missing: only what two
        # looks miss is lost
        self._missing: dict[tuple[str, object, bool], float] = {}

    def turn(self) -> int:
        """One round; how many jobs were sent. Raises when the broker does not answer."""
        self._look_for_lost(time.monotonic())
        if not handing_out.due(self._store, most=1):
            return 0  # without a write: an idle station leaves its disk alone
        return sum(self._hand_out(queue) for queue in Queue)

    def _hand_out(self, queue: Queue) -> int:
        room = WINDOW - broker.waiting(self._broker, queue)
        jobs = handing_out.take(self._store, queue, room) if room > 0 else []
        sent = 0
        try:
            for job in jobs:
                self._send(job.task, job.arg, job.id)
                sent += 1
        finally:
            # Also after a failure: what the broker has is not to be sent twice without need.
            if jobs[sent:]:
                handing_out.give_back(self._store, jobs[sent:])
        return sent

    def _look_for_lost(self, now: float) -> None:
        """Have those jobs sent again whose message the broker does not have any more.

        A restarted broker may lack its last second, a flushed one lacks everything, a killed
        worker takes along what it had not begun.
        """
        if now - self._looked < self._look_s:
            return
        self._looked = now
        unbegun = handing_out.unbegun(self._store)
        seen = broker.messages(self._broker) if unbegun else broker.Messages()
        missing = {
            (job, sent, job in seen.taken)
            for job, sent in unbegun.items()
            if job not in seen.waiting
        }
        self._missing = {key: self._missing.get(key, now) for key in missing}
        gone = {
            job: unbegun[job]
            for (job, _sent, taken), since in self._missing.items()
            if now - since >= (DEAD_S if taken else self._look_s) and since < now
        }
        if gone:
            logger.info("messages are gone from the broker: sent again", count=len(gone))
            handing_out.lost(self._store, gone)


def send(task: str, arg: str, outbox_id: str) -> None:
    """Hand one job to the broker; fails at once when it is not there."""
    app.send_task(
        task,
        args=[arg],
        task_id=outbox_id,
        queue=queue_of(task),
        retry=False,
    )


def figures(store: Store) -> Iterator[metrics.Gauge]:
    """What waits, as a monitor reads it."""
    now = backlog(store)
    for queue, count in now.waiting.items():
        yield metrics.Gauge("examday_jobs_open", "Jobs not done", {"queue": queue}, count)
    oldest = now.oldest.total_seconds()
    yield metrics.Gauge("examday_oldest_job_seconds", "Age of the oldest open job", {}, oldest)
    yield metrics.Gauge("examday_jobs_given_up", "Jobs that need a person", {}, now.given_up)


def main() -> None:
    """Relay until SIGTERM."""
    private_files()
    log.configure("relay")
    settings = Settings.from_env()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = Store(settings)
    metrics.serve(settings, lambda: figures(store))
    relay = Relay(store, broker.connect(broker.broker_url(settings)), send)
    pause = PAUSE_S
    while not stop.wait(pause):
        alive.sign()
        try:
            relay.turn()
            pause = PAUSE_S
        except (redis.RedisError, OperationalError, OSError) as error:
            pause = min(LONGEST_PAUSE_S, pause * 2)
            logger.warning("the broker does not answer", code=type(error).__name__, seconds=pause)
        except Exception as error:
            pause = min(LONGEST_PAUSE_S, pause * 2)
            logger.error("relay round failed", exc_info=error)
    store.close()


if __name__ == "__main__":
    main()
