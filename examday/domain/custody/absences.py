"""Breaks and absences during the exam: why a candidate leaves the room (R22)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.people.roles import Role

COMPANIONS = (
    Role.CORRIDOR_ORGANISER,
    Role.MEDICAL_WORKER,
    Role.ASSISTANT,
    Role.ROOM_ORGANISER,
    Role.LEAD_ORGANISER,
)
"""Who may go along, the usual one first: corridor organisers escort candidates [8]."""


class Break(StrEnum):
    """Why somebody leaves the room; the texts name meals and medical breaks."""

    MEAL = "meal"
    MEDICAL = "medical"
    REST = "rest"
    OTHER = "other"
    """Toilet and the like: nobody has to say it aloud."""


BREAK_NAMES: dict[str, str] = {
    Break.MEAL: N_("meal"),
    Break.MEDICAL: N_("medical procedure"),
    Break.REST: N_("rest"),
    Break.OTHER: N_("left the room"),
}
BREAK_KEYS: dict[str, str] = {
    Break.MEAL: "1",
    Break.MEDICAL: "2",
    Break.REST: "3",
    Break.OTHER: "4",
}
"""Second key of the two; the first is the number of the seat in the list. Digits, because they are
the same in the Russian and the Latin layout."""


@dataclass(frozen=True)
class Absence:
    """One absence of one seat; `until` is None while the candidate is away."""

    seat_id: str
    why: str
    companion_id: str
    """Outside the room a candidate is escorted [8]."""
    since: dt.datetime
    until: dt.datetime | None = None
    """None: nobody has said that the candidate is back."""

    @property
    def minutes(self) -> int | None:
        """Whole minutes of the absence; None while it lasts."""
        return int((self.until - self.since).total_seconds() // 60) if self.until else None


@dataclass(frozen=True)
class Step:
    """One entry of the ledger: a candidate left or came back."""

    seat_id: str
    leaves: bool
    at: dt.datetime
    why: str = ""
    companion_id: str = ""
    mistaken: bool = False
    """Says instead that the last entry of this seat was a mistake: entries are never removed."""


def counting(steps: Iterable[Step]) -> list[Step]:
    """Return the entries that count: each one said to be a mistake is left out, with what says so."""
    found: list[Step] = []
    for step in steps:
        if not step.mistaken:
            found.append(step)
            continue
        last = next((one for one in reversed(found) if one.seat_id == step.seat_id), None)
        found = [one for one in found if one is not last]
    return found


def paired(steps: Iterable[Step]) -> tuple[Absence, ...]:
    """Return the absences of all seats in the order in which they began."""
    away: dict[str, Absence] = {}
    done: list[Absence] = []
    for step in counting(steps):
        # Left twice without coming back: the first absence ends there, since nobody is away twice.
        before = away.pop(step.seat_id, None)
        if before is not None:
            done.append(
                Absence(before.seat_id, before.why, before.companion_id, before.since, step.at)
            )
        if step.leaves:
            away[step.seat_id] = Absence(step.seat_id, step.why, step.companion_id, step.at)
    return tuple(sorted([*done, *away.values()], key=lambda absence: absence.since))


class NotHere(Conflict):
    """The candidate is on record as not having come."""

    code = "not-here"
    message = N_("It is recorded that this candidate did not come.")
    advice = N_(
        "Nothing was changed. If the candidate came late, take that entry back on the page of the work."
    )


class AwayAlready(Conflict):
    """The candidate is out of the room, or was never out of it."""

    code = "away"
    message = N_("Somebody has recorded this already: look at the list.")
    advice = N_("Nothing was changed.")
