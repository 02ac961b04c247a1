"""The outbox relay: sends what is still to be done to the broker.

It sends it again when the broker has lost it.
"""

import secrets
import signal
import threading
from collections.abc import Callable
from typing import cast

import redis
from kombu.exceptions import OperationalError

from examday import log
from examday.modes import private_files
from examday.services.jobs import outbox
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.broker import broker_url, connect
from workers.app import app

PAUSE_S = 0.3
"""Between two looks at the outbox: a person who dropped a scan does not notice it, and an idle
station spends no processor time worth measuring."""
LONGEST_PAUSE_S = 5.0
"""While the broker is away. It is back within seconds, and then work must not wait long."""
MARK = "examday:relay"
"""Key in the broker under which this relay leaves its sign; it is missing after a loss."""
Send = Callable[[str, str, str], None]
logger = log.get("relay")


class Relay:
    """Reads the outbox and sends.

    `memory` notices that the broker is not the one, or not as full, as before.
    """

    def __init__(
        self,
        store: Store,
        broker: "redis.Redis",
        send: Send,
    ) -> None:
        self._store, self._broker, self._send = store, broker, send
        # New at each start, so the mark of an earlier relay is never taken for this one's.
        self._mark = secrets.token_hex(8)
        # No broker has an empty id: the first turn sends all unfinished jobs again.
        self._seen = ""

    def turn(self) -> int:
        """One round; how many jobs were sent. Raises when the broker does not answer."""
        self._notice_loss()
        jobs_due = outbox.due(self._store)
        sent = []
        try:
            for outbox_id, task, arg in jobs_due:
                self._send(task, arg, outbox_id)
                sent.append(outbox_id)
        finally:
            # Also after a failure: what the broker has is not to be sent twice without need.
            if sent:
                outbox.mark_sent(self._store, sent)
        return len(sent)

    def _notice_loss(self) -> None:
        """Have all jobs sent again when the broker is new or was emptied.

        A restarted broker may lack its last second, a flushed one lacks everything.
        """
        info = cast(dict[str, object], self._broker.info("server"))
        mark = cast(bytes | None, self._broker.get(MARK))
        seen = str(info["run_id"])
        if seen != self._seen or mark != self._mark.encode():
            again = outbox.forget_sent(self._store)
            self._broker.set(MARK, self._mark)
            self._seen = seen
            logger.info("broker is new or was emptied: unfinished jobs are sent again", count=again)


def send(task: str, arg: str, outbox_id: str) -> None:
    """Hand one job to the broker; fails at once when it is not there."""
    app.send_task(
        task,
        args=[arg],
        task_id=outbox_id,
        retry=False,
    )


def main() -> None:
    """Relay until SIGTERM."""
    private_files()
    log.configure("relay")
    settings = Settings.from_env()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = Store(settings)
    relay = Relay(store, connect(broker_url(settings)), send)
    pause = PAUSE_S
    while not stop.wait(pause):
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
