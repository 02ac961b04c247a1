"""An appeal to its very end in a real browser, with a long answer in dispute, a second transfer whose
first copy is still wrong, three experts, and mistakes made on purpose: a deaf appellant of 2017, a
blind one of 2026. Every page on the way is checked for barriers."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect
from playwright.sync_api import Page as Window
from sqlalchemy import select

from examday.domain.transfer.answers import BLANK
from examday.paper.trial import draw
from examday.services.appeals.order import orders
from examday.services.ledger import audit
from examday.services.scans.files import opening
from examday.services.unit_of_work import Store
from examday.storage.tables import Page, ScanFile
from examday.web.app import create_app
from tests import people_at_once
from tests.appeals import test_whole_case as whole
from tests.appeals.test_case_by_stick import handed_over
from tests.browser.checks import faults
from tests.browser.walk import hand_in
from tests.ledger.test_export import check_here
from tests.served import served
from tests.travel import two_ends

pytestmark = [pytest.mark.release, pytest.mark.slow]
NARROW = ("gleb", "expert2")
"""Who works on a window as narrow as a telephone: every page has to serve there too."""
FORM_1, FORM_2 = "answer-form-1.2022", "answer-form-2-sheet-1.2022"
ID = re.compile(r"[0-9a-f]{32}")
IMPOSSIBLE = {
    "/appeals/hearing/open: no form",
    "/appeals/hearing/vote: no form",
    "/appeals/hearing/decide: no form",
    "/appeals/order.pdf: no form",
    "/appeals/order/close: no form",
    "/appeals/order/assign: no such choice",
    "/appeals/order/retransfer: no button yet",
    "/appeals/order/inform: no form",
    "/appeals/order/approve: no form",
    "/rechecks: no form",
}
"""Mistakes of the play that no page lets anybody make: a second vote, a step before its turn, barred
hands."""
RIGHT = {"1": "ДОМ", "2": "135"}


class NotOffered(Exception):
    """The page has no such form, or the form no such choice: a mistake that nobody can make."""


@dataclass
class Answer:
    """What came after a form was sent: as the in-process browser gives it."""

    status_code: int
    text: str

    def get_data(self, as_text: bool = True) -> str:
        """The page."""
        return self.text


class AtBrowsers(whole.Play):
    """The play of `test_whole_case` with real browsers: what is sent is what a form on the page
    offers, filled in and pressed."""

    def __init__(self, url: str, chromium: Browser, axe: str, *play: Any) -> None:
        super().__init__(*play)
        self.url, self.chromium, self.axe = url, chromium, axe
        self.windows: dict[str, Window] = {}
        self.found: list[str] = []
        self.seen: set[tuple[str, int]] = set()
        self.impossible: list[str] = []

    def day(self, day: Any, hour: int = 8) -> None:
        """Another day: nobody is logged in any more."""
        super().day(day, hour)
        self.end()

    def end(self) -> None:
        """Everybody goes home."""
        for window in self.windows.values():
            window.context.close()
        self.windows.clear()

    def at(self, login: str, path: str) -> Window:
        """This person opens this page."""
        if login not in self.windows:
            wide = 360 if login in NARROW else 1280
            context = self.chromium.new_context(viewport={"width": wide, "height": 900})
            window = self.windows[login] = context.new_page()
            window.on("pageerror", lambda error: self.found.append(str(error)))
            window.goto(f"{self.url}/login")
            window.fill("#login", login)
            window.fill("#password", people_at_once.PASSWORD)
            window.click("main button.primary")
            window.wait_for_load_state()
            self.arrived(login, window)
        window = self.windows[login]
        answer = window.goto(f"{self.url}{path}")
        assert answer is not None
        self.look(window, answer.status)
        return window

    def arrived(self, login: str, window: Window) -> None:
        """Somebody has logged in."""

    def look(self, window: Window, status: int) -> None:
        """Note the barriers of a page, once of each page and once of its refusals."""
        path = window.url.removeprefix(self.url).partition("?")[0]
        if (path, status) not in self.seen:
            self.seen.add((path, status))
            self.found += [f"{path}: {fault}" for fault in faults(window, self.axe)]

    def page(self, login: str, path: str) -> str:
        """What this person reads on a page of the case."""
        return whole.plain(Answer(200, self.page_source(login, path)))

    def page_source(self, login: str, path: str) -> str:
        """The source of a page: what its forms send."""
        return self.at(login, path).content()

    def press(self, window: Window, button: Locator) -> Answer:
        """Press a button and look at the page that comes."""
        with window.expect_navigation() as coming:
            button.click()
        answer = coming.value
        self.look(window, answer.status)
        return Answer(answer.status, window.content())

    def refused(self, login: str, path: str, said: str, page: str = "", **data: Any) -> None:
        """Refused with these words, or a mistake that the page does not let anybody make."""
        try:
            super().refused(login, path, said, page, **data)
        except NotOffered as error:
            step = "/".join(part for part in path.split("/") if not ID.fullmatch(part))
            self.impossible.append(f"{step}: {error}")

    def _send(self, login: str, path: str, page: str, data: dict[str, Any]) -> Answer:
        window = self.at(login, page or page_of_form(path, data))
        open_all(window)
        form = self.form(window, path, data)
        for name, value in data.items():
            fill(form, name, value)
        button = form.locator("button:visible").last
        if not button.count():
            raise NotOffered("no button yet")
        return self.press(window, button)

    def form(self, window: Window, path: str, data: dict[str, Any]) -> Locator:
        """The form that sends to this address; of several the one about this person or task."""
        for form in window.locator(f"main form[action='{path}']").all():
            hidden = {
                field.get_attribute("name"): field.get_attribute("value")
                for field in form.locator("input[type=hidden]").all()
            }
            if all(data[name] == hidden[name] for name in data.keys() & hidden.keys()):
                return form
        raise NotOffered("no form")

    def picture(self, page: Page) -> bytes:
        """The sheet as it was scanned on the exam day: the copy has the planted errors."""
        form = page.sheet or FORM_1
        written = {**RIGHT, "2": "153"} if page.role == "copy" else RIGHT
        size = "A3" if page.role == "original" else "A4"
        return drawn(form, written if form == FORM_1 else {}, 100, size)

    def with_pictures(self, work: str) -> None:
        """Pages get their pictures, and the grey ones that are shown."""
        super().with_pictures(work)
        with self.store.read() as uow:
            for page in uow.session.scalars(select(Page).where(Page.booklet_id == work)):
                folder = self.store.settings.derived_of(page.file.sha256)
                folder.mkdir(parents=True, exist_ok=True)
                kept = folder / f"{page.number}.grey.jpg"
                if not kept.exists():
                    kept.write_bytes(self.picture(page))

    def transfer(self, work: str) -> None:
        """As in the play, at the desks; the scans come in as files."""
        self.key_in("vera", work, whole.ANSWERS)
        self.key_in("gleb", work, whole.SLIP)
        assert self.hands.state(work) == "keyed", "the second reader's slip is open"
        self.settle("dina", work, "2", "135")
        self.copy("vera", work)
        self.scan({**RIGHT, "2": "135"}, dpi=150)
        self.verify("gleb", work, {"long:27": whole.CUT_SHORT})
        self.refused("secretary", self.of_case("/order/retransfer"), "ещё не заверен")
        window = self.at("vera", f"/copying/{work}")
        expect(window.locator("main")).to_contain_text(whole.CUT_SHORT)
        self.copy("vera", work)
        self.scan({**RIGHT, "2": "135"}, dpi=160)
        self.verify("gleb", work, {})
        self.sign_at_the_desk(work)

    def take(self, login: str, path: str) -> Window:
        """Open a desk, taking the work first when it is only offered."""
        window = self.at(login, path)
        if not window.locator("#desk, form[action$=finish]").count():
            self.press(window, window.locator("main [data-primary]"))
        return window

    def key_in(self, login: str, work: str, answers: dict[str, Any]) -> None:
        """Read the original and hand the reading in."""
        window = self.take(login, f"/keyin/{work}")
        for field, value in self.hands.values(work, **answers).items():
            if value != BLANK:
                window.fill(f"[name='v:{field}']", value.text)
        hand_in(window)

    def settle(self, login: str, work: str, field: str, text: str) -> None:
        """Read the one open field and decide for the own reading."""
        window = self.take(login, f"/settle/{work}")
        window.fill(f"[name='v:{field}']", text)
        self.press(window, window.locator("main [data-primary]"))
        window.check(f"input[name='c:{field}'][value=own], input[name='c:{field}'][value=first]")
        self.press(window, window.locator("main [data-primary]"))
        assert self.hands.state(work) == "settled"

    def copy(self, login: str, work: str) -> None:
        """Write the standard form."""
        window = self.at(login, f"/copying/{work}")
        finish = window.locator(f"form[action$='/copying/{work}'] [data-primary]")
        if not finish.count():
            self.press(window, window.locator("main [data-primary]"))
        self.press(window, finish)
        assert self.hands.state(work) == "copied"

    def scan(self, answers: dict[str, str], dpi: int) -> None:
        """The technical specialist sends both sheets of the copy in; a worker opens them."""
        window = self.at("tech", "/scans/")
        files: list[FilePayload] = [
            {"name": f"{form}-{dpi}.jpg", "mimeType": "image/jpeg", "buffer": sheet}
            for form, sheet in (
                (FORM_1, drawn(FORM_1, answers, dpi)),
                (FORM_2, drawn(FORM_2, {}, dpi)),
            )
        ]
        window.set_input_files("#files", files)
        self.press(window, window.locator("main [data-primary]"))
        with self.store.read() as uow:
            waiting = select(ScanFile.id).where(ScanFile.state == "queued")
            queued = list(uow.session.scalars(waiting.order_by(ScanFile.name)))
        assert len(queued) == 2
        for one in queued:
            opening.process(self.store, one)

    def verify(self, login: str, work: str, wrong: dict[str, str]) -> None:
        """Hold the copy against the settled values; `wrong`: what stands there instead."""
        assert self.hands.state(work) == "copy_scanned"
        window = self.take(login, f"/verify/{work}")
        open_all(window)
        for same in window.locator("fieldset.compare input[value=ok]").all():
            same.check()
        for field, text in wrong.items():
            window.check(f"input[name='s:{field}'][value=differs]")
            window.fill(f"[name='v:{field}']", text)
        self.press(window, window.locator("main [data-primary]"))
        assert self.hands.state(work) == ("settled" if wrong else "verified")

    def sign_at_the_desk(self, work: str) -> None:
        """At Vera's computer everybody signs «Копия верна», each with the own PIN."""
        window = self.at("vera", f"/sign/{work}")
        for slot in ("transferrer", "exam_board_member", "observer"):
            window.fill(f"#pin-{slot}", people_at_once.PIN)
        self.press(window, window.locator("main [data-primary]"))
        self.handed_over(work)


class AtTheCentre(AtBrowsers):
    """The same of a work that came by stick: files that are sent in there are of a point."""

    def arrived(self, login: str, window: Window) -> None:
        """The technical specialist says of which point the sheets are."""
        if login == "tech":
            window.goto(f"{self.url}/site")
            window.locator(f"main button[value='{two_ends.POINT}']").click()
            window.wait_for_load_state()

    def bundle(self, folder: Path) -> Path:
        """The secretary saves the case for the offline verifier."""
        window = self.at("secretary", self.of_case("/kit"))
        with window.expect_download() as coming:
            window.locator("form[action$='/bundle.zip'] button").click()
        coming.value.save_as(folder / "case.zip")
        return folder / "case.zip"

    def code(self) -> str:
        """The checkpoint at the foot of the protocol."""
        secretary = self.browser()
        secretary.log_in("secretary")
        paper = secretary.post(self.of_case("/protocol.txt"), {})
        [code] = re.findall(r"\d{4}-\d{4}-\d{4}-\d{4}", paper.get_data(as_text=True))
        return str(code)


def page_of_form(path: str, data: dict[str, Any]) -> str:
    """The page on which a form of the case stands."""
    if path == "/appeals/new":
        return f"{path}?work={data['work']}"
    case, _slash, step = path.removeprefix("/appeals/").partition("/")
    for page in ("hearing", "protocol", "order"):
        if step.startswith(page):
            return f"/appeals/{case}/{page}"
    return path if path.startswith("/rechecks/") else f"/appeals/{case}"


def open_all(window: Window) -> None:
    """Unfold what is folded."""
    window.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")


def fill(form: Locator, name: str, value: Any) -> None:
    """Fill one field of a form as a person would; NotOffered where it has no such choice."""
    field = form.locator(f"[name='{name}']")
    if not field.count():
        if value:
            raise NotOffered(f"no field «{name}»")
        return
    kind = field.first.evaluate("(one) => one.type")
    if kind in ("radio", "checkbox"):
        choice = form.locator(f"[name='{name}'][value='{value}']")
        if value and not choice.count():
            raise NotOffered("no such choice")
        if value:
            choice.check()
    elif kind == "select-one":
        if not field.locator(f"option[value='{value}']").count():
            raise NotOffered("no such choice")
        field.select_option(value)
    elif kind == "file":
        stream, named = value
        field.set_input_files({"name": named, "mimeType": "text/csv", "buffer": stream.read()})
    elif kind != "hidden":
        field.fill(value)


def drawn(form: str, answers: dict[str, str], dpi: int, size: str = "A4") -> bytes:
    """A sheet of the work as a picture."""
    kept = io.BytesIO()
    sheet = draw(whole.CODE, size, dpi, "01", answers=answers, form=form)
    sheet.save(kept, "JPEG", quality=90, dpi=(dpi, dpi))
    return kept.getvalue()


@pytest.fixture
def url(store: Store) -> Iterator[str]:
    """The pages of the store, for real browsers."""
    with served(create_app(store.settings, store)) as address:
        yield address


@pytest.mark.parametrize("which", sorted(whole.YEARS))
def test_an_appeal_goes_to_its_very_end_in_the_browser(
    store: Store,
    browser: Callable[[], Any],
    clock: Any,
    url: str,
    chromium: Browser,
    axe: str,
    which: str,
) -> None:
    play = AtBrowsers(url, chromium, axe, store, browser, clock, whole.YEARS[which])
    to_the_end(play, whole.first_transfer)


def test_an_appeal_about_a_work_that_came_by_stick_goes_to_its_very_end_in_the_browser(
    store: Store,
    browser: Callable[[], Any],
    clock: Any,
    url: str,
    chromium: Browser,
    axe: str,
    tmp_path: Path,
    migrated: Path,
) -> None:
    two_ends.add_point(store, two_ends.POINT)
    play = AtTheCentre(url, chromium, axe, store, browser, clock, whole.YEARS["blind, 2026"])

    def by_stick(play: whole.Play) -> str:
        return handed_over(store, tmp_path, migrated, play)

    to_the_end(play, by_stick)
    code = play.code()
    rc, said = check_here(play.bundle(tmp_path), "--code", code)
    play.end()
    assert (rc, f"The code {code} proves" in said) == (0, True), said
    found = audit.verify(store)
    assert found.ok and [one.state for one in found.witnessed] == ["same"]


def to_the_end(play: AtBrowsers, first_transfer: Callable[[whole.Play], str]) -> None:
    """Every step of the case; nothing may put up a barrier or be more impossible than it is."""
    try:
        work = first_transfer(play)
        whole.file_the_appeal(play, work)
        whole.appoint(play)
        whole.sit(play)
        shown = play.at("secretary", play.of_case("/show"))
        # its own page: no menu of the staff, which would lead away
        expect(shown.locator("nav")).to_have_count(1)
        for picture in shown.locator("main img").all():
            picture.scroll_into_view_if_needed()
            # A cut of a whole page takes its time beside other work.
            expect(picture).to_have_js_property("complete", True, timeout=30_000)
            assert picture.evaluate("(one) => one.naturalWidth") > 0
        whole.find_and_decide(play)
        whole.transfer_again(play, work)
        with play.store.read() as uow:
            due = {str(step): row.due for step, row in orders.steps(uow, play.kept()).items()}
        assert {step: due[step] for step in play.year.due} == play.year.due
        whole.mark_again(play)
        whole.finish(play)
    finally:
        play.end()
    assert not play.found, "\n".join(play.found)
    assert set(play.impossible) == IMPOSSIBLE, play.impossible
    whole.read_the_papers(play)
    whole.leave_parts_out(play, work)
