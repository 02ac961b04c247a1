"""`make bench`: what pages cost the database with more and more works behind them.

Counted, not timed: statements and rows are the same on every computer, steps nearly so. The table
goes into `docs/benchmarks.md`.
"""

import argparse
import datetime as dt
import re
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from history import History
from page_costs import Costs, Walk, alike, steps_ratio

from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.web.app import create_app

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "fixtures" / "midday"
SIZES = (100, 1000)
"""Ten times the works: a page that grows with its history shows it at a glance."""
WORST = 12


def main() -> None:
    """Grow a day that is kept for the tests, count at each size, write the table."""
    words = argparse.ArgumentParser()
    words.add_argument("--data", help="unused: the day lies in the tests")
    words.add_argument("--works", type=int, nargs=2, default=SIZES)
    sizes = words.parse_args().works
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        costs, entries = _measure(Path(folder), sizes)
    text = _text(sizes, costs, entries)
    path = ROOT / "docs" / "benchmarks.md"
    old = path.read_text(encoding="utf-8")
    rest = re.sub(r"\n<!-- pages: begin.*?<!-- pages: end -->\n", "", old, flags=re.DOTALL)
    path.write_text(f"{rest.rstrip()}\n\n{text}", encoding="utf-8")


def _measure(folder: Path, sizes: Any) -> tuple[list[Costs], int]:
    from tests.conftest import Browser, Clock

    with tarfile.open(KEPT / "midday.tar.xz") as archive:
        archive.extractall(folder, [m for m in archive if m.name.startswith("data")])
    settings = Settings.from_env({}, data=folder / "data", argon2_cost=1, reserve_mb=20)
    migrate(settings.database_url)
    store = Store(settings, Clock(dt.datetime(2026, 11, 27, 11, 5, tzinfo=dt.UTC)))
    app, history, found = create_app(settings, store), History(store), list[Costs]()

    def log_in(login: str) -> Any:
        browser = Browser(app)
        browser.log_in(login)
        return browser

    walk = Walk(app, store, log_in)
    for before, size in zip((0, *sizes), sizes, strict=False):
        history.grow(size - before)
        found.append(walk.costs())
    entries = store.last_seq()
    store.close()
    return found, entries


def _text(sizes: Any, costs: list[Costs], entries: int) -> str:
    small, large = costs

    def ratio(page: tuple[str, str]) -> float:
        return steps_ratio(small[page], large[page])

    worst = sorted({page[0]: page for page in sorted(large, key=ratio)}.values(), key=ratio)
    within = sum(alike(small[page], large[page], 2) for page in large)
    lines = [
        "<!-- pages: begin, written by tools/bench_pages.py -->",
        "## Pages over history",
        "",
        f"{len(large)} pairs of page and role, with {sizes[0]:,} and {sizes[1]:,} works handed over on "
        f"days before ({entries:,} entries of the ledger), SQLite. Within the bar (statements equal "
        f"± 2, rows and steps of the machine at most doubled): **{within} of {len(large)}**. Files of the whole plan and "
        "the figures of a year cost what they hold; lists of exams grow until their page of a hundred is full, "
        "the count of open cases until five hundred. The worst:",
        "",
        "| Page | as | statements | rows | steps | ratio of steps |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for page in reversed(worst[-WORST:]):
        a, b = small[page], large[page]
        lines.append(
            f"| {page[0]} | {page[1]} | {a.statements} → {b.statements} | {a.rows} → {b.rows} | "
            f"{a.steps:,} → {b.steps:,} | {ratio(page):.1f} × |"
        )
    return "\n".join([*lines, "<!-- pages: end -->", ""])


if __name__ == "__main__":
    main()
