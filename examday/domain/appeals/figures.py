"""Figures of a year's appeals, with small numbers protected.

A region has units of such appeals a year: a person must not be found from a table.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from statistics import median

SMALL = 3
"""Counts below this (but not zero) are shown as «1–2»: a region has units of such appeals a year
(estimate), and a single one names a person."""


MEDIAN_FROM = 2 * SMALL
"""Decided cases from which on their median is shown: `SMALL` lie on each side of it. With fewer it
may be the days of a single case, and whoever knows two of three cases would read off the third."""


@dataclass(frozen=True)
class CaseFigures:
    """What the statistics need to know of one case."""

    kind: str
    site: str
    state: str
    """open, decided or withdrawn."""
    outcome: str
    """Of the commission; empty while open, and for a withdrawn appeal."""
    causes: tuple[str, ...]
    """One for each defect found: a case may have several."""
    reached: dt.date
    decided: dt.date | None


@dataclass(frozen=True)
class Table:
    """One table and plot: rows of (label, count)."""

    rows: tuple[tuple[str, int], ...]
    small: int = SMALL
    """Counts below this are covered."""

    @property
    def protected(self) -> frozenset[str]:
        """Labels whose count is not shown exactly: the small ones, and others so that they stay so.

        The sum of a table is known (from other tables and from the total). So cells are hidden, the
        smallest first, until subtracting the visible ones leaves each small count in doubt.
        """
        hidden = {label for label, count in self.rows if 0 < count < self.small}
        rest = sorted((count, label) for label, count in self.rows if count >= self.small)
        while hidden and rest and not self._doubtful(hidden):
            hidden.add(rest.pop(0)[1])
        return frozenset(hidden)

    @property
    def safe(self) -> bool:
        """False where even hiding every cell would give a small count away: nothing is shown then."""
        return self._doubtful(self.protected)

    def _doubtful(self, hidden: Collection[str]) -> bool:
        """Tell whether the sum of the hidden cells leaves each small one more than one value."""
        counts = [count for label, count in self.rows if label in hidden]
        small = sum(1 for count in counts if count < self.small)
        if not small:
            return True
        # Readers know that a small cell holds 1 … small - 1, and «…» holds `small` or more.
        least = (small - 1) + self.small * (len(counts) - small)
        most = (small - 1) * (self.small - 1) if len(counts) == small else sum(counts)
        possible = [x for x in range(1, self.small) if least <= sum(counts) - x <= most]
        return len(possible) > 1

    def shown(self) -> tuple[tuple[str, str, int], ...]:
        """Return (label, what is written, length of the bar); nothing of a table that is not safe.

        A hidden count has no bar: its length would tell what the text hides. Nor has it its place: an
        order by size would tell which of two small counts is the larger one, so they come last, by label.
        """
        if not self.safe:
            return ()
        hidden = self.protected
        told = [(label, str(count), count) for label, count in self.rows if label not in hidden]
        covered = sorted(row for row in self.rows if row[0] in hidden)
        return (*told, *((label, self._cover(count), 0) for label, count in covered))

    def _cover(self, count: int) -> str:
        return written(count, self.small) if count < self.small else "…"


def written(count: int, small: int = SMALL) -> str:
    """Return a count as it may be shown by itself."""
    return f"1–{small - 1}" if 0 < count < small else str(count)


def tally(values: Iterable[str]) -> Table:
    """Return counts by label, most first, then by label."""
    return Table(tuple(sorted(Counter(values).items(), key=lambda row: (-row[1], row[0]))))


def tables(cases: Iterable[CaseFigures]) -> dict[str, Table]:
    """Return the tables by type, state, outcome, cause and point.

    Withdrawn appeals stand apart: the commission decided nothing in them.
    """
    rows = list(cases)
    return {
        "kind": tally(row.kind for row in rows),
        "state": tally(row.state for row in rows),
        "outcome": tally(row.outcome for row in rows if row.outcome),
        "cause": tally(cause for row in rows for cause in row.causes),
        "site": tally(row.site for row in rows),
    }


def days_to_decision(cases: Iterable[CaseFigures]) -> float | None:
    """Return the median calendar days from reaching the commission to the decision.

    None with fewer than `MEDIAN_FROM` decided cases.
    """
    days = [(row.decided - row.reached).days for row in cases if row.decided]
    return float(median(days)) if len(days) >= MEDIAN_FROM else None


@dataclass(frozen=True)
class Rate:
    """Defects per 1,000 transferred fields with the 95 % interval."""

    value: float | None
    """None where it would give a small count away; then the interval holds for every such count."""
    lower: float
    upper: float


def defect_rate(defects: int, fields: int) -> Rate | None:
    """Return the rate with its exact interval; None when nothing was transferred."""
    if fields <= 0:
        return None
    if 0 < defects < SMALL:
        lower, _upper = interval(1, fields)
        return Rate(None, 1000 * lower, 1000 * interval(min(SMALL - 1, fields), fields)[1])
    lower, upper = interval(defects, fields)
    return Rate(1000 * defects / fields, 1000 * lower, 1000 * upper)


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share (Clopper and Pearson 1934).

    It holds for small counts too, where the normal approximation does not: more hits never give a
    lower bound that is smaller.
    """
    lower = 0.0 if hits == 0 else _share(lambda p: 1 - _at_most(hits - 1, trials, p), rising=True)
    upper = 1.0 if hits == trials else _share(lambda p: _at_most(hits, trials, p), rising=False)
    return lower, upper


TAIL = 0.025
"""Probability on each side, so that the interval holds with 95 %."""


def _share(tail: Callable[[float], float], rising: bool) -> float:
    """Return the share at which a monotonous tail has the probability of one side."""
    low, high = 0.0, 1.0
    for _halving in range(60):
        middle = (low + high) / 2
        if (tail(middle) < TAIL) is rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(hits: int, trials: int, share: float) -> float:
    """Return the probability of at most `hits` in `trials` (binomial); 0 < `share` < 1."""
    yes, no = log(share), log1p(-share)
    whole = lgamma(trials + 1)
    return sum(
        exp(whole - lgamma(k + 1) - lgamma(trials - k + 1) + k * yes + (trials - k) * no)
        for k in range(hits + 1)
    )


def as_rows(found: Mapping[str, Table], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (table, label, count) for the export, protected as on the page."""
    return [
        (table, names.get(label, label), shown)
        for table, one in found.items()
        for label, shown, _bar in one.shown()
    ]
