"""Background jobs by name: what may be asked for, and what the clock starts.

The names are stored in the outbox; a name that was ever sent is never changed.
"""

from enum import StrEnum


class Task(StrEnum):
    """A background task that a worker knows."""

    # Opening is slow and pages are many: a page that cannot be made must not open the file anew.
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
    # Gigabytes of originals and thousands of rows: no browser would wait for it.
    TAKE_BUNDLE = "travel.take"
    # Before all upkeep: somebody at a station waits for the centre's receipt.
    SEND_BUNDLE = "travel.send"
    # Minutes for the ledger of years: whoever asked for it follows it on the page.
    CHECK_LEDGER = "ledger.check"
    # Pictures do not travel, as they can be made anew; the centre looks at them.
    MAKE_PICTURES = "pictures.make"
    # Started by the clock: nobody's act makes them needed.
    VERIFY_OBJECTS = "objects.verify"
    SIGN_CHECKPOINTS = "ledger.checkpoint"
    TIDY = "jobs.tidy"
    ANSWER = "station.answer"
    """Answer that a worker is there; sent past the outbox, because nothing is lost with it."""


class Queue(StrEnum):
    """A line of messages at the broker. Each has workers of its own where there are many."""

    READING = "reading"
    """A person waits for what comes of these: pages of a file, what a machine reads on them."""
    UPKEEP = "upkeep"
    """Nobody waits: hours of comparing digests must not stand before a scan."""


UPKEEP = frozenset(
    {
        Task.MATCH_PAGES,
        Task.VERIFY_OBJECTS,
        Task.SIGN_CHECKPOINTS,
        Task.TIDY,
        Task.REMOVE_DESTROYED,
        Task.MAKE_PICTURES,
        Task.CHECK_LEDGER,
    }
)
"""Tasks of the second queue. Every other name, also one that this version does not know, goes to the
first: a row that no queue takes would wait for ever."""


LONG = frozenset({Task.CHECK_LEDGER, Task.VERIFY_OBJECTS})
"""Tasks that may take hours and only read: nothing that must be alone on a computer waits for them."""


def queue_of(task: str) -> Queue:
    """The queue that a task goes to."""
    return Queue.UPKEEP if task in UPKEEP else Queue.READING
