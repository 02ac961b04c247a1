"""What a region, a federal district and the country need, computed from docs/benchmarks.md into
docs/capacity.md: python tools/capacity.py
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE_MB, PAGES, ROW_KB = 5.0, 12, 56
"""A grey A3 page at 300 dpi has 3–8 MB; a work has 8 sheets of the original and 4 of the copy at
most; its rows and entries take so many kilobytes of an SQLite file (500 works of a day in use)."""
WITHIN_S = 3600
"""Scans of a peak day come within three hours or so; none should wait longer than this."""
KEPT_YEARS = 5
"""Assumed, and named so in the report: rows and scans of a year are multiplied by it."""
PROCESSORS, MEMORY_GB = 8, 16
"""The computer that docs/capacity.md counts in: one for good, so that figures of two versions
compare."""
TOGETHER, WORKER_GB = 2, 4
"""Processes of a `worker`, and the memory that they may take together (docker-compose.yml): more
would be killed."""
REST_GB = 4
"""Database, broker, web server and the small parts: an estimate, so it is named as one."""


@dataclass(frozen=True)
class Wanted:
    """Works on the busiest day, and in a year."""

    name: str
    points: int
    peak: int
    year: int


WANTED = (
    Wanted("a region", 60, 60, 300),
    Wanted("a large region (the limit that pages are counted at)", 500, 10_000, 50_000),
    Wanted("a federal district", 700, 400, 2_000),
    Wanted("the country", 5_500, 2_500, 12_000),
)


def measured(text: str) -> dict[str, float]:
    """The figures of the benchmarks that the need is computed from."""

    def found(pattern: str) -> float:
        told = re.search(pattern, text)
        assert told, pattern
        return float(told[1].replace(",", ""))

    return {
        "read_s": found(r"A3 page at 300 dpi \([^|]*\| [^|]*\| ([0-9.]+) s"),
        "entries": found(r"handed over on days before \(([0-9,]+) entries") / 1000,
        "a_second": found(r"\| entries \| [0-9,]+ \| ([0-9,]+) \|"),
    }


def workers(one: Wanted, base: dict[str, float]) -> int:
    """Processes that read all pages of the busiest day in time, were they to come at once."""
    return max(1, math.ceil(one.peak * PAGES * base["read_s"] / WITHIN_S))


def computers(processes: int) -> int:
    """How many computers have so many processors and so much memory."""
    memory = WORKER_GB * math.ceil(processes / TOGETHER) + REST_GB
    return max(math.ceil(processes / PROCESSORS), math.ceil(memory / MEMORY_GB))


def row(one: Wanted, base: dict[str, float]) -> str:
    """A line of the table."""
    read = one.peak * PAGES * base["read_s"]
    ledger = one.peak * base["entries"] / base["a_second"]
    rows, scans = one.year * ROW_KB / 1e6, one.year * PAGES * PAGE_MB / 1e6
    return (
        f"| {one.name} | {one.points:,} | {one.peak:,} | {read / 3600:.1f} h | "
        f"{workers(one, base)} | {computers(workers(one, base))} | {ledger:,.0f} s | "
        f"{KEPT_YEARS * rows:.1f} GB | {KEPT_YEARS * scans:.2f} TB |"
    )


def page(text: str) -> str:
    """The whole page."""
    base = measured(text)
    lines = [
        "# What a region needs",
        "",
        "Written by `tools/capacity.py` from `docs/benchmarks.md`. Measured: one A3 page takes "
        f"{base['read_s']:.3f} s of one processor to read, a work writes {base['entries']:.0f} entries of the ledger, "
        f"sixteen writers on two busy processors write {base['a_second']:.0f} entries a second together. Counted once, on 500 works: "
        f"{ROW_KB} KB of rows a work. Assumed: {PAGES} pages a work at {PAGE_MB:.0f} MB, all kept for {KEPT_YEARS} years. How many works there are is an estimate: change `WANTED` "
        "and run it again.",
        "",
        "| | points | works, busiest day | reading in all | worker processes, so that no page waits an hour | computers | writing the ledger, "
        "in all | database | bucket |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(row(one, base) for one in WANTED),
        "",
        "What follows:",
        "",
        f"- A computer is one with {PROCESSORS} processors and {MEMORY_GB} GB, a bucket beside it. People copy and verify, and they are the slow part. "
        "One more is for the day on which the first fails.",
        f"- The part `worker` runs {TOGETHER} processes that may take {WORKER_GB} GB together (`mem_limit`); `docker compose up --scale worker=N` adds "
        "more of it, and any number of web servers and relays may run.",
        f"- Estimated, not measured: {REST_GB} GB for all other parts; 2 processors for PostgreSQL, whose file system is the one part that must be quick "
        "to sync; 64 MB for the broker, which holds 200 messages of a queue.",
        "- The bucket is what grows. What pages cost is counted over history, and the few that grow are named there (`docs/benchmarks.md`).",
        "- Not measured: a real network, servers of buckets other than the test's, three hundred people at once.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    told = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    (ROOT / "docs" / "capacity.md").write_text(page(told), encoding="utf-8")
