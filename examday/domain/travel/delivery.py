"""A bundle that was sent in at the centre, on its way to being taken in."""

from enum import StrEnum


class Step(StrEnum):
    """What has become of a delivery. Stored words."""

    WAITS = "waits"
    """For a person's yes: what came in by itself changes nothing before somebody has looked at
    it."""
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
