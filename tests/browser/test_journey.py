"""One work from the plan to the hand-over in a real browser, on a real station with its broker and workers. Every page
on the way is checked for barriers. Eleven people take part, each under their own name."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from examday.domain.custody import Purpose
from examday.domain.transfer import BLANK, Value
from examday.services import items, packing
from examday.services.demo_works import Player, scan, works
from examday.services.people import by_login
from examday.storage.tables import Booklet
from tests import stations
from tests.browser.checks import faults

pytestmark = pytest.mark.slow
WORK = next(work for work in works() if work["candidate"] == "У-01")
SLIP = {"3": "153"}
NARROW = {"reader2", "arbiter"}
"""These two work on a window as narrow as a telephone."""


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stations.Station]:
    """The whole station as a person starts it, with the training day."""
    made = stations.Station(tmp_path_factory.mktemp("journey") / "data").start()
    yield made
    made.stop()


class Walk:
    """People at their browsers, one work in their hands."""

    def __init__(self, browser: Browser, station: stations.Station, axe: str) -> None:
        self.browser, self.station, self.axe, self.found = browser, station, axe, []
        self.secrets = json.loads((station.settings.keys / "training.json").read_text())
        self.store = station.store()
        self.player = Player(self.store, self.secrets["pin"], WORK)
        self.id, self.pages = self.player.id, dict[str, Page]()

    def at(self, login: str, path: str) -> Page:
        """This person opens this page; the page is looked at."""
        if login not in self.pages:
            wide = 360 if login in NARROW else 1280
            page = self.pages[login] = self.browser.new_context(viewport={"width": wide, "height": 900}).new_page()
            page.on("pageerror", lambda error: self.found.append(str(error)))
            page.on("console", self.heard)
            page.goto(f"http://127.0.0.1:{self.station.port}/login")
            page.fill("#login", login)
            page.fill("#password", self.secrets["password"])
            page.click("main button.primary")
            page.wait_for_load_state()
        page = self.pages[login]
        page.goto(f"http://127.0.0.1:{self.station.port}{path}")
        return self.look(page)

    def heard(self, said: Any) -> None:
        """Errors of the console; a form that comes back with a question answers 400 and is none."""
        if said.type == "error" and "status of 400" not in said.text:
            self.found.append(said.text)

    def look(self, page: Page) -> Page:
        """Note every barrier on the open page."""
        self.found += [f"{page.url}: {fault}" for fault in faults(page, self.axe)]
        return page

    def press(self, page: Page, button: Locator | None = None) -> Page:
        """Press the one primary button (or another one) and look at the page that comes."""
        with page.expect_navigation():
            (button or page.locator("main [data-primary]")).click()
        return self.look(page)

    def take(self, login: str, path: str) -> Page:
        """Open a desk, taking the work first when it is only offered."""
        page = self.at(login, path)
        return page if page.locator("#desk, form[action$=finish]").count() else self.press(page)

    def state(self) -> str:
        """Where the work stands."""
        with self.store.read() as uow:
            return uow.get(Booklet, self.id).state

    def counted(self, page: Page, numbers: Mapping[Any, int]) -> None:
        """Write what was counted into the form, which does not say what is expected."""
        for kind, number in numbers.items():
            page.fill(f"[name='count-{kind.value}']", str(number))

    def send_scan(self, label: str) -> None:
        """The technical specialist sends a scan in; a worker attaches it by its code."""
        before = self.state()
        page = self.at("technician", "/scans/")
        page.set_input_files("#files", scan(WORK["candidate"], label))
        self.press(page)
        stations.until(lambda: self.state() != before, 90, f"{label} attached")


@pytest.fixture(scope="module")
def walk(chromium: Browser, station: stations.Station, axe: str) -> Iterator[Walk]:
    made = Walk(chromium, station, axe)
    yield made
    made.store.close()


def issue_enlarge_collect(walk: Walk) -> None:
    with walk.store.read() as uow:
        code = uow.get(Booklet, walk.id).code or ""
    page = walk.at("organiser", f"/custody/work/{walk.id}")
    page.fill("#code", code)
    walk.press(page)
    page = walk.at("organiser", f"/custody/work/{walk.id}")
    with walk.store.read() as uow:
        page.select_option("#witness", by_login(uow, "gek").id)  # type: ignore[union-attr]
    walk.press(page)
    page = walk.at("organiser", f"/custody/work/{walk.id}")
    with walk.store.read() as uow:
        walk.counted(page, items.countable(items.of_booklet(uow, walk.id)))
    walk.press(page)
    assert walk.state() == "collected"


def key_in(walk: Walk, login: str, slips: dict[str, str] | None) -> None:
    page = walk.take(login, f"/keyin/{walk.id}")
    values: dict[str, Value] = walk.player.values(slips)
    for field, value in values.items():
        if value != BLANK:
            page.fill(f"[name='v:{field}']", value.text)
        if value.task:
            page.fill(f"[name='t:{field}']", value.task)
    walk.press(page, page.locator("button[name=action][value=hand_in]"))
    confirm = page.locator("button[value=hand_in_blank]")
    if confirm.count():
        walk.press(page, confirm)


def settle(walk: Walk) -> None:
    page = walk.take("arbiter", f"/settle/{walk.id}")
    page.fill("[name='v:3']", WORK["answers"]["3"])
    walk.press(page)
    page.check("input[name='c:3'][value=own], input[name='c:3'][value=first]")
    walk.press(page)


def verify(walk: Walk) -> None:
    page = walk.take("reader", f"/verify/{walk.id}")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    for same in page.locator("fieldset.compare input[value=ok]").all():
        same.check()
    if page.locator("#together").count():
        page.check("#together")
    walk.press(page)


def sign(walk: Walk) -> None:
    for slot in ("transferrer", "exam_board_member", "observer"):
        page = walk.at("assistant", f"/sign/{walk.id}")
        place = page.locator(f"#slot-{slot}")
        place.locator("input[type=password]").first.fill(walk.secrets["pin"])
        walk.press(page, place.locator("form button").first)


def pack_and_hand_over(walk: Walk) -> None:
    page = walk.at("organiser", f"/packing/work/{walk.id}")
    with walk.store.read() as uow:
        walk.counted(page, items.expected(uow, uow.get(Booklet, walk.id)))
    walk.press(page)
    assert walk.state() == "packed"
    for purpose in (Purpose.STANDARD, Purpose.EVIDENCE):
        with walk.store.read() as uow:
            packet = packing.packet_for(uow, uow.get(Booklet, walk.id).exam_id, purpose)
            assert packet
            inside, receiver = packing.contents(uow, packet), by_login(uow, "gek")
        page = walk.at("head", f"/packing/packet/{packet.id}")
        walk.counted(page, inside)
        walk.press(page)
        walk.counted(page, inside)
        page.select_option("#to", receiver.id if receiver else "")
        page.fill("#pin", walk.secrets["pin"])
        walk.press(page)


def test_a_work_goes_all_the_way(walk: Walk) -> None:
    issue_enlarge_collect(walk)
    walk.send_scan("original-A3")
    key_in(walk, "reader", None)
    key_in(walk, "reader2", SLIP)
    assert walk.state() == "keyed"
    settle(walk)
    assert walk.state() == "settled"
    walk.press(walk.take("assistant", f"/copying/{walk.id}"))
    walk.send_scan("copy-A4")
    verify(walk)
    assert walk.state() == "verified"
    sign(walk)
    assert walk.state() == "certified"
    pack_and_hand_over(walk)
    page = walk.at("head", f"/booklets/{walk.id}")
    expect(page.locator(".thread [aria-current=step]")).to_contain_text("передана")
    expect(page.locator(".sign.given")).to_have_count(3)
    expect(page.locator(".alarm-row")).to_have_count(1)  # the slip of the second reader stays in sight
    assert not walk.found, "\n".join(walk.found)
