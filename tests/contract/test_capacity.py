"""The page of what a region needs follows from the figures that were measured."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import capacity

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_computed_from_the_benchmarks() -> None:
    measured = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
    assert page == capacity.page(measured), "python tools/capacity.py"


def test_twice_the_time_for_a_page_asks_for_twice_the_workers() -> None:
    [large] = [one for one in capacity.WANTED if one.points == 500]
    base = {"read_s": 0.3, "entries": 37.0, "a_second": 146.0}
    cells = (
        capacity.row(large, base).split("|"),
        capacity.row(large, base | {"read_s": 0.6}).split("|"),
    )
    assert [int(some[5]) for some in cells] == [10, 20]
