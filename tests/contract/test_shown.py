"""What pages show is what somebody has looked at: each page of each scene, line by line.

After a change that is meant: `make shown`, then read what `git diff` says of tests/fixtures/shown.
"""

import difflib
import importlib
import itertools
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from examday.services.unit_of_work import Store
from tests.conftest import Clock
from tests.scenes.gallery import Gallery

TESTS = Path(__file__).parents[1]
KEPT = TESTS / "fixtures" / "shown"
SCENES = sorted(path.stem for path in (TESTS / "scenes").glob("*.py") if path.stem != "gallery")


@pytest.fixture
def ids_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sorted by its id stands in the order in which it was made."""
    numbers = itertools.count(1)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers)))


@pytest.mark.usefixtures("ids_in_order", "without_children")
@pytest.mark.long
@pytest.mark.parametrize("scene", SCENES)
def test_pages_show_what_somebody_has_looked_at(
    scene: str,
    app: Flask,
    store: Store,
    clock: Clock,
    add_person: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> None:
    gallery = Gallery(app, store, clock, add_person)
    importlib.import_module(f"tests.scenes.{scene}").show(gallery)
    kept = KEPT / f"{scene}.txt"
    if request.config.getoption("--shown"):
        kept.write_text(gallery.text(), encoding="utf-8")
    wanted = kept.read_text(encoding="utf-8") if kept.exists() else ""
    assert gallery.text() == wanted, difference(wanted, gallery.text())


def difference(wanted: str, shown: str) -> str:
    """The lines that differ, with the page they stand on, and what to do."""
    lines = difflib.unified_diff(wanted.splitlines(), shown.splitlines(), "kept", "shown", n=2)
    told = "\n".join(itertools.islice(lines, 80))
    return f"a page shows something else; if it is meant to: make shown\n{told}"


def test_no_page_is_kept_that_nobody_shows() -> None:
    assert sorted(path.stem for path in KEPT.glob("*.txt")) == SCENES
