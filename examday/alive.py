"""A sign of life of parts without a port: each touches a file, whose age tells whether it goes on.

Only where EXAMDAY_ALIVE names a file (containers). The launcher of a laptop watches its processes.
"""

import os
import sys
import time
from pathlib import Path

LONGEST_S = 180.0
"""Age of the last sign after which a part does nothing any more. A watcher that stores a file of
hundreds of pages, and a relay whose broker is away, are well below it."""
VARIABLE = "EXAMDAY_ALIVE"
"""Set for the parts that somebody watches; one that was started alone owes nobody a sign."""


def sign() -> None:
    """Say that this part has come round once more. A sign that cannot be given stops no work."""
    if named := os.environ.get(VARIABLE):
        try:
            Path(named).touch()
        except OSError:
            return


def age_s(path: Path) -> float | None:
    """Seconds since the last sign; None when there has been none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return None


def main() -> int:
    """Return 0 while the part goes on: `python -m examday.alive` beside it, in its container."""
    age = age_s(Path(os.environ.get(VARIABLE, "")))
    if age is not None and age <= LONGEST_S:
        return 0
    said = "no sign of life" if age is None else f"last sign of life {age:.0f} s ago"
    sys.stderr.write(f"{said}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
