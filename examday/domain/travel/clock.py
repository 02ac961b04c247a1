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
        """Compare the time of the next entry of the chain with what is known so far."""
        at = time_of(entry.at)
        if at is None:
            return
        self.ahead_s = max(self.ahead_s, int((at - self._now).total_seconds()))
        # A receipt cannot be taken in before the centre has written it.
        then = time_of(entry.data.get("at")) if entry.kind == Event.TRAVEL_RECEIPT else None
        if then is not None:
            self.behind_s = min(self.behind_s, int((at - then).total_seconds()))


def time_of(said: object) -> dt.datetime | None:
    """The moment that a text names; None where it names none."""
    try:
        found = dt.datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None
