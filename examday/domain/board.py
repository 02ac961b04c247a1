"""The board of the day.

It shows where each booklet stands, whom it waits for, and what cannot be left as it is.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from examday.domain.custody.lifecycle import OFF_THE_WAY, WAY, Medium, State, waits_for
from examday.domain.identity import place_order
from examday.domain.messages import N_

STEP_LABELS: dict[State, str] = {
    State.REGISTERED: N_("in the plan"),
    State.ISSUED: N_("issued"),
    State.ENLARGED: N_("enlarged"),
    State.COLLECTED: N_("collected"),
    State.SCANNED: N_("scan of the original"),
    State.KEYED: N_("two key-ins"),
    State.SETTLED: N_("settled"),
    State.COPIED: N_("copied"),
    State.COPY_SCANNED: N_("scan of the copy"),
    State.VERIFIED: N_("verified"),
    State.CERTIFIED: N_("signed"),
    State.PACKED: N_("packed"),
    State.HANDED_OVER: N_("handed over"),
}
"""Shorter than the names of the states, because the columns of the board have no room for those."""

PATIENCE: dict[State, dt.timedelta] = {
    State.COLLECTED: dt.timedelta(minutes=30),
    State.SCANNED: dt.timedelta(minutes=45),
    State.KEYED: dt.timedelta(minutes=20),
    State.SETTLED: dt.timedelta(minutes=45),
    State.COPIED: dt.timedelta(minutes=20),
    State.COPY_SCANNED: dt.timedelta(minutes=20),
    State.VERIFIED: dt.timedelta(minutes=15),
    State.CERTIFIED: dt.timedelta(minutes=45),
    State.PACKED: dt.timedelta(minutes=60),
}
"""After how long a booklet counts as stuck. Copying a form takes 5 to 15 minutes (domain: scale),
so these are several times the work itself; during the exam itself (issued, enlarged) nobody is
hurried."""


@dataclass(frozen=True)
class Step:
    """One bead of the thread; `place` is done, here or todo."""

    state: State
    place: str


@dataclass(frozen=True)
class Thread:
    """The way of one booklet."""

    steps: tuple[Step, ...]
    state: State
    waits_for: str
    stuck: bool
    """Of this step alone: the time a work spent at earlier steps is no fault of those here."""

    @property
    def number(self) -> int:
        """Which step the booklet is at, counted from 1; 0 when it has left the way."""
        return next((n for n, step in enumerate(self.steps, 1) if step.place == "here"), 0)


def way_of(medium: Medium) -> tuple[State, ...]:
    """Return the steps of a booklet of this medium: only enlarged forms are enlarged."""
    return tuple(s for s in WAY if s is not State.ENLARGED or medium is Medium.ENLARGED)


def is_stuck(state: State, since: dt.datetime, now: dt.datetime) -> bool:
    """Return whether the booklet has stood at a step longer than the work there can take."""
    return state in PATIENCE and now - since > PATIENCE[state]


def thread(
    state: State,
    medium: Medium,
    since: dt.datetime,
    now: dt.datetime,
    *,
    begun: bool = False,
    over: bool = False,
) -> Thread:
    """Return the thread of a booklet; one that was not used or spoiled has no «here»."""
    way = way_of(medium)
    # Off the way nothing is «here», and no later step may look done.
    at = way.index(state) if state in way else -1
    steps = tuple(
        Step(s, "done" if n < at else "here" if n == at else "todo") for n, s in enumerate(way)
    )
    who = waits_for(state, medium, begun=begun, over=over)
    return Thread(steps, state, who, is_stuck(state, since, now))


@dataclass(frozen=True)
class Standing:
    """What the board needs to know of one booklet."""

    id: str
    code: str
    """Number of the kit and never a name, which few roles may see; empty until a kit has one."""
    room: str
    place: str
    medium: Medium
    state: State
    since: dt.datetime
    """When it came to this step; the clock starts anew at each, because each has other people."""
    holder: str = ""
    """Whom to ask for the paper; empty where nobody has taken it over yet."""
    signed: int = 0
    to_sign: int = 0
    """Zero before and after signing: only then is a figure of signatures a question."""
    package: str = ""
    """Who acts next with the closed package that its envelope lies in, as a msgid; "" for none."""
    begun: bool = False
    """The first of its two readers has handed in: the work then waits for the second alone."""
    over: bool = False
    """Its exam was on an earlier day: nothing can be done any more that only that day allows."""

    @property
    def waits_for(self) -> str:
        """The act that the work waits for, and whose it is, as a msgid; "" where nobody acts."""
        return self.package or waits_for(self.state, self.medium, begun=self.begun, over=self.over)


@dataclass(frozen=True)
class Cell:
    """The booklets of one room at one step."""

    standings: tuple[Standing, ...]
    stuck: int
    oldest: dt.datetime | None
    """None in an empty cell. The longest wait and not the mean, which hides the one that is
    stuck."""


@dataclass(frozen=True)
class RoomRow:
    """One line of the board. `cells` run along the way; `off` are the booklets that left it."""

    room: str
    cells: Mapping[State, Cell]
    total: int
    off: int
    """Counted in `total`: the line must add up."""

    def through(self, state: State) -> bool:
        """Return whether some booklet of the room has gone past this step."""
        return any(self.cells[later].standings for later in WAY[WAY.index(state) + 1 :])


@dataclass(frozen=True)
class Waiting:
    """One queue: everything that waits for the same people to do the same."""

    who: str
    """The act that is waited for, as a msgid: at one step different media wait for different
    acts."""
    standings: tuple[Standing, ...]
    oldest: dt.datetime
    """By the longest wait, not the average: a single work that stands still is the alarm."""
    stuck: int
    people: tuple[str, ...] = ()
    """Names of those on duty who may do it: whoever sees the queue wants to know whom to call."""

    @property
    def step(self) -> int:
        """How far along the way the furthest of them is."""
        return max(WAY.index(s.state) for s in self.standings)


def rows(standings: Iterable[Standing], now: dt.datetime) -> tuple[RoomRow, ...]:
    """Rooms down, steps across."""
    by_room: dict[str, list[Standing]] = {}
    for standing in standings:
        by_room.setdefault(standing.room, []).append(standing)
    return tuple(_row(room, group, now) for room, group in sorted(by_room.items()))


def _row(room: str, group: list[Standing], now: dt.datetime) -> RoomRow:
    cells = {state: _cell([s for s in group if s.state is state], now) for state in WAY}
    return RoomRow(room, cells, len(group), sum(s.state in OFF_THE_WAY for s in group))


def _longest_wait(standing: Standing) -> tuple[dt.datetime, str, tuple[int, str]]:
    """Longest wait first; what came at one time in the order of the seats."""
    return standing.since, standing.room, place_order(standing.place)


def _cell(group: list[Standing], now: dt.datetime) -> Cell:
    ordered = tuple(sorted(group, key=_longest_wait))
    return Cell(
        ordered,
        sum(is_stuck(s.state, s.since, now) for s in ordered),
        ordered[0].since if ordered else None,
    )


def queues(standings: Iterable[Standing], now: dt.datetime) -> tuple[Waiting, ...]:
    """Return who waits for whom.

    The queue with stuck work comes first, then the one nearest to the end of the way.
    """
    groups: dict[str, list[Standing]] = {}
    for standing in sorted(standings, key=_longest_wait):
        # By the act, not by the step: a kit of one medium is collected after enlarging, one of
        # another as soon as it is issued.
        act = standing.waits_for
        if act:
            groups.setdefault(act, []).append(standing)
    found = [
        Waiting(
            act,
            tuple(group),
            group[0].since,
            sum(is_stuck(s.state, s.since, now) for s in group),
        )
        for act, group in groups.items()
    ]
    # Nearest to the end first: a work that is finished frees the people before it.
    return tuple(sorted(found, key=lambda q: (q.stuck == 0, -q.step)))


@dataclass(frozen=True)
class Count:
    """One figure of the page head. `wrong` holds the sentence that says what does not add up."""

    key: str
    value: int
    of: int
    """What it should come to; it differs from `value` while the day goes on."""
    wrong: str = ""
    """Empty while all adds up; a figure alone would leave the head to find the fault."""


PASSED: tuple[tuple[str, State], ...] = (
    ("scanned", State.SCANNED),
    ("keyed", State.KEYED),
    ("copied", State.COPIED),
    ("verified", State.VERIFIED),
    ("signed", State.CERTIFIED),
    ("packed", State.PACKED),
)
"""Count → the step from which it holds. Counted to the end of the way, so no later step is ever
above an earlier one."""


def counts(seated: int, states: Iterable[State]) -> tuple[Count, ...]:
    """Expected / scanned / keyed / copied / verified / signed / packed.

    Expected = candidates seated with a special form less those who chose the standard form or
    spoiled theirs; every seat must have its booklet.
    """
    tally = Counter(states)
    booklets, off = sum(tally.values()), sum(tally[s] for s in OFF_THE_WAY)
    expected = booklets - off
    # A seat without a booklet is a candidate whose work nobody would miss.
    wrong = N_("not every seat has a work") if seated != booklets else ""
    head = Count("expected", expected, seated - off, wrong)
    return (
        head,
        *(
            Count(key, sum(tally[s] for s in WAY[WAY.index(state) :]), expected)
            for key, state in PASSED
        ),
    )
