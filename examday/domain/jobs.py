"""Background jobs by name: what may be asked for, and what the clock starts.

The names are stored in the outbox; a name that was ever sent is never changed.
"""

from enum import StrEnum


class Task(StrEnum):
    """A background task that a worker knows."""

    # Scans: one file is opened, its pages are made.
    TAKE_IN = "intake.process"
    JOIN_HALVES = "intake.join"
    # Apart from taking in: pages can be matched again without opening the file.
    MATCH_PAGES = "intake.match"
    # Ink and print share a task: until a worker looks, nobody knows which of them a page holds.
    READ_PAGE = "reading.read"
    READ_BRAILLE = "braille.read"
    # Only when a person asks: most notebooks are written on one side.
    READ_BACKS = "braille.backs"
    # Files go after the act is committed; a crash between leaves the job in the outbox.
    REMOVE_DESTROYED = "retention.remove"
    # Started by the clock.
    VERIFY_OBJECTS = "objects.verify"
    SIGN_CHECKPOINTS = "ledger.checkpoint"
    TIDY = "jobs.tidy"
    ANSWER = "station.answer"
    """Answer that a worker is there; sent past the outbox, because nothing is lost with it."""
