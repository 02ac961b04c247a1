"""Heavy work on one computer takes turns with what must be alone on it."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def turn(folder: Path, alone: bool) -> Iterator[None]:
    """Take part in heavy work on this computer, or wait until nobody else does and work alone.

    Two locks: who wants to be alone keeps the gate shut while the others finish, so it is never
    starved. The kernel opens both when their holder dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "gate.lock").open("ab") as gate, (folder / "work.lock").open("ab") as work:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(work, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
