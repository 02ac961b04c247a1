"""The clock that starts what runs by itself; any number of them may run at once."""

from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry

from examday import alive
from examday.domain.jobs import queue_of
from examday.settings import Settings
from examday.storage import broker

FULL = 100
"""With so many messages before it a task of the clock is not sent: its workers are away, and it
comes again."""
NEARLY = 0.9
"""Part of its pause for which a task counts as started. Less than all of it: two clocks do not tick
at quite the same moment, and a task must not be left out for that."""


class Clock(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Celery's clock, which leaves out what another clock has just started."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Send what is due; how many seconds until the next time."""
        alive.sign()
        return super().tick(*args, **kwargs)

    def apply_async(
        self,
        entry: ScheduleEntry,
        producer: Any = None,
        advance: bool = True,
        **kwargs: Any,
    ) -> Any:
        """Send the task of an entry, unless it has just been sent or nobody takes messages."""
        # `schedule.every` gives each entry its own, so no list of pauses is kept here
        pause = float(entry.options["expires"])
        with broker.connect(broker.broker_url(Settings.from_env())) as carrier:
            full = broker.waiting(carrier, queue_of(entry.task)) >= FULL
            if full or not broker.first(carrier, entry.task, pause * NEARLY):
                return None
        return super().apply_async(entry, producer, advance, **kwargs)
