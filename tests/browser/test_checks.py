"""The checker that all journeys rely on finds what it is there for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.checks import faults

pytestmark = pytest.mark.slow
PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>Проверка</title>
<style>body { margin: 0 }</style>
<main><h1>Проверка</h1>%s</main></html>"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    made = chromium.new_page(viewport={"width": 1000, "height": 800})
    yield made
    made.close()


def found(page: Page, axe: str, part: str, path: str = "/people") -> list[str]:
    """What is found on a page with this part in it."""
    page.route("**/*", lambda asked: asked.fulfill(body=PAGE % part, content_type="text/html"))
    page.goto(f"http://station.test{path}")
    seen = faults(page, axe)
    page.unroute("**/*")
    return [fault.partition(": ")[0] for fault in seen]


def test_barriers_are_found(page: Page, axe: str) -> None:
    assert found(page, axe, "<p>Всё видно.</p>") == []
    assert found(page, axe, '<p style="color:#aaa">Бледно.</p>') == ["color-contrast"]
    assert found(page, axe, '<p style="width:3000px">Широко.</p>') == [
        "2000 px wider than the window"
    ]
    assert found(page, axe, "<h1>Ещё один</h1>") == ["2 headings of the first level"]
    assert {"label", "no label", "smaller than 44 px"} <= set(found(page, axe, "<input>"))


def test_pages_of_entry_and_signing_need_more_contrast(page: Page, axe: str) -> None:
    grey = '<p style="color:#707070">Серым по белому, 5:1.</p>'
    assert found(page, axe, grey) == []
    assert found(page, axe, grey, "/keyin/1") == ["color-contrast-enhanced"]
