"""The desks in a real browser: keyboard alone, the picture follows the field, nothing typed is
lost, no barrier."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Value
from examday.services.people.hashes import hash_secret
from examday.services.transfer import assignments, copying, readings
from examday.services.transfer.settling import own_reading
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet, Person
from examday.storage.tables import Page as PageRow
from examday.web.app import create_app
from tests import day, sheets
from tests.browser.checks import faults
from tests.conftest import PASSWORD
from tests.served import served
from tests.transfer_day import Hands

pytestmark = pytest.mark.slow
PEOPLE = ("anna", "boris", "vera", "gleb")


class Desks:
    """A station with four people, served to real browsers."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        settings = Settings.from_env({}, data=folder, argon2_cost=1)
        settings.make_folders()
        migrate(settings.database_url)
        self.store, self.browser, self.pages = Store(settings), browser, dict[str, Page]()
        self.crew = Hands(self.store, {who: self.person(who) for who in PEOPLE})
        self.person("head", Role.SITE_HEAD)
        self.running = ExitStack()
        self.url = self.running.enter_context(served(create_app(settings, self.store)))
        self.errors: list[str] = []

    def close(self) -> None:
        """Close the windows, which go on asking for news, then the station."""
        for page in self.pages.values():
            page.context.close()
        self.running.close()
        self.store.close()

    def person(self, login: str, role: Role = Role.ASSISTANT) -> Person:
        """Somebody who can log in."""
        return day.person(
            self.store, login, role, password_hash=hash_secret(self.store.settings, PASSWORD)
        )

    def work(self, number: int) -> str:
        """A scanned work with a picture of its original."""
        work = self.crew.work(sheets.kit_code(number), tasks=6)
        self.picture(work, number)
        return work

    def picture(self, work: str, number: int) -> None:
        """Pictures of all pages of the work, where the intake puts them."""
        with self.store.read() as uow:
            found = [
                (page.file.sha256, page.number)
                for page in uow.session.query(PageRow).filter(PageRow.booklet_id == work)
            ]
        for sha, page_number in found:
            target = self.store.settings.derived / sha[:2] / sha / f"{page_number}.grey.jpg"
            if not target.exists():
                target.parent.mkdir(parents=True)
                sheets.draw(sheets.kit_code(number), "A4", 300).resize((2480, 3508)).save(target)

    def at(self, login: str, path: str) -> Page:
        """This person opens this address."""
        if login not in self.pages:
            page = self.pages[login] = self.browser.new_context(
                viewport={"width": 1280, "height": 900}
            ).new_page()
            page.on("pageerror", lambda error: self.errors.append(str(error)))
            page.goto(f"{self.url}/login")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("main button.primary")
            page.wait_for_url(lambda address: not address.endswith("/login"))
        page = self.pages[login]
        page.goto(self.url + path)
        return page


@pytest.fixture(scope="module")
def desks(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks(tmp_path_factory.mktemp("desks"), chromium)
    yield made
    made.close()


def focused(page: Page) -> str:
    """The name of the field that has the focus."""
    return page.evaluate("document.activeElement.name || ''")


def type_in(page: Page, *texts: str) -> None:
    """Type texts one after the other; a text like <F2> is a key that marks the field."""
    for text in texts:
        if text.startswith("<"):
            page.keyboard.press(text[1:-1])
        else:
            page.keyboard.type(text)
            page.keyboard.press("Enter")


def test_a_work_is_keyed_in_without_a_mouse(desks: Desks) -> None:
    work = desks.work(1)
    page = desks.at("anna", "/keyin")
    page.keyboard.press("Tab")
    page.locator("main [data-primary]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/keyin/*")
    expect(page.locator("[name='v:header:region']")).to_be_focused()
    type_in(page, "78", "01", "рус", "дом")
    assert focused(page) == "v:2"
    first = page.locator(".viewer .box").bounding_box()
    type_in(page, "<F2>")
    assert focused(page) == "v:3"
    assert page.locator("[name='m:2']").input_value() == "blank"
    assert page.locator("[name='v:1']").input_value() == "ДОМ"
    box = page.locator(".viewer .box").bounding_box()
    assert first and box and page.locator(".viewer").bounding_box()
    type_in(page, "3-5", "1,5")
    with page.expect_response(
        lambda r: r.url.endswith("/draft") and "А.Б" in (r.request.post_data or "")
    ):
        page.keyboard.type("а.б")
    expect(page.locator("[data-row]:focus-within .live")).to_contain_text(".")
    expect(page.locator("[data-save-state]")).to_contain_text(":")
    page.reload()
    assert (
        page.locator("[name='v:1']").input_value() == "ДОМ"
        and page.locator("[name='v:5']").input_value() == "А.Б"
    )
    page.locator("[name='v:5']").fill("АБ")
    page.locator("[name='v:5']").focus()
    opened = list[str]()
    page.on("framenavigated", lambda frame: opened.append(frame.url))
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-blanks] h2")).to_have_text(
        "Не заполнено полей: 2. На листе там пусто?"
    )
    page.locator("[name='v:5']").fill("")  # emptied behind the question: it did not name this field
    expect(page.locator("[data-blanks]")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-blanks] h2")).to_have_text(
        "Не заполнено полей: 3. На листе там пусто?"
    )
    page.locator("[name='v:5']").fill("АБ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-blanks]")).to_be_focused()
    expect(page.locator("[data-blanks] h2")).to_have_text(
        "Не заполнено полей: 2. На листе там пусто?"
    )
    # Meant for the field before: nobody has read the question yet.
    page.locator("[data-blanks]").evaluate(
        """(asked) => { asked.asked = performance.now();
        asked.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })); }"""
    )
    # typed as by a hand scanner, which sends a code of some other paper and Enter
    page.keyboard.type("46000512")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)  # waited, since whoever presses a key is slower than a scanner
    assert not page.url.endswith("/done")
    page.keyboard.press("Enter")  # the question has the focus, and its answer is one key
    page.wait_for_url("**/done")
    assert len(opened) == 1, "the question is no page of its own"
    assert not desks.errors
    with desks.store.read() as uow:
        assert uow.get(Booklet, work).state == State.SCANNED


def test_enter_in_an_empty_row_for_replacements_goes_on_behind_them_all(desks: Desks) -> None:
    work = desks.work(21)
    desks.crew.do("gleb", assignments.take, work, "first")
    page = desks.at("gleb", f"/keyin/{work}")
    page.locator("[name='t:replacement:1']").focus()
    type_in(page, "02", "17")
    assert focused(page) == "t:replacement:2"
    page.keyboard.press("Enter")
    assert focused(page) == "v:long:27"
    desks.crew.do("gleb", assignments.release, work, "first")


def test_the_picture_shows_the_field_in_focus(desks: Desks) -> None:
    work = desks.work(2)
    desks.crew.do("gleb", assignments.take, work, "first")
    page = desks.at("gleb", f"/keyin/{work}")
    for name in ("v:1", "v:6", "v:replacement:6"):
        page.locator(f"[name='{name}']").focus()
        box, view = (
            page.locator(".viewer .box").bounding_box(),
            page.locator(".viewer").bounding_box(),
        )
        assert box and view
        assert (
            view["x"] - 6 <= box["x"] and box["x"] + box["width"] <= view["x"] + view["width"] + 6
        ), name
        assert view["y"] <= box["y"] and box["y"] + box["height"] <= view["y"] + view["height"], (
            name
        )


def test_a_difference_is_decided_in_two_keystrokes(desks: Desks) -> None:
    work = desks.work(3)
    desks.crew.differing(work)
    desks.crew.own_reading(work, "vera", "7")
    page = desks.at("vera", f"/settle/{work}")
    expect(page.locator("[name='c:2'][value=own]")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: not address.endswith(f"/settle/{work}"))
    assert desks.crew.state(work) == "settled"


def test_a_copy_is_verified_with_one_key_a_field(desks: Desks) -> None:
    work = desks.work(4)
    desks.crew.settled(work, t1="ДОМ")
    desks.crew.copied(work, "anna")
    desks.picture(work, 4)
    desks.crew.do("boris", assignments.take, work, "verifier")
    page = desks.at("boris", f"/verify/{work}")
    page.locator("fieldset.compare input[value=ok]").first.focus()
    cards = page.locator("fieldset.compare:visible").count()
    assert cards == page.locator("fieldset.compare").count() - 6, "blank rows are one question"
    long = page.locator("[aria-labelledby=long-answers] fieldset.compare").count()
    assert long > 0, "they stand behind the rows, as on the form"
    for _ in range(cards - long):
        page.keyboard.press("1")
    expect(page.locator("#blank_rows")).to_be_focused()
    expect(page.locator(".film .box")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#blank_rows")).to_be_checked()
    for _ in range(long):
        page.keyboard.press("1")
    expect(page.locator("[data-judged]")).to_have_text(str(cards + 6))
    expect(page.locator("main [data-primary]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: not address.endswith(f"/verify/{work}"))
    assert desks.crew.state(work) == "verified"


def test_figures_of_a_long_answer_are_typed_and_decide_nothing(desks: Desks) -> None:
    work, crew = desks.work(22), desks.crew
    crew.key_in(work, "anna", "first", crew.values(work, long="В 1941 году"))
    crew.key_in(work, "boris", "second", crew.values(work, long="Весной и летом"))
    crew.do("vera", assignments.take, work, "arbiter")
    crew.do("vera", own_reading.give_own, work, {"long:27": Value("Весной и летом")})
    page = desks.at("vera", f"/settle/{work}")
    other = page.locator("[name='c:long:27'][value=other]")
    other.check()
    page.locator("details.fold summary").first.click()
    text = page.locator("textarea[name='v:long:27']")
    text.fill("")
    text.focus()
    page.keyboard.type("В 1912 году 34")
    expect(text).to_be_focused()
    expect(text).to_have_value("В 1912 году 34")
    expect(other).to_be_checked()


def test_on_a_phone_the_picture_leaves_the_words_of_the_place_in_sight(desks: Desks) -> None:
    work, crew = desks.work(24), desks.crew
    text = (
        "Эти мысли подтверждает и год 1941 своей страшной зимой, и это видит каждый читатель романа"
    )
    crew.key_in(work, "anna", "first", crew.values(work, long=text))
    other = text.replace("1941", "1914").replace("романа", "рамана")
    crew.key_in(work, "boris", "second", crew.values(work, long=other))
    crew.do("vera", assignments.take, work, "arbiter")
    page = desks.at("vera", f"/settle/{work}")
    page.set_viewport_size({"width": 360, "height": 700})
    page.reload()
    places = page.locator(".place")
    expect(places).to_have_count(2)
    for place in (places.nth(1), places.nth(0)):
        place.locator("textarea").focus()
        page.keyboard.type("1234")
        expect(place.locator("textarea")).to_have_value("1234")
        head, picture = (
            spot.bounding_box()
            for spot in (place.locator("label").first, page.locator(".pane-image"))
        )
        assert head and picture and head["y"] >= picture["y"] + picture["height"]
    # At 400 % the window has six lines: two of the picture, words before the entry, and it.
    page.set_viewport_size({"width": 320, "height": 256})
    page.reload()
    places.nth(1).locator("textarea").focus()
    entry, picture = (
        spot.bounding_box()
        for spot in (places.nth(1).locator("textarea"), page.locator(".pane-image"))
    )
    assert entry and picture
    a_line = 28
    assert picture["y"] + picture["height"] + a_line <= entry["y"], "the words right before it"
    assert entry["y"] + 44 <= 256


def doubt(desks: Desks, work: str, field: str) -> None:
    """The machine sees a difference in one field of the copy."""
    with desks.store.begin(Actor.system("reader")) as uow:
        booklet = uow.get(Booklet, work)
        view = {
            "same": False,
            "confidence": 0.99,
            "kind": "One or two characters differ.",
            "copy": "ДЫМ",
        }
        shift = {
            "code": "row_shift",
            "message": "Answer %(first)s stands in row %(target)s of the copy.",
            "params": {"first": 1, "target": 2},
        }
        content = {
            "fields": {field: view},
            "bound": 1.01,
            "patterns": [shift],
            "settled": readings.settled(uow, booklet).sha256,
            "page": uow.session.query(PageRow).filter_by(booklet_id=work, role="copy").one().id,
        }
        readings.seal(uow, booklet, "machine:compare", content)
        uow.record("machine:read", f"booklet:{work}")


def test_the_machine_speaks_only_after_the_person_has_judged(desks: Desks) -> None:
    work = desks.work(31)
    desks.crew.settled(work, t1="ДОМ")
    desks.crew.copied(work, "anna")
    desks.picture(work, 31)
    doubt(desks, work, "1")
    desks.crew.do("boris", assignments.take, work, "verifier")
    page = desks.at("boris", f"/verify/{work}")
    said, slip = page.locator("#f-1 .hint .after"), page.locator(".hint.patterns .after")
    expect(page.locator("#f-1")).to_be_visible()
    expect(said).to_be_hidden()
    expect(slip).to_be_hidden()
    page.locator("#f-1 input[value=ok]").focus()
    page.keyboard.press("1")
    expect(said).to_contain_text("ДЫМ")
    expect(said.locator(".again")).to_be_visible()
    expect(slip).to_be_visible()
    expect(page.locator("[data-judged]")).to_have_text("1")
    page.locator("#f-1-differs").check()
    expect(said.locator(".again")).to_be_hidden()


def test_original_and_copy_lie_under_the_field_that_is_judged(desks: Desks) -> None:
    work = desks.work(32)
    desks.crew.settled(work, t1="ДОМ")
    desks.crew.copied(work, "anna")
    desks.picture(work, 32)
    desks.crew.do("boris", assignments.take, work, "verifier")
    page = desks.at("boris", f"/verify/{work}")
    page.locator("#f-2 input[value=ok]").focus()
    shown, box = page.locator(".film img"), page.locator(".film .box")
    expect(shown).to_have_attribute("alt", re.compile("^Копия"))
    expect(box).to_be_visible()
    expect(page.locator(".film .mark")).not_to_have_count(0)
    before = box.bounding_box()
    page.keyboard.press("a")
    expect(shown).to_have_attribute("alt", re.compile("^Оригинал"))
    expect(box).to_be_visible()
    page.keyboard.press("+")
    after = box.bounding_box()
    assert before and after and after["width"] > before["width"] * 1.1
    page.locator("#f-3 input[value=ok]").focus()
    expect(shown).to_have_attribute("alt", re.compile("^Оригинал"))


@pytest.mark.parametrize(
    ("width", "theme"),
    [
        pytest.param(1280, "light", marks=pytest.mark.release),
        pytest.param(320, "contrast", marks=pytest.mark.release),
        pytest.param(320, "dark", marks=pytest.mark.release),
    ],
)
def test_no_desk_puts_up_a_barrier(
    desks: Desks, axe: str, width: int, theme: str, opened: Callable[[], dict[str, tuple[str, str]]]
) -> None:
    found = []
    for login, path in opened().values():
        page = desks.at(login, path)
        page.set_viewport_size({"width": width, "height": 800})
        page.context.add_cookies([{"name": "theme", "value": theme, "url": desks.url}])
        page.reload()
        assert page.url == desks.url + path
        found += [f"{path}: {fault}" for fault in faults(page, axe)]
    assert not found + desks.errors, "\n".join(found + desks.errors)


@pytest.fixture(scope="module")
def opened(desks: Desks) -> Callable[[], dict[str, tuple[str, str]]]:
    """Every desk with somebody who may sit at it: login and address."""
    crew, made = desks.crew, dict[str, Any]()
    keyed, own, both, copy, seen, done = (desks.work(number) for number in range(10, 16))
    crew.do("anna", assignments.take, keyed, "first")
    for work in (own, both):
        crew.differing(work)
    crew.do("vera", assignments.take, own, "arbiter")
    crew.own_reading(both)
    for work in (copy, seen):
        crew.settled(work, t1="ДОМ")
    crew.do("gleb", assignments.take, copy, "copier")
    crew.copied(seen, "anna")
    desks.picture(seen, 14)
    crew.do("boris", assignments.take, seen, "verifier")
    crew.key_in(done, "gleb", "first", crew.values(done))
    made |= {
        "key-in": ("anna", f"/keyin/{keyed}"),
        "offer": ("boris", f"/keyin/{keyed}"),
        "own": ("vera", f"/settle/{own}"),
        "decide": ("vera", f"/settle/{both}"),
        "copying": ("gleb", f"/copying/{copy}"),
        "verify": ("boris", f"/verify/{seen}"),
        "done": ("gleb", f"/keyin/{done}/done"),
        "work": ("boris", "/work"),
    }
    return lambda: made


def test_taking_back_what_was_copied_has_no_barrier(desks: Desks, axe: str) -> None:
    work = desks.work(91)
    desks.crew.settled(work, readers=("vera", "gleb"))
    desks.crew.do("anna", assignments.take, work, "copier")
    desks.crew.do("anna", copying.finish, work)
    page = desks.at("anna", "/work")
    page.set_viewport_size({"width": 360, "height": 800})
    page.locator("details.fold summary").last.click()
    page.locator(f"a[href='/work/{work}/back/copier']").click()
    found = faults(page, axe)
    page.locator("main [data-primary]").click()
    expect(page.locator(".error-summary, [role=alert]").first).to_be_focused()
    found += faults(page, axe)
    page.fill("#reason", "нажато рано")
    page.locator("main [data-primary]").click()
    page.wait_for_url(f"**/copying/{work}")
    assert not found, "\n".join(found)


def test_the_same_answers_of_many_copies_are_verified_beside_each_other(
    desks: Desks, axe: str
) -> None:
    for number, answer in ((92, "7"), (93, "7"), (94, "1")):
        work = desks.work(number)
        desks.crew.settled(work, readers=("vera", "gleb"), t2=answer)
        desks.crew.copied(work, "anna")
        desks.picture(work, number)
    page = desks.at("boris", "/verify")
    page.locator("form[action$='/take'] button", has_text="по ответам").click()
    page.wait_for_url("**/verify/answers/*")
    found = faults(page, axe)
    assert page.evaluate("[...document.images].every((one) => one.naturalWidth > 0)")
    page.locator("nav[aria-label='Задания'] a", has_text="2").first.click()
    page.set_viewport_size({"width": 360, "height": 800})
    page.keyboard.press("Tab")
    tiles = page.locator("input[name=odd]")
    same = tiles.count() - 1  # less one, because copies of other tests wait here too
    tiles.first.focus()
    page.keyboard.press("Space")
    found += faults(page, axe)
    page.locator("main [data-primary]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**after=2")
    assert same >= 2
    expect(page.locator("body")).to_contain_text(re.compile(rf"\b{same} ответ"))
    assert not found, "\n".join(found)
