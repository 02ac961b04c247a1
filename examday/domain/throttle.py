"""How many wrong tries an account allows: five a minute, growing pauses, ten and it is locked (ASVS 5.0, 6.3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

PER_MINUTE = 5
LOCK_AFTER = 10
PAUSES = (0, 0, 0, 5, 10, 20, 40, 60, 60, 60)
"""Seconds to wait after so many wrong tries in a row (index); a locked account allows one try a minute."""
LOCKED_PAUSE = 60


@dataclass(frozen=True)
class Ruling:
    """`wait`: seconds until the next try is allowed, 0 = now. `locked`: password and PIN together are needed."""

    wait: int
    locked: bool


def rule(tries: Sequence[tuple[dt.datetime, bool]], now: dt.datetime) -> Ruling:
    """`tries`: (time, succeeded) of one account, newest first; at least the newest 20."""
    wrong = 0
    for _at, good in tries:
        if good:
            break
        wrong += 1
    locked = wrong >= LOCK_AFTER
    pause = LOCKED_PAUSE if locked and wrong > LOCK_AFTER else 0 if locked else PAUSES[wrong]
    waits = [_left(tries[0][0], pause, now)] if wrong else []
    if len(tries) >= PER_MINUTE and not any(good for _at, good in tries[:PER_MINUTE]):
        waits.append(_left(tries[PER_MINUTE - 1][0], 60, now))
    return Ruling(max(waits, default=0), locked)


def _left(since: dt.datetime, pause: int, now: dt.datetime) -> int:
    gone = (now - since).total_seconds()
    # A clock that was set back must not lock anybody out for a day.
    return 0 if gone < -pause else max(0, min(pause, -int(-(pause - gone) // 1)))
