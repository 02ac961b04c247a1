"""How far a station's clock is off, as far as its entries show it."""

import datetime as dt

from examday.domain.events import Event
from examday.domain.ledger import Entry


class ClockSeen:
    """How far a station's clock is off at least, by its own entries."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self.ahead_s = self.behind_s = 0

    def look(self, entry: Entry) -> None:
        """Take in the next entry."""
        at = dt.datetime.fromisoformat(entry.at)
        self.ahead_s = max(self.ahead_s, int((at - self._now).total_seconds()))
        centre = entry.data.get("at")
        # A receipt cannot be taken in before the centre has written it.
        if entry.kind == Event.TRAVEL_RECEIPT and isinstance(centre, str):
            then = dt.datetime.fromisoformat(centre)
            self.behind_s = min(self.behind_s, int((at - then).total_seconds()))
