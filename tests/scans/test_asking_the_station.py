"""`examday read --data`: where the station would put a page, told without changing anything."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from examday.commands.read import read
from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor
from examday.reading import sandbox
from examday.reading.bad_files import TookTooLong
from examday.reading.sandbox import PageInfo, inspect
from examday.services.scans import intake
from examday.services.scans.asking import Inquiry
from examday.services.unit_of_work import Store
from tests import day, sheets
from tests.scans.test_covers import counted, cover, leaf, notebook, take_in, typed
from tests.scans.test_taken_for_the_copy import DPI, copied, filled, reduced

pytestmark = pytest.mark.usefixtures("without_children")


def asked(store: Store, *files: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Role and problems of the first page of each file."""
    inquiry = Inquiry(store)
    return [(found[0].role, found[0].problems) for found in map(inquiry.ask, files)]


def test_the_station_would_attach_an_awaited_original_once(store: Store, tmp_path: Path) -> None:
    code = sheets.kit_code(30)
    day.booklet(store, code, State.COLLECTED)
    first = sheets.save(tmp_path / "first.jpg", code, "A3")
    again = sheets.save(tmp_path / "again.png", code, "A3")
    before = store.last_seq()
    assert asked(store, first, again) == [("original", ()), ("original", ("duplicate",))]
    assert store.last_seq() == before


@pytest.mark.parametrize(
    ("state", "size", "problem"),
    [(State.REGISTERED, "A3", "wrong-step"), (State.COLLECTED, "A4", "wrong-size")],
)
def test_a_page_that_the_step_does_not_wait_for_is_asked_about(
    store: Store, tmp_path: Path, state: State, size: str, problem: str
) -> None:
    code = sheets.kit_code(31)
    day.booklet(store, code, state)
    [(_, problems)] = asked(store, sheets.save(tmp_path / "page.jpg", code, size))
    assert problem in problems


def test_a_number_that_no_kit_has_is_unknown(store: Store, tmp_path: Path) -> None:
    page = sheets.save(tmp_path / "page.jpg", sheets.kit_code(32), "A3")
    assert asked(store, page) == [("original", ("unknown-code",))]


def test_the_command_answers_for_scripts(store: Store, tmp_path: Path) -> None:
    code = sheets.kit_code(33)
    day.booklet(store, code, State.COLLECTED)
    files = [
        sheets.save(tmp_path / "awaited.jpg", code, "A3"),
        sheets.save(tmp_path / "stranger.jpg", sheets.kit_code(34), "A3"),
    ]
    done = CliRunner().invoke(
        read, [*map(str, files), "--json", "--data", str(store.settings.data)]
    )
    first, second = json.loads(done.output)
    assert (first["attach"], first["because"]) == (True, [])
    assert first["station"] == {"booklet": code, "role": "original"}
    assert (second["attach"], second["because"]) == (False, ["unknown-code"])


def test_a_file_that_the_station_alone_refuses_does_not_cost_the_answers_on_the_others(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = sheets.kit_code(34)
    day.booklet(store, code, State.COLLECTED)
    heavy = sheets.save(tmp_path / "heavy.jpg", code, "A3")
    good = sheets.save(tmp_path / "good.png", code, "A3")

    def within_limits(path: Path, *more: Any, **named: Any) -> list[PageInfo]:
        if path == heavy:
            raise TookTooLong
        return inspect(path, *more, **named)

    monkeypatch.setattr(sandbox, "inspect", within_limits)
    done = CliRunner().invoke(
        read, [str(heavy), str(good), "--json", "--data", str(store.settings.data)]
    )
    first, second = json.loads(done.output)
    assert (first["attach"], first["because"]) == (False, ["took-too-long"])
    assert first["error"]["code"] == "took-too-long" and done.exit_code == 2
    assert (second["attach"], second["station"]["booklet"]) == (True, code)


def test_a_stack_of_notebooks_is_opened_within_the_limits_of_the_intake(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve notebooks of twelve pages take an old laptop minutes: with less the command would refuse
    what the station takes."""
    within: list[tuple[object, object]] = []

    def noted(path: Path, *more: Any, **named: Any) -> list[PageInfo]:
        within.append((named.get("cpu_s"), named.get("memory_mb")))
        return inspect(path, *more, **named)

    monkeypatch.setattr(sandbox, "inspect", noted)
    page = tmp_path / "page.png"
    leaf(1).save(page)
    asked(store, page)
    take_in(store, ("page.tif", [leaf(2)]))
    told, taken = within
    assert told == taken and None not in told


def test_more_pages_of_a_print_out_than_were_counted_are_told(store: Store, tmp_path: Path) -> None:
    work = counted(store, 2)
    files = []
    for number, one in enumerate([cover(work), leaf(1), leaf(2), leaf(3)], 1):
        files.append(tmp_path / f"scan{number}.png")
        one.save(files[-1], dpi=(100, 100))
    assert asked(store, *files) == [
        ("", ("cover-sheet",)),
        ("original", ()),
        ("original", ()),
        ("original", ("too-many",)),
    ]


@pytest.mark.release
def test_a_second_picture_of_the_original_is_told_by_its_ink(store: Store, tmp_path: Path) -> None:
    code = sheets.kit_code(35)
    copied(store, code)
    for name, picture in (("again", reduced(filled(code, "A3"))), ("copy", filled(code, "A4"))):
        Image.fromarray(picture).save(tmp_path / f"{name}.png", dpi=(DPI, DPI))
    before = store.last_seq()
    assert asked(store, tmp_path / "again.png", tmp_path / "copy.png") == [
        ("original", ("same-ink",)),
        ("copy", ()),
    ]
    assert store.last_seq() == before


def test_the_very_same_file_is_told_by_the_command(store: Store, tmp_path: Path) -> None:
    code = sheets.kit_code(36)
    day.booklet(store, code, State.COLLECTED)
    there = sheets.save(tmp_path / "there.jpg", code, "A3")
    with there.open("rb") as stream:
        intake.receive_stream(store, Actor.system("test"), stream, "there.jpg", "batch")
    done = CliRunner().invoke(read, [str(there), "--json", "--data", str(store.settings.data)])
    [told] = json.loads(done.output)
    assert (told["attach"], told["because"]) == (False, ["duplicate-file"])
    assert told["station"] == {"booklet": "", "role": ""}


def test_the_command_knows_a_page_behind_its_cover_sheet(store: Store, tmp_path: Path) -> None:
    work = notebook(store)
    files = []
    for number, one in enumerate([cover(work), leaf(1)], 1):
        files.append(tmp_path / f"scan{number}.png")
        one.save(files[-1], dpi=(100, 100))
    done = CliRunner().invoke(
        read, [*map(str, files), "--json", "--data", str(store.settings.data)]
    )
    first, second = json.loads(done.output)
    assert first["attach"] is False and "cover-sheet" in first["because"]
    assert (second["attach"], second["because"]) == (True, [])
    assert second["station"]["role"] == "original"


@pytest.mark.release
def test_a_page_of_a_print_out_given_twice_in_one_call_is_told(
    store: Store, tmp_path: Path
) -> None:
    work = counted(store, 3)
    written = {"scan1.png": cover(work), "scan2.png": typed(1), "scan3.png": typed(2)}
    # The same page once more, from a second run through the feeder: not one pixel is alike.
    written["scan4.png"] = typed(1).rotate(0.6, fillcolor=250)
    for name, one in written.items():
        one.save(tmp_path / name, dpi=(100, 100))
    assert asked(store, *(tmp_path / name for name in written))[1:] == [
        ("original", ()),
        ("original", ()),
        ("original", ("duplicate",)),
    ]


def test_a_file_given_twice_in_one_call_counts_once(store: Store, tmp_path: Path) -> None:
    code = sheets.kit_code(37)
    day.booklet(store, code, State.COLLECTED)
    first = sheets.save(tmp_path / "first.jpg", code, "A3")
    second = tmp_path / "second.jpg"
    second.write_bytes(first.read_bytes())
    assert asked(store, first, second) == [("original", ()), ("", ("duplicate-file",))]
