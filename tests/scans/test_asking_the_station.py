"""`examday read --data`: where the station would put a page, told without changing anything."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from examday.commands.read import read
from examday.domain.custody.lifecycle import State
from examday.services.scans.asking import Inquiry
from examday.services.unit_of_work import Store
from tests import day, sheets


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
