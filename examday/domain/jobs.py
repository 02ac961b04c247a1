"""Background jobs by name: what may be asked for, and what the clock starts.

The names are stored in the outbox; a name that was ever sent is never changed.
"""

from enum import StrEnum


class Task(StrEnum):
    """A background task that a worker knows."""

    TAKE_IN = "intake.process"
    JOIN_HALVES = "intake.join"
    MATCH_PAGES = "intake.match"
    READ_PAGE = "reading.read"
    READ_BRAILLE = "braille.read"
    READ_BACKS = "braille.backs"
    REMOVE_DESTROYED = "retention.remove"
    VERIFY_OBJECTS = "objects.verify"
    SIGN_CHECKPOINTS = "ledger.checkpoint"
    TIDY = "jobs.tidy"
    ANSWER = "station.answer"
    """Answer that a worker is there; sent past the outbox, because nothing is lost with it."""
