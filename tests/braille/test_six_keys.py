"""Six-key Braille entry in a real browser: recorded key events, poor keyboards, fast typists, and
the whole desk."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from examday.domain.people.roles import Actor
from examday.services.people.directory import actor_of, by_login
from examday.services.transfer import assignments
from examday.storage.tables import Booklet
from tests.browser.fixtures import Station

pytestmark = pytest.mark.slow
PLAY = """async ([events, least]) => {
  const keys = await import('/static/js/sixkey.js');
  let state = keys.EMPTY; const cells = [];
  for (const [kind, code, time] of events) {
    if (kind === 'down') state = keys.press(state, code, time);
    else if (kind === 'repeat') state = keys.repeat(state, code, time);
    else {
      const done = keys.release(state, code, time, least);
      state = done.state;
      if (done.cell !== null) cells.push(keys.dotNumbers(done.cell));
    }
  }
  return [cells, Object.keys(state.held).length];
}"""


def chord(codes: str, start: int, hold: int = 90) -> list[list[Any]]:
    """All keys within a few milliseconds down, then up again."""
    downs = [["down", f"Key{c}", start + 4 * n] for n, c in enumerate(codes)]
    return downs + [["up", f"Key{c}", start + hold + 5 * n] for n, c in enumerate(codes)]


@pytest.fixture(scope="module")
def page(station: Station, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_context().new_page()
    page.goto(f"{station.url}/login")
    yield page
    page.context.close()


@pytest.mark.parametrize(
    ("events", "least", "cells"),
    [
        (chord("F", 0), 0, ["1"]),
        (chord("FDSJKL", 0), 0, ["1 2 3 4 5 6"]),
        (chord("FD", 0) + chord("JK", 200), 0, ["1 2", "4 5"]),
        # keys that come up one after the other still make one cell, as fingers do not lift at once
        (
            [["down", "KeyF", 0], ["down", "KeyJ", 30], ["up", "KeyF", 60], ["up", "KeyJ", 140]],
            0,
            ["1 4"],
        ),
        # a key pressed again before full release belongs to the same chord: it bounced
        (
            [
                ["down", "KeyF", 0],
                ["down", "KeyD", 5],
                ["up", "KeyF", 50],
                ["down", "KeyF", 70],
                ["up", "KeyF", 90],
                ["up", "KeyD", 95],
            ],
            0,
            ["1 2"],
        ),
        # auto-repeat sends the same key down again and again, which is no new cell
        (
            [["down", "KeyK", 0], ["down", "KeyK", 30], ["down", "KeyK", 60], ["up", "KeyK", 90]],
            0,
            ["5"],
        ),
        # a fast typist rolls from one cell into the next: 15 ms of overlap are not a chord
        (
            [["down", "KeyF", 0], ["down", "KeyJ", 85], ["up", "KeyF", 100], ["up", "KeyJ", 180]],
            40,
            ["1", "4"],
        ),
        (
            [["down", "KeyF", 0], ["down", "KeyJ", 10], ["up", "KeyF", 100], ["up", "KeyJ", 180]],
            40,
            ["1 4"],
        ),
        # ... whose first cell had two keys: the second of them that comes up gives no cell of its own
        (
            [
                ["down", "KeyF", 0],
                ["down", "KeyD", 4],
                ["down", "KeyJ", 85],
                ["up", "KeyF", 97],
                ["up", "KeyD", 99],
                ["down", "KeyK", 103],
                ["up", "KeyJ", 180],
                ["up", "KeyK", 182],
            ],
            40,
            ["1 2", "4 5"],
        ),
        # a key-up that never had its key-down (focus came in the middle) does nothing
        ([["up", "KeyS", 0], *chord("D", 10)], 0, ["2"]),
        # a key-up was swallowed in the middle of typing: pressing that key again proves it, its
        # next chord is right
        ([["down", "KeyF", 0], *chord("D", 100), *chord("FJ", 300)], 0, ["1 4"]),
        (
            [
                ["down", "KeyF", 0],
                ["down", "KeyJ", 300],
                ["down", "KeyF", 303],
                ["up", "KeyJ", 380],
                ["up", "KeyF", 384],
            ],
            0,
            ["1 4"],
        ),
        # ... and after a silence, in which a key that is really down would repeat, nothing is left
        # of it
        ([["down", "KeyF", 0], *chord("D", 100), *chord("SK", 3000)], 0, ["3 5"]),
        # a slow chord that repeats is one chord, however long it takes, because beginners are slow
        (
            [
                ["down", "KeyF", 0],
                ["repeat", "KeyF", 1500],
                ["down", "KeyJ", 3200],
                ["up", "KeyF", 3300],
                ["up", "KeyJ", 3350],
            ],
            0,
            ["1 4"],
        ),
        # two-key keyboard: the third key of a chord never arrives; what arrived is the cell,
        # nothing sticks
        (
            [
                ["down", "KeyF", 0],
                ["down", "KeyD", 5],
                ["up", "KeyF", 60],
                ["up", "KeyD", 70],
                *chord("S", 100),
            ],
            0,
            ["1 2", "3"],
        ),
        # three-key keyboard: the fourth key arrives when another is let go, while two are held; one
        # chord all the same
        (
            [
                ["down", "KeyS", 0],
                ["down", "KeyJ", 3],
                ["down", "KeyK", 6],
                ["up", "KeyS", 70],
                ["down", "KeyL", 74],
                ["up", "KeyJ", 80],
                ["up", "KeyK", 84],
                ["up", "KeyL", 90],
            ],
            0,
            ["3 4 5 6"],
        ),
        # the same keyboard when the fourth never arrives: three dots, and the next cell is whole
        # again
        ([*chord("SJK", 0), *chord("FD", 200)], 0, ["3 4 5", "1 2"]),
    ],
)
def test_recorded_key_events_give_these_cells(
    page: Page, events: list[Any], least: int, cells: list[str]
) -> None:
    given, held = page.evaluate(PLAY, [events, least])
    assert given == cells
    assert held == 0, "no key stays stuck"


@pytest.fixture
def desk(station: Station, chromium: Browser) -> Iterator[Page]:
    """The desk of a translator who has taken a Braille work as first reader."""
    with station.store.begin(Actor.system("test")) as uow:
        work = uow.session.scalars(select(Booklet).where(Booklet.medium == "braille")).first()
        assert work is not None
        if work.state != "scanned":
            work.state = "scanned"
            uow.record("test:scanned", f"booklet:{work.id}")
    with station.store.read() as uow:
        actor = actor_of(by_login(uow, "translator"))  # type: ignore[arg-type]
    with station.store.begin(actor) as uow:
        assignments.take(uow, work.id, "first")
    page = station.log_in(chromium, "translator")
    page.goto(f"{station.url}/braille/{work.id}")
    yield page
    page.context.close()


def press(page: Page, codes: str) -> None:
    for code in codes:
        page.keyboard.down(f"Key{code}")
    for code in codes:
        page.keyboard.up(f"Key{code}")


def mode(page: Page, name: str) -> None:
    choice = page.locator(f'input[name="mode"][value="{name}"]')
    choice.focus()
    page.keyboard.press("Space")
    expect(choice).to_be_checked()
    page.focus("#text")


def test_a_translator_keys_in_with_six_keys_and_hears_each_cell(desk: Page) -> None:
    desk.fill("#text", "")
    mode(desk, "six")
    press(desk, "SJKL")
    press(desk, "F")
    desk.keyboard.press("Space")
    press(desk, "DJ")
    assert desk.input_value("#text") == "⠼⠁⠀⠊"
    desk.wait_for_function("document.querySelector('[data-echo]').textContent.includes('и')")
    desk.keyboard.press("Backspace")
    assert desk.input_value("#text") == "⠼⠁⠀", "one step back is one cell"


def test_leaving_the_field_in_the_middle_of_a_chord_leaves_no_dot_behind(desk: Page) -> None:
    desk.fill("#text", "")
    mode(desk, "six")
    desk.keyboard.down("KeyF")
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.up("KeyF")
    desk.focus("#text")
    press(desk, "D")
    assert desk.input_value("#text") == "⠂"


def test_one_hand_and_dot_numbers_do_the_same(desk: Page) -> None:
    desk.fill("#text", "")
    mode(desk, "single")
    for key in ("KeyD", "KeyJ", "KeyG"):
        desk.keyboard.press(key)
    mode(desk, "numbers")
    for key in ("2", "4", "Space"):
        desk.keyboard.press(key)
    assert desk.input_value("#text") == "⠊⠊"


def test_escape_ends_six_keys_and_tab_leaves_the_field(desk: Page) -> None:
    mode(desk, "six")
    desk.keyboard.press("Escape")
    assert desk.evaluate("document.querySelector('#desk').elements.mode.value") == "text"
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.id") != "text"


def test_what_a_screen_reader_is_told_about_the_desk(desk: Page) -> None:
    area = desk.get_by_label("Запись тетради")
    assert area.evaluate("node => node.tagName") == "TEXTAREA", (
        "a real text control switches to focus mode"
    )
    assert "Шесть клавиш" in desk.evaluate(
        "document.querySelector('#text').getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' ')"
    )
    regions = desk.evaluate("[...document.querySelectorAll('[aria-live=polite]')].length")
    assert regions == 1, "one polite region, so that no cell swallows another"
    assert desk.evaluate("document.querySelectorAll('[role=application]').length") == 0


def test_the_keyboard_test_counts_the_keys_that_arrive_together(
    station: Station, chromium: Browser
) -> None:
    page = station.log_in(chromium, "translator")
    page.goto(f"{station.url}/braille/keyboard")
    page.focus("[data-rollover]")
    for code in "FDS":
        page.keyboard.down(f"Key{code}")
    assert ": 3" in page.inner_text("[data-rollover-result]")
    assert "по одной" in page.inner_text("[data-rollover-result]")
    for code in "JKL":
        page.keyboard.down(f"Key{code}")
    assert "любую клетку" in page.inner_text("[data-rollover-result]")
    kept = {one["name"]: one["value"] for one in page.context.cookies()}
    assert json.loads(kept["rollover"]) == 6
    page.context.close()
