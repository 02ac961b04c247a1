"""Figures of a year's appeals, with small numbers protected.

A region has units of such appeals a year: a person must not be found from a table.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

SMALL = 3
"""Counts below this (but not zero) are shown as «1–2»: a region has units of such appeals a year
(estimate), and a single one names a person."""


@dataclass(frozen=True)
class CaseFigures:
    """What the statistics need to know of one case."""

    kind: str
    site: str
    outcome: str
    causes: tuple[str, ...]
    """One for each defect found: a case may have several."""
    reached: dt.date
    decided: dt.date | None


@dataclass(frozen=True)
class Table:
    """One table and plot: rows of (label, count)."""

    rows: tuple[tuple[str, int], ...]

    @property
    def protected(self) -> frozenset[str]:
        """Labels whose count is not shown exactly."""
        small = [label for label, count in self.rows if 0 < count < SMALL]
        # A single hidden one would follow from the sum, so the next smallest goes with it.
        if len(small) == 1:
            rest = sorted((count, label) for label, count in self.rows if count >= SMALL)
            small += [label for _count, label in rest[:1]]
        return frozenset(small)

    def shown(self) -> tuple[tuple[str, str, int], ...]:
        """Return (label, what is written, length of the bar)."""
        hidden = self.protected
        return tuple(
            (
                label,
                _hidden(count) if label in hidden else str(count),
                # A bar of true length would tell the count that the text hides.
                SMALL - 1 if label in hidden and count < SMALL else count,
            )
            for label, count in self.rows
        )


def _hidden(count: int) -> str:
    """Return what is written in place of a protected count."""
    return f"1–{SMALL - 1}" if count < SMALL else "…"


def tally(values: Iterable[str]) -> Table:
    """Return counts by label, most first, then by label."""
    return Table(tuple(sorted(Counter(values).items(), key=lambda row: (-row[1], row[0]))))


def tables(cases: Iterable[CaseFigures]) -> dict[str, Table]:
    """Return the tables by type, outcome, cause and point."""
    rows = list(cases)
    return {
        "kind": tally(row.kind for row in rows),
        "outcome": tally(row.outcome for row in rows if row.outcome),
        "cause": tally(cause for row in rows for cause in row.causes),
        "site": tally(row.site for row in rows),
    }


def days_to_decision(cases: Iterable[CaseFigures]) -> float | None:
    """Return the median calendar days from reaching the commission to the decision.

    None without decided cases.
    """
    days = [(row.decided - row.reached).days for row in cases if row.decided]
    return float(median(days)) if days else None


def defect_rate(defects: int, fields: int) -> tuple[float, float] | None:
    """Return defects per 1,000 transferred fields and the upper bound of the 95 % interval.

    None when nothing was transferred.
    """
    if fields <= 0:
        return None
    rate = defects / fields
    # Rule of three where none was found, else the normal approximation.
    upper = 3 / fields if defects == 0 else rate + 1.96 * (rate * (1 - rate) / fields) ** 0.5
    return 1000 * rate, 1000 * min(1.0, upper)


def as_rows(found: Mapping[str, Table], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (table, label, count) for the export, protected as on the page."""
    return [
        (table, names.get(label, label), shown)
        for table, one in found.items()
        for label, shown, _bar in one.shown()
    ]
