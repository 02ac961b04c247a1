"""How many wrong tries an account allows.

Five a minute are allowed, with growing pauses; after ten the account is locked (ASVS 5.0, 6.3).

Tries are counted in lanes (`Lane`): a stranger who fills one does not stop the right person in
another.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PER_MINUTE = 5
"""Tries in one lane. More is no typing error (ASVS 5.0, 6.3), but a program that guesses."""
LOCK_AFTER = 10
"""Wrong tries in a row. A PIN of four digits has then been guessed with a chance of 1 in 1,000."""
PAUSES = (0, 0, 0, 5, 10, 20, 40, 60, 60, 60)
"""Seconds to wait after so many wrong tries in a row (index); a locked account allows one try a
minute."""
LOCKED_PAUSE = 60
"""Seconds. Not for ever: a lane that strangers filled must not shut the person out of the day."""
STRANGERS_PER_MINUTE = 30
"""Wrong tries of strangers in a minute that reach the hash, over all logins: guessing must not eat
the processor."""
FLOOD_PER_MINUTE = 300
"""Tries with password and PIN for one login in a minute; beyond it they are no longer told from a
stranger's."""
PAIR_MEMORY = dt.timedelta(hours=1)
"""So long wrong tries in the lane PAIR count: one in 4096 of a stranger's guesses falls into it by
chance."""


class Lane(StrEnum):
    """Where a try is counted."""

    STRANGER = "login"
    """A password in a browser that the person has never used: anybody on the network can fill it."""
    KNOWN = "known"
    """One browser in which the person gave the password before: strangers cannot reach it."""
    SIGN = "sign"
    """A secret given inside the log-in of one person. One lane for each pair of signer and
    computer, so that one computer cannot lock a signer out at all others."""
    PAIR = "pair"
    """Password and PIN together. Only tries whose password may be right count here, so that guesses
    of strangers do not use up this way in."""
    STRAY = "stray"
    """All other tries with password and PIN; counted only to notice a flood."""
    RESET = "reset"
    """No try: the head gave a new secret, from which on earlier wrong tries count no more."""


FORGIVING = (Lane.PAIR, Lane.RESET)
"""After both secrets together, or a new secret by the head, no earlier wrong try of any lane
counts any more."""


@dataclass(frozen=True)
class Ruling:
    """What the next try may do."""

    wait: int
    """Seconds until the next try is allowed, so that the page can say when; 0 = now."""
    locked: bool
    """Then password and PIN together are needed: two secrets at once are not guessed."""


def rule(tries: Sequence[tuple[dt.datetime, bool]], now: dt.datetime) -> Ruling:
    """`tries`: (time, succeeded) of one lane, newest first; at least the newest 20."""
    wrong = 0
    for _at, good in tries:
        if good:
            break
        wrong += 1
    # A right secret ends the row: people mistype, and must not be locked for a week of slips.
    locked = wrong >= LOCK_AFTER
    pause = LOCKED_PAUSE if locked and wrong > LOCK_AFTER else 0 if locked else PAUSES[wrong]
    waits = [_left(tries[0][0], pause, now)] if wrong else []
    if len(tries) >= PER_MINUTE and not any(good for _at, good in tries[:PER_MINUTE]):
        waits.append(_left(tries[PER_MINUTE - 1][0], 60, now))
    return Ruling(max(waits, default=0), locked)


def crowd(wrong: Sequence[dt.datetime], now: dt.datetime, most: int = STRANGERS_PER_MINUTE) -> int:
    """Return the seconds until fewer than `most` of these times lie within the last minute.

    The times stand newest first; 0 = now.
    """
    return 0 if len(wrong) < most else _left(wrong[most - 1], 60, now)


def _left(since: dt.datetime, pause: int, now: dt.datetime) -> int:
    gone = (now - since).total_seconds()
    # A clock that was set back must not lock anybody out for a day.
    return 0 if gone < -pause else max(0, min(pause, -int(-(pause - gone) // 1)))
