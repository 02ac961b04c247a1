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


WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class CaseFigures:
    """What the statistics need to know of one case."""

    kind: str
    site: str
    state: str
    """«open», «decided» or «withdrawn»: a withdrawn case counts as filed, and never as decided."""
    outcome: str
    """Of the commission; empty while open, and for a withdrawn appeal: neither was decided."""
    causes: tuple[str, ...]
    """One for each defect found: a case may have several."""
    reached: dt.date
    decided: dt.date | None
    """None while the commission has not voted, and for a withdrawn appeal: neither may count in the
    median."""

    @property
    def came_of_it(self) -> str:
        """The outcome, or why there is none; the commission decided nothing in a withdrawn appeal."""
        return self.state if self.state == WITHDRAWN else self.outcome or self.state


@dataclass(frozen=True)
class Table:
    """One table and plot: rows of (label, count)."""

    rows: tuple[tuple[str, int], ...]
    small: int = SMALL
    """Counts below this are covered: by them people of a small school could be told apart."""

    @property
    def protected(self) -> frozenset[str]:
        """Labels whose count is not shown exactly: the small ones, and others so that they stay so.

        The sum of a table is known (from other tables and from the total), and so is this rule. What is
        hidden are all counts up to one of them, so that any two of the hidden ones may have changed
        places: each stays in doubt as long as they are not all equal. Together they are no small
        group either.
        """
        counts = sorted({count for _label, count in self.rows if count})
        if not counts or counts[0] >= self.small:
            return frozenset()
        hidden: frozenset[str] = frozenset()
        for most in counts:
            hidden = frozenset(label for label, count in self.rows if 0 < count <= most)
            if self._doubtful(hidden):
                break
        return hidden

    def _doubtful(self, hidden: Collection[str]) -> bool:
        """Tell whether these are all small ones, several values, and together no small count."""
        counts = [count for label, count in self.rows if label in hidden]
        small = {count for _label, count in self.rows if 0 < count < self.small}
        several = len(set(counts)) > 1
        return small.issubset(counts) and several and sum(counts) >= self.small

    @property
    def safe(self) -> bool:
        """False where every cell would be hidden: nothing is shown then, so that not even their number
        is told.
        """
        hidden = self.protected
        return not hidden or any(count and label not in hidden for label, count in self.rows)

    def shown(self) -> tuple[tuple[str, str, int], ...]:
        """Return (label, what is written, length of the bar); nothing of a table that is not safe.

        A hidden count has no bar: its length would tell what the text hides. Nor has it its place: an
        order by size would tell which of two small counts is the larger one, so they come last, by
        label. Where larger counts are hidden with them all are written alike, for the same reason.
        """
        if not self.safe:
            return ()
        hidden = self.protected
        told = [(label, str(count), count) for label, count in self.rows if label not in hidden]
        covered = sorted((label, count) for label, count in self.rows if label in hidden)
        all_small = all(count < self.small for _label, count in covered)
        cover = written(1, self.small) if all_small else "…"
        return (*told, *((label, cover, 0) for label, _count in covered))


def written(count: int, small: int = SMALL) -> str:
    """Return a count as it may be shown by itself."""
    return f"1–{small - 1}" if 0 < count < small else str(count)


def part(count: int, total: int, small: int = SMALL) -> str:
    """Return a part of a total that is shown beside it, so that the rest is no small count either."""
    if count in (0, total) or total < small:
        return written(count, small)
    if total < 2 * small:
        return f"1–{total - 1}"
    return f"{total - small + 1}–{total - 1}" if total - count < small else written(count, small)


def tally(values: Iterable[str]) -> Table:
    """Return counts by label, most first, then by label."""
    return Table(tuple(sorted(Counter(values).items(), key=lambda row: (-row[1], row[0]))))


def tables(cases: Iterable[CaseFigures]) -> dict[str, Table]:
    """Return the tables by type, by what came of them, by cause and by point.

    Open and withdrawn appeals stand with the outcomes: of two tables with other sums one could be
    found from the other.
    """
    rows = list(cases)
    return {
        "kind": tally(row.kind for row in rows),
        "outcome": tally(row.came_of_it for row in rows),
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
