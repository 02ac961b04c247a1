"""The program's own Celery application with one more task, whose runs are counted in a file.

`celery --app tests.jobs.counting worker …` with EXAMDAY_COUNT: the file, a line for each run.
"""

import os
import time
from pathlib import Path

from examday.services.jobs import outbox
from examday.services.unit_of_work import Store
from workers.app import app, store

TASK = "test.count"
SLOW = "slow"
"""Work whose argument begins so goes on until it is killed: that is what is tried."""


def count(_store: Store, arg: str) -> None:
    """Write down that this was done; short lines are appended whole."""
    path = Path(os.environ["EXAMDAY_COUNT"])
    if arg.startswith(SLOW) and not path.with_suffix(".killed").exists():
        path.with_suffix(".begun").touch()
        time.sleep(600)
    with path.open("ab", buffering=0) as lines:
        lines.write(f"{arg}\n".encode())


def counted(arg: str) -> None:
    """One run of the task."""
    outbox.run(store(), TASK, arg, count, count)


# The process of the tests reads the names alone: its own application is not to know one task more.
if "EXAMDAY_COUNT" in os.environ:
    app.task(name=TASK)(counted)
