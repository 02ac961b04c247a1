"""What a phone shows, also in type of twice the size: whole words, the board at once, the open part."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.fixtures import Station

pytestmark = pytest.mark.slow
PHONE = {"width": 360, "height": 640}
CUT_WORDS = """() => {
  const cut = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const top = (text, at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return [...range.getClientRects()].filter((box) => box.width > 0).pop()?.top;
  };
  const heard = (node) => node && (getComputedStyle(node).clipPath !== "none" || heard(node.parentElement));
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!parent.checkVisibility() || parent.closest("script, option, textarea") || heard(parent)) continue;
    for (const word of text.data.matchAll(/[\\p{L}\\u00ad]{2,}/gu)) {
      for (let at = word.index + 1; at < word.index + word[0].length; at += 1) {
        if (text.data[at] === "\\u00ad" || text.data[at - 1] === "\\u00ad") continue;
        if (top(text, at) - top(text, at - 1) > 6) { cut.push(word[0]); break; }
      }
    }
  }
  return cut;
}"""
"""A word that goes on in a second line without a hyphen cannot be read: these are found."""


@pytest.fixture(scope="module")
def phone(station: Station, chromium: Browser) -> Iterator[Page]:
    """The head of the point with a phone in the hand."""
    page = station.log_in(chromium, "head", viewport=PHONE)
    yield page
    page.context.close()


def bottom(page: Page, what: str) -> float:
    """px from the top of the screen to the lower edge of the first thing of this kind."""
    box = page.locator(what).first.bounding_box()
    assert box is not None, f"{what} is not to be seen"
    return box["y"] + box["height"]


def test_on_a_phone_the_board_begins_in_the_first_screen(station: Station, phone: Page) -> None:
    phone.goto(f"{station.url}/board/")
    assert bottom(phone, ".rooms td.some, .rooms td.late") <= PHONE["height"]
    for alarm in phone.locator(".alarms > .alarm").all():
        box = alarm.bounding_box()
        assert box is None or box["height"] < 60, "one line each: the rest unfolds"


def test_the_row_of_parts_shows_the_open_one(station: Station, phone: Page) -> None:
    phone.goto(f"{station.url}/ledger")
    box = phone.locator(".nav [aria-current]").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize("path", ["/board/", "/board/close", "/plan/readiness", "/packing/"])
def test_no_word_is_cut_in_type_of_twice_the_size(station: Station, phone: Page, path: str) -> None:
    phone.context.add_cookies([{"name": "size", "value": "200", "url": station.url}])
    phone.goto(station.url + path)
    phone.wait_for_load_state()
    assert phone.evaluate(CUT_WORDS) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(wide) <= 0, "nothing stands beside the page"
    phone.context.clear_cookies(name="size")
