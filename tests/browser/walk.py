"""People at their browsers with one work in their hands: what every journey of a work through the
pages needs. Each page on the way is checked for barriers."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from examday.domain.custody.counts import Purpose
from examday.domain.transfer.answers import BLANK, Value
from examday.services.custody import papers
from examday.services.packing import contents, packets
from examday.services.people.directory import by_login
from examday.services.training.demo_works import Player
from examday.storage.tables import Booklet
from tests import stations
from tests.browser.checks import faults

MAKE = """() => [innerWidth, document.documentElement.scrollWidth, location.pathname.split('/')[1]] +
  [...document.querySelectorAll('*')].map((n) => n.tagName + (n.textContent.trim() ? '' : ' empty') +
    [...n.attributes].map((a) => a.name + '=' + a.value).join().replace(/[0-9a-f]{32}|\\d+/g, ''))"""
"""How a page is built: how wide its window and it are, and its elements, those without a word told apart,
with their attributes without numbers and ids."""


def hand_in(page: Page) -> None:
    """Hand in the key-in in sight; what was left empty is blank on the sheet, where that is asked."""
    with page.expect_navigation():
        page.locator("button[name=action][value=hand_in]").click()
        if (question := page.locator("[data-blanks]:not([hidden])")).is_visible():
            question.locator("button").click()


class Walk:
    """The desks of a running station, and the people who go from page to page. `narrow`: who works
    on a window as narrow as a telephone."""

    def __init__(
        self,
        browser: Browser,
        station: stations.Station,
        axe: str,
        work: dict[str, Any],
        narrow: Iterable[str] = (),
    ) -> None:
        self.browser, self.station, self.axe, self.narrow, self.found = (
            browser,
            station,
            axe,
            set(narrow),
            list[str](),
        )
        self.secrets = json.loads((station.settings.keys / "training.json").read_text())
        self.store = station.store()
        self.player = Player(self.store, self.secrets["pin"], work)
        self.id, self.pages, self.seen = self.player.id, dict[str, Page](), set[str]()

    def end(self) -> None:
        """Everybody goes home."""
        for page in self.pages.values():
            page.context.close()
        self.store.close()

    def at(self, login: str, path: str) -> Page:
        """This person opens this page; the page is looked at."""
        if login not in self.pages:
            wide = 360 if login in self.narrow else 1280
            page = self.pages[login] = self.browser.new_context(
                viewport={"width": wide, "height": 900}
            ).new_page()
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
        """Errors of the console; a form that comes back with a question or a refusal answers 400
        or 409 and is none."""
        if said.type == "error" and not any(
            f"status of {code}" in said.text for code in (400, 409)
        ):
            self.found.append(said.text)

    def look(self, page: Page) -> Page:
        """Note every barrier on the open page; one that is built like a page before, at the same
        width, has no other ones."""
        made = page.evaluate(MAKE)
        if made in self.seen:
            return page
        self.seen.add(made)
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

    def person(self, login: str) -> str:
        """Id of the person behind a log-in."""
        with self.store.read() as uow:
            found = by_login(uow, login)
            assert found, login
            return found.id

    def counted(self, page: Page, numbers: Mapping[Any, int]) -> None:
        """Write what was counted into the form, which does not say what is expected."""
        for kind, number in numbers.items():
            page.fill(f"[name='count-{kind.value}']", str(number))

    def send_scan(self, picture: Path) -> None:
        """The technical specialist sends a scan in; a worker attaches it by its code."""
        before = self.state()
        page = self.at("technician", "/scans/")
        page.set_input_files("#files", picture)
        self.press(page)
        stations.until(lambda: self.state() != before, 90, f"{picture.name} attached")

    def key_in(self, login: str, slips: dict[str, str] | None = None) -> None:
        """This person reads the original and hands the reading in, with these slips."""
        page = self.take(login, f"/keyin/{self.id}")
        values: dict[str, Value] = self.player.values(slips)
        for field, value in values.items():
            if value != BLANK:
                page.fill(f"[name='v:{field}']", value.text)
            if value.task:
                page.fill(f"[name='t:{field}']", value.task)
        hand_in(page)
        self.look(page)

    def settle(self, login: str, field: str, text: str) -> None:
        """The third person reads the one open field and decides for the own reading."""
        page = self.take(login, f"/settle/{self.id}")
        page.fill(f"[name='v:{field}']", text)
        self.press(page)
        page.check(f"input[name='c:{field}'][value=own], input[name='c:{field}'][value=first]")
        self.press(page)

    def copy(self, login: str) -> None:
        """This person writes the standard form."""
        page = self.at(login, f"/copying/{self.id}")
        finish = page.locator(f"form[action$='/copying/{self.id}'] [data-primary]")
        self.press(page if finish.count() else self.press(page))

    def verify(self, login: str) -> None:
        """This person holds the copy against the settled values and finds everything right."""
        page = self.take(login, f"/verify/{self.id}")
        page.evaluate(
            "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
        )
        for same in page.locator("fieldset.compare input[value=ok]").all():
            same.check()
        if page.locator("#together").count():
            page.check("#together")
        self.press(page)

    def sign(self, login: str) -> None:
        """At this person's computer everybody signs «Копия верна», each with the own PIN."""
        page = self.at(login, f"/sign/{self.id}")
        for slot in ("transferrer", "exam_board_member", "observer"):
            page.fill(f"#pin-{slot}", self.secrets["pin"])
        self.press(page)

    def pack(self, login: str) -> None:
        """The work is counted into its packets."""
        page = self.at(login, f"/packing/work/{self.id}")
        with self.store.read() as uow:
            self.counted(page, papers.expected(uow, uow.get(Booklet, self.id)))
        self.press(page)

    def hand_over(self, purposes: Iterable[Purpose]) -> None:
        """The head closes these packets and hands them to the exam-board member, who confirms with
        the own PIN."""
        for purpose in purposes:
            with self.store.read() as uow:
                packet = packets.packet_for(uow, uow.get(Booklet, self.id).exam_id, purpose)
                assert packet
                inside = contents.contents(uow, packet)
            page = self.at("head", f"/packing/packet/{packet.id}")
            self.counted(page, inside)
            self.press(page)
            self.counted(page, inside)
            page.select_option("#to", self.person("gek"))
            page.fill("#pin", self.secrets["pin"])
            self.press(page)
