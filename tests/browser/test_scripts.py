"""What the scripts add, seen as a person sees it; and that everything goes on without them."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from examday.domain.people.roles import Actor, Role
from examday.storage.tables import Booklet
from tests.browser.fixtures import Station

pytestmark = pytest.mark.slow
HEAD = Actor("system:test", frozenset({Role.SYSTEM}), "test")


@pytest.fixture(scope="module")
def head(station: Station, chromium: Browser) -> Iterator[Page]:
    """The head of the point at the board."""
    page = station.log_in(chromium, "head")
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def reader(station: Station, chromium: Browser) -> Iterator[Page]:
    """A reader at the key-in desk of a scanned work."""
    page = station.log_in(chromium, "reader2")
    page.goto(f"{station.url}/keyin/{station.works('scanned')[0]}")
    if page.locator("form[data-autosave]").count() == 0:
        page.click("main button.primary")
        page.wait_for_load_state()
    yield page
    page.context.close()


def test_question_mark_lists_the_keys_and_escape_gives_the_focus_back(
    station: Station, head: Page
) -> None:
    head.goto(f"{station.url}/board/")
    link = head.locator("main a").first
    link.focus()
    head.keyboard.press("?")
    expect(head.locator(".keys")).to_be_focused()
    expect(head.locator(".keys kbd").first).to_be_visible()
    head.keyboard.press("Escape")
    expect(head.locator(".keys")).to_have_count(0)
    expect(link).to_be_focused()


def test_keys_rest_while_somebody_types(station: Station, head: Page) -> None:
    head.goto(f"{station.url}/find")
    head.locator("#q").focus()
    head.keyboard.type("?/0")
    expect(head.locator("#q")).to_have_value("?/0")
    expect(head.locator(".keys")).to_have_count(0)


def test_slash_leads_to_the_search_field_in_both_layouts(station: Station, head: Page) -> None:
    head.goto(f"{station.url}/board/")
    head.keyboard.press("/")
    expect(head.locator("#find")).to_be_focused()


def test_a_hand_scanner_opens_the_work_from_anywhere(station: Station, head: Page) -> None:
    work = station.works("scanned")[0]
    with station.store.read() as uow:
        code = uow.get(Booklet, work).code or ""
    head.goto(f"{station.url}/board/")
    # All within a few milliseconds, however slow the machine of the test is.
    head.evaluate(
        """keys => keys.forEach(key => document.body.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))""",
        [*code, "Enter"],
    )
    head.wait_for_url(f"**/booklets/{work}")


def test_slow_digits_are_a_person_and_go_nowhere(station: Station, head: Page) -> None:
    head.goto(f"{station.url}/board/")
    head.keyboard.type("2990000000019", delay=60)
    head.keyboard.press("Enter")
    assert head.url.endswith("/board/")


def test_the_view_changes_at_once_and_is_remembered(station: Station, chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.goto(f"{station.url}/help")
    page.locator("details.top-menu summary").first.click()
    with page.expect_response("**/view"):
        page.get_by_label("Тёмные").check()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.context.close()


def test_the_view_and_the_language_change_without_scripts(
    station: Station, chromium: Browser
) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{station.url}/help/board")
    page.locator("details.top-menu summary").first.click()
    page.get_by_label("200 %").check()
    page.get_by_label("English").check()
    page.get_by_role("button", name="Применить").click()
    assert page.url.endswith("/help/board")
    assert page.locator("html").get_attribute("data-size") == "200"
    expect(page.locator("h1")).to_have_text("Board of the day")
    page.context.close()


def test_the_board_follows_the_day_and_keeps_the_focus(station: Station, head: Page) -> None:
    work = station.works("registered")[0]
    head.goto(f"{station.url}/board/")
    kept = head.locator("[id^=wait-]").first
    name = kept.get_attribute("id") or ""
    kept.focus()
    with station.store.begin(HEAD) as uow:
        uow.get(Booklet, work).state = "issued"
        uow.record("booklet:issue", f"booklet:{work}")
    expect(head.locator(f"a[href='/booklets/{work}']").first).to_be_visible()
    head.wait_for_function(
        """(work) => [...document.querySelectorAll('.queue')].some((queue) =>
        queue.textContent.includes('увеличить комплект') && queue.querySelector(`a[href="/booklets/${work}"]`))""",
        arg=work,
        timeout=15000,
    )
    assert head.evaluate("document.activeElement.id") == name


def test_the_picture_moves_to_the_field_in_focus(reader: Page) -> None:
    field = reader.locator("input.entry").nth(8)
    field.focus()
    inside = """() => { const view = document.querySelector('[data-viewer]').getBoundingClientRect();
        const box = document.querySelector('[data-viewer] .box').getBoundingClientRect();
        return box.top >= view.top && box.bottom <= view.bottom && box.left >= view.left - 4 && box.width > 40; }"""
    assert reader.evaluate(inside)
    before = reader.locator(".film").bounding_box()
    reader.keyboard.press("Alt+-")
    after = reader.locator(".film").bounding_box()
    assert before and after and after["width"] < before["width"]
    expect(field).to_be_focused()


def test_the_splitter_moves_by_key_and_is_remembered(reader: Page) -> None:
    bar = reader.locator("[data-splitter]")
    bar.focus()
    reader.keyboard.press("ArrowLeft")
    moved = bar.get_attribute("aria-valuenow")
    reader.reload()
    assert bar.get_attribute("aria-valuenow") == moved != "58"


def test_a_draft_is_saved_and_a_lost_station_is_said_and_tried_again(reader: Page) -> None:
    line, field = reader.locator("[data-save-state]"), reader.locator("input.entry").nth(5)
    field.fill("17")
    expect(line).to_have_text(re.compile(r"сохранено \d\d:\d\d:\d\d"), timeout=8000)
    reader.route("**/draft**", lambda route: route.abort())
    field.fill("18")
    expect(line).to_have_class(re.compile("failed"), timeout=8000)
    reader.unroute("**/draft**")
    expect(line).to_have_text(re.compile(r"^сохранено \d\d:\d\d:\d\d"), timeout=20000)
    reader.reload()
    expect(field).to_have_value("18")


def test_nothing_personal_stays_in_the_browser(reader: Page) -> None:
    kept = json.loads(reader.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))
    # widths and waiting works differ from run to run
    numbers = re.compile(r"split:.*=\d\d|waits=\d+")
    assert all(numbers.fullmatch(f"{key}={value}") for key, value in kept.items()), kept


def test_an_empty_station_explains_itself_and_opens_a_training_day(
    serve: Callable[[bool], Station], chromium: Browser
) -> None:
    empty = serve(False)
    page = chromium.new_context().new_page()
    page.goto(empty.url)
    expect(page.locator("h1")).to_have_text("Станция пуста и готова")
    page.get_by_role("button", name="Открыть учебный день").click()
    expect(page.locator("h1")).to_have_text("Учебный день открыт", timeout=60000)
    page.context.close()


def test_the_title_says_how_many_works_wait(station: Station, chromium: Browser) -> None:
    page = station.log_in(chromium, "arbiter")
    page.goto(f"{station.url}/work")
    expect(page).to_have_title(re.compile(r"^\([1-9][0-9]*\) Моё дело"))
    page.context.close()
