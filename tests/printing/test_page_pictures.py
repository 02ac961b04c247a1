"""Pictures of pages: what counts as changed, and that nobody but a person accepts it."""

import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import page_pictures


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    accepted, taken = tmp_path / "accepted", tmp_path / "taken"
    monkeypatch.setattr(page_pictures, "ACCEPTED", accepted)
    monkeypatch.setattr(page_pictures, "TAKEN", taken)
    return accepted, taken


def page(clock: str = "14:05", moved: int = 0) -> Image.Image:
    """A page with a time on it and a table that may have moved."""
    made = Image.new("RGB", (1280, 900), "white")
    pen = ImageDraw.Draw(made)
    pen.text((1100, 20), clock, fill="black", font_size=18)
    for row in range(12):
        pen.rectangle((40, 200 + 50 * row + moved, 1200, 225 + 50 * row + moved), fill="navy")
    return made


def test_another_time_is_no_change_and_a_moved_table_is_one(folders: tuple[Path, Path]) -> None:
    page_pictures.renew([("board", page())])
    page_pictures.accept([])
    assert page_pictures.compare(page_pictures.renew([("board", page("14:06"))])) == {}
    found = page_pictures.compare(page_pictures.renew([("board", page(moved=20))]))
    assert found["board"] > page_pictures.BOUND


def test_what_nobody_has_accepted_is_shown_and_stays_so(folders: tuple[Path, Path]) -> None:
    names = page_pictures.renew([("board", page()), ("room", page())])
    assert page_pictures.compare(names) == {"board": 1.0, "room": 1.0}
    page_pictures.accept(["room"])
    assert page_pictures.compare(names) == {"board": 1.0}
    assert "board" in page_pictures.show({"board": 1.0}).read_text(encoding="utf-8")


def test_a_page_that_has_grown_is_a_change(folders: tuple[Path, Path]) -> None:
    page_pictures.renew([("board", page())])
    page_pictures.accept([])
    taller = page().resize((1280, 1100))
    assert page_pictures.compare(page_pictures.renew([("board", taller)])) == {"board": 1.0}


def test_every_family_was_accepted_in_every_view() -> None:
    kept = {path.stem for path in page_pictures.ACCEPTED.glob("*.png")}
    for view in page_pictures.VIEWS:
        names = {name.removesuffix(f"-{view.name}") for name in kept if name.endswith(view.name)}
        assert len(names) >= 20, view
    assert sum(name.startswith("print-") for name in kept) >= 8
