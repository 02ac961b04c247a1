"""What the centre sees of its region on one exam day: a line for each point, and what is late."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import State
from examday.domain.messages import N_
from examday.services.board.region_alarms import ALARM_WORDS, alarms_by_point, of_day
from examday.services.people.sites import require_region
from examday.services.plan.exam_day import current_day
from examday.services.travel.incoming.alarms import Missing, missing
from examday.services.unit_of_work import A_PAGE, UnitOfWork
from examday.storage.tables import Booklet, EventRow, Seat
from examday.storage.tables_sites import Site
from examday.storage.tables_travel import Arrival, Station

STEPS: dict[str, tuple[str, frozenset[State]]] = {
    "missing": (N_("not arrived"), frozenset({State.REGISTERED})),
    "room": (N_("in the room"), frozenset({State.ISSUED, State.ENLARGED, State.COLLECTED})),
    "scanned": (N_("scanned"), frozenset({State.SCANNED})),
    "keyed": (N_("keyed in"), frozenset({State.KEYED, State.SETTLED})),
    "copied": (N_("copied out"), frozenset({State.COPIED, State.COPY_SCANNED})),
    "verified": (N_("checked"), frozenset({State.VERIFIED})),
    "signed": (N_("signed off"), frozenset({State.CERTIFIED, State.PACKED})),
    "done": (N_("delivered"), frozenset({State.HANDED_OVER})),
}
"""Column → its words, and the steps it counts. A work that the centre knows from the plan alone has
not arrived: its point has sent nothing of it."""


@dataclass(frozen=True)
class Line:
    """One point on one exam day."""

    site: str
    name: str
    steps: Mapping[str, int]
    alarms: Mapping[str, int]
    missing: Sequence[Missing]
    """Entries of its stations that have not come, though later ones have: something was held back
    or lost."""
    last: dt.datetime | None
    """When something was heard of it last, by a bundle or an entry: a silent point is the one to
    call."""

    @property
    def told(self) -> list[tuple[str, int]]:
        """The words of each alarm, and how many."""
        return [(ALARM_WORDS[kind], n) for kind, n in sorted(self.alarms.items())]

    @property
    def late(self) -> bool:
        """Whether something of it cannot be left as it is."""
        return bool(self.alarms or self.missing)

    @property
    def total(self) -> int:
        """All works that the columns count."""
        return sum(self.steps.values())

    @property
    def percent(self) -> int:
        """How many of a hundred works are handed over."""
        return 100 * self.steps["done"] // self.total if self.total else 0


@dataclass(frozen=True)
class Region:
    """The whole region on one day. `lines`: points with alarms first, then by their code."""

    day: dt.date | None
    """None where no point has an exam day yet: there is nothing to add up."""
    lines: tuple[Line, ...]
    steps: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All works of the day."""
        return sum(self.steps.values())

    def page(self, number: int) -> tuple[Line, ...]:
        """The lines of one page, from 1."""
        return self.lines[(number - 1) * A_PAGE : number * A_PAGE]

    @property
    def pages(self) -> int:
        """How many pages the lines fill."""
        return -(-len(self.lines) // A_PAGE)

    @property
    def alarmed(self) -> int:
        """Points with an alarm."""
        return sum(1 for line in self.lines if line.late)


def show(uow: UnitOfWork, day: dt.date | None = None) -> Region:
    """Return the region on `day`; without one, on the day in hand of the points' plans.

    As many queries for five hundred points as for one.
    """
    require_region(uow)
    day = day or current_day(uow)
    steps, alarms, gaps = _steps(uow, day), alarms_by_point(uow, day), missing(uow)
    lines = [
        Line(
            *(site.key, site.name, steps[site.key]),
            *(alarms.get(site.key, {}), gaps.get(site.key, ()), _latest(at, came)),
        )
        for site, at, came in uow.session.execute(select(Site, _last(), _came()).order_by(Site.key))
    ]
    lines.sort(key=lambda line: (not line.late, line.site))
    whole = {key: sum(line.steps[key] for line in lines) for key in STEPS}
    return Region(day, tuple(lines), whole)


def _last() -> ScalarSelect[str]:
    """The time of the last entry of a site that works here, found by its number.

    Of a point with a station nothing is heard here but its bundles: what stands in its chain besides
    is the centre's own.
    """
    elsewhere = select(Station.id).where(Station.point == Site.key).exists()
    own = (EventRow.site == Site.key, EventRow.chain == "", ~elsewhere)
    newest = select(EventRow.at).where(*own).order_by(EventRow.seq.desc())
    return newest.limit(1).correlate(Site).scalar_subquery()


def _came() -> ScalarSelect[dt.datetime]:
    """When the last bundle of a site's stations was taken in."""
    newest = select(func.max(Arrival.at)).where(Arrival.site == Site.key)
    return newest.correlate(Site).scalar_subquery()


def _latest(at: str | None, came: dt.datetime | None) -> dt.datetime | None:
    times = [came, dt.datetime.fromisoformat(at) if at else None]
    return max((one for one in times if one), default=None)


def _steps(uow: UnitOfWork, day: dt.date | None) -> Mapping[str, Mapping[str, int]]:
    column = {state: key for key, (_words, states) in STEPS.items() for state in states}
    found: dict[str, Counter[str]] = defaultdict(lambda: Counter(dict.fromkeys(STEPS, 0)))
    counted = of_day(select(Booklet.site, Booklet.state, func.count()), day)
    for site, state, count in uow.session.execute(counted.group_by(Booklet.site, Booklet.state)):
        if state in column:
            found[site][column[State(state)]] += count
    return found


@dataclass(frozen=True)
class Works:
    """Works at one column of one point, or of all: the longest wait first."""

    rows: Sequence[Booklet]
    """At most `A_PAGE`: a column of a whole region can hold thousands."""
    more: bool
    """There are others: only a page full is shown, and it must not look like all."""
    site: Site | None
    """None where the works of all points are shown, so that each line names its point."""


def works(
    uow: UnitOfWork,
    day: dt.date | None,
    column: str,
    key: str = "",
) -> Works:
    """Return the works of a cell of the board. NotFound for a point that is not there."""
    require_region(uow)
    site = uow.get(Site, key) if key else None
    day = day or current_day(uow)
    wanted = of_day(select(Booklet), day).where(Booklet.state.in_(STEPS[column][1]))
    if site is not None:
        wanted = wanted.where(Booklet.site == site.key)
    loaded = wanted.options(
        joinedload(Booklet.seat).joinedload(Seat.room),
        joinedload(Booklet.exam),
        joinedload(Booklet.holder),
    )
    ordered = loaded.order_by(Booklet.since, Booklet.id).limit(A_PAGE + 1)
    rows = uow.session.scalars(ordered).all()
    return Works(rows[:A_PAGE], len(rows) > A_PAGE, site)
