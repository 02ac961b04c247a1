"""The page of what a region needs follows from the figures that were measured."""

import re
import sys
from pathlib import Path

import pytest

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


def test_a_worker_takes_what_the_compose_file_allows() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    [part] = re.findall(r"^  worker: &worker\n(.*?)^  \w", compose, re.S | re.M)
    assert f'"--concurrency", "{capacity.TOGETHER}"' in part
    assert f"mem_limit: {capacity.WORKER_GB}g" in part


@pytest.mark.parametrize(
    ("processes", "needed"), [(1, 1), (6, 1), (7, 2), (12, 2), (13, 2), (15, 3)]
)
def test_computers_have_the_memory_too(processes: int, needed: int) -> None:
    assert capacity.computers(processes) == needed
