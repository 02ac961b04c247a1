"""A translator who cannot see keys in a whole notebook: keyboard alone, and everything that must
be heard is heard.

What a screen reader says is taken from the browser's accessibility tree (name, role and
description of what has the focus) and from the live regions; it is compared with sentences written
down here by hand.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select

from examday.braille.cells import masks
from examday.braille.encode import encode
from examday.domain.braille.notebook import Leaf, Part, Pile
from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Value
from examday.services.braille.desk.hand_in import hand_in
from examday.services.braille.notebook import statement
from examday.services.braille.notebook.sorting import sorting
from examday.services.people.hashes import hash_secret
from examday.services.transfer import assignments
from examday.services.transfer.readings import find
from examday.services.transfer.settling import own_reading
from examday.storage.tables import Booklet
from examday.storage.tables import Page as PageRow
from examday.storage.tables_braille import EntryHabit
from tests import day
from tests.browser.checks import faults
from tests.browser.fixtures import Station
from tests.by_ear import ByEar
from tests.conftest import PASSWORD
from tests.notebooks import notebook
from tests.transfer_day import Hands

pytestmark = pytest.mark.slow
EMBOSSED = ["1 река", "2 135", "3 мел"]
KEYS = "FDSJKL"
AFTER_ECHO = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(window.heard.splice(0)))))"""
"""The echo is said with the next frame that is drawn: this answers one frame later."""
LISTEN = """() => { window.heard = []; const region = document.querySelector('[data-echo]');
  new MutationObserver(() => window.heard.push(region.textContent)).observe(region, {childList: true}); }"""


@dataclass
class Reader:
    """A person at a keyboard whose screen reader follows the focus."""

    page: Page
    axe: str
    barriers: list[str] = field(default_factory=list)

    def focus_said(self) -> str:
        """Role, name and description of what has the focus, as the accessibility tree holds them."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        focused = [
            node
            for node in nodes
            if node["role"]["value"] != "RootWebArea"
            and any(
                p["name"] == "focused" and p["value"].get("value")
                for p in node.get("properties", [])
            )
        ]
        assert len(focused) == 1, "one thing has the focus"
        [node] = focused
        return " | ".join(
            node.get(part, {}).get("value", "") for part in ("role", "name", "description")
        ).rstrip(" |")

    def tab_to(self, target: str, back: bool = False) -> str:
        """Go on by Tab until the focus is there; what is heard there."""
        for _step in range(120):
            if self.page.evaluate("(target) => document.activeElement.matches(target)", target):
                return self.focus_said()
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no way by keyboard to {target}")

    def arrive(self, title: str) -> None:
        """A page has opened: its title is heard first, and nothing on it is in the way."""
        expect(self.page).to_have_title(re.compile(title))
        self.page.wait_for_load_state()
        for width in (320, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.barriers += [
                f"{title}, {width} px: {fault}" for fault in faults(self.page, self.axe)
            ]

    def chord(self, dots: int) -> None:
        """One cell with six keys; a blank is the space bar."""
        keys = [f"Key{key}" for place, key in enumerate(KEYS) if dots >> place & 1]
        for key in keys:
            self.page.keyboard.down(key)
        for key in reversed(keys):
            self.page.keyboard.up(key)
        if not keys:
            self.page.keyboard.press("Space")

    def line(self, cells: tuple[int, ...]) -> None:
        for dots in cells:
            self.chord(dots)
        self.page.keyboard.press("Enter")

    def choose(self, name: str, value: str) -> None:
        """A radio button by arrow keys."""
        self.tab_to(f"input[name='{name}']")
        for _step in range(8):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(value)

    def heard(self) -> list[str]:
        """What the live region has said since the last time."""
        return list(self.page.evaluate(AFTER_ECHO))


@pytest.fixture(scope="module")
def crew(serve: Callable[[bool], Station]) -> Hands:
    """A point with two translators; two notebooks, the first with its pages stated and read by the
    machine."""
    station = serve(False)
    secret = hash_secret(station.store.settings, PASSWORD)
    people = {
        who: day.person(station.store, who, role, password_hash=secret)
        for who, role in (
            ("head", Role.SITE_HEAD),
            ("anna", Role.BRAILLE_TRANSCRIBER),
            ("boris", Role.BRAILLE_TRANSCRIBER),
            ("vera", Role.BRAILLE_TRANSCRIBER),
        )
    }
    station.password = PASSWORD
    crew = Hands(station.store, people)
    crew.station = station  # type: ignore[attr-defined]
    first = notebook(crew, EMBOSSED, ["4 дом"])
    crew.do("boris", assignments.take, first, "second")
    state_pages(crew, "boris", first)
    crew.first = first  # type: ignore[attr-defined]
    notebook(crew, EMBOSSED[:1], read=False)
    return crew


def state_pages(crew: Hands, who: str, work: str) -> None:
    """This person has stated that all pages are answers, in scan order."""
    with crew.store.read() as uow:
        pages = uow.session.scalars(
            select(PageRow.id)
            .where(PageRow.booklet_id == work)
            .order_by(PageRow.order, PageRow.number, PageRow.id)
        )
        leaves = [Leaf(page, Part.ANSWER, number) for number, page in enumerate(pages, 1)]
    with crew.store.begin(crew.actor(who)) as uow:
        counted = dict.fromkeys(sorting(uow, work).expected, 1)
        statement.state(uow, work, leaves, Pile(len(leaves), 1), counted, "титула нет")


@pytest.fixture
def reader(crew: Hands, chromium: Browser, axe: str) -> Iterator[Reader]:
    page = chromium.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    ).new_page()
    with crew.store.begin(Actor.system("test")) as uow:
        # everybody is new at the desk, so that the first questions are asked
        uow.session.execute(delete(EntryHabit))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{crew.station.url}/login")  # type: ignore[attr-defined]
    yield Reader(page, axe)
    page.context.close()
    assert not errors


def test_the_whole_journey_of_a_translator_who_cannot_see(reader: Reader, crew: Hands) -> None:
    page, keys = reader.page, reader.page.keyboard
    _log_in_and_open_the_desk(reader)
    _test_the_keyboard(reader)
    _key_in(reader)
    _choose_the_answers(reader)
    assert "запечатан" in page.inner_text(":focus"), "that it is sealed is heard first"
    _walk_the_cells(reader)
    assert (
        reader.tab_to("main [data-primary]", back=True) == "button | Взять следующую работу на ввод"
    )
    keys.press("Enter")
    reader.arrive("Страницы тетради")
    assert not reader.barriers, "\n".join(reader.barriers)
    assert _sealed(crew) == {"1": "РЕКА", "2": "135", "3": "МЕЛ"}


def test_the_picture_goes_with_the_line_of_the_text(reader: Reader, crew: Hands) -> None:
    page, keys = reader.page, reader.page.keyboard
    page.fill("#login", "boris")
    page.fill("#password", PASSWORD)
    keys.press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/login"))
    page.goto(f"{crew.station.url}/braille/{crew.first}")  # type: ignore[attr-defined]
    shown = page.locator(".viewer img")
    first_page = shown.get_attribute("src")
    page.focus("#text")
    keys.type("1 река\n2 135")
    second_line = _marked(page)
    keys.press("ArrowUp")
    assert _marked(page) < second_line, (
        "the line above in the text is the line above on the picture"
    )
    keys.press("Alt+]")  # titles are typed by nobody, so the picture is set right by a line
    expect(page.locator("#text")).to_be_focused()
    assert _marked(page) == second_line
    keys.press("Alt+[")
    keys.press("Control+End")
    keys.type("\n3 мел\n4 дом")
    expect(page.locator("button[value='page:2']")).to_have_attribute("aria-current", "page")
    assert shown.get_attribute("src") != first_page, "the fourth line stands on the second page"
    assert page.input_value("[name=page]") == "2", "saving comes back to the page in view"
    page.focus("button[value='page:1']")
    keys.press("Enter")
    assert shown.get_attribute("src") == first_page and page.input_value("#text").endswith("4 дом")
    page.focus("#text")
    assert "клетка" in page.locator("#own-cells .sr").last.inner_text()


def test_the_third_person_settles_with_the_cells_beside_the_picture(
    reader: Reader, crew: Hands
) -> None:
    work = notebook(crew, EMBOSSED)
    for who, part, text in (("anna", "first", "135"), ("boris", "second", "136")):
        crew.do(who, assignments.take, work, part)
        if part == "first":
            state_pages(crew, who, work)
        answers = {"1": Value("река"), "2": Value(text), "3": Value("мел")}
        crew.do(who, hand_in, work, "\n".join(EMBOSSED), answers)
    crew.do("vera", assignments.take, work, "arbiter")
    crew.do("vera", own_reading.give_own, work, {"2": Value("135")})
    page, keys = reader.page, reader.page.keyboard
    page.fill("#login", "vera")
    page.fill("#password", PASSWORD)
    keys.press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/login"))
    page.goto(f"{crew.station.url}/settle/{work}")  # type: ignore[attr-defined]
    reader.arrive("решение")
    expect(page.locator("[name='c:2'][value=own]")).to_be_focused()
    expect(page.locator(".viewer .box")).to_be_visible()
    assert (
        reader.tab_to("[role=gridcell]", back=True)
        == "gridcell | строка 2, клетка 4: точки 3 4 5 6, цифровой знак"
    )
    keys.press("End")
    assert reader.focus_said() == "gridcell | строка 2, клетка 7: точки 1 5, 5"
    assert page.inner_text("[data-cell-said]") == "строка 2, клетка 7: точки 1 5, 5", (
        "those who see read the same"
    )
    assert not reader.barriers, "\n".join(reader.barriers)
    reader.tab_to("[name='c:2'][value=own]")
    keys.press("Enter")
    keys.press("Enter")
    # The next work opens by itself: nobody else is there to copy this one.
    page.wait_for_url(f"**/copying/{work}")
    assert crew.state(work) == "settled"


def at_the_desk(reader: Reader, crew: Hands) -> ByEar:
    """Vera, at the desk of a notebook that she transcribes."""
    work = notebook(crew, EMBOSSED, read=False)
    crew.do("vera", assignments.take, work, "first")
    state_pages(crew, "vera", work)
    writer = ByEar(reader.page, reader.axe)
    writer.log_in(crew.station.url, "vera", PASSWORD)  # type: ignore[attr-defined]
    reader.page.goto(f"{crew.station.url}/braille/{work}")  # type: ignore[attr-defined]
    return writer


def test_a_fast_writer_is_read_right_and_hears_little(reader: Reader, crew: Hands) -> None:
    """Keys of one cell are down while the last one is not up yet, over blanks and line ends too."""
    writer = at_the_desk(reader, crew)
    writer.choose("^radio . обычный текст", "шесть клавиш")
    writer.choose("^radio . букву", "ничего")
    writer.go("^checkbox . Я пишу быстро")
    writer.press("Space")
    writer.go("^textbox . Запись", back=True)
    writer.live()
    for line in EMBOSSED:
        writer.braille(encode(line), overlap_ms=12, at_once="Enter")
        assert len(writer.live()) <= 3, "more, and the next answer drowns in them"
    shown = reader.page.input_value("#text").split("\n")
    assert shown == ["".join(chr(0x2800 + dots) for dots in encode(line)) for line in EMBOSSED] + [
        ""
    ]


def test_whatever_goes_wrong_at_the_desk_is_said(reader: Reader, crew: Hands) -> None:
    """Erasing, foreign files, a station that is away: none of it is met by silence."""
    work = notebook(crew, EMBOSSED, read=False)
    crew.do("vera", assignments.take, work, "first")
    state_pages(crew, "vera", work)
    writer = ByEar(reader.page, reader.axe)
    writer.log_in(crew.station.url, "vera", PASSWORD)  # type: ignore[attr-defined]
    desk = f"{crew.station.url}/braille/{work}"  # type: ignore[attr-defined]
    reader.page.goto(desk)
    assert "Сейчас: обычный текст" in writer.here(), "the way of entry is said on arrival"
    writer.type("1 река\n2 1а5\n3 b")
    writer.live()
    for keys, said in (
        (("Backspace",), "удалено: b"),
        (("Shift+ArrowLeft", "Delete"), "удалено: пусто"),
        (("Shift+Home", "Shift+ArrowLeft", "Backspace"), "удалено: конец строки 3"),
        (("Control+A", "Delete"), "удалено знаков: 12"),
    ):
        writer.press(*keys)
        assert writer.live() == [said], keys
    writer.type("1 река\n2 1а5")
    for name, data, said in (
        ("тест.brf", "1 рЪ".encode(), "не файл Брайля"),
        ("x.brf", b"A" * 200_001, "длиннее любой работы"),
        ("empty.brf", b" \n", "не файл Брайля"),
    ):
        file = {"name": name, "mimeType": "text/plain", "buffer": data}
        reader.page.set_input_files("#brf", file)
        assert any(said in one for one in writer.live()), said
    assert reader.page.input_value("#text") == "1 река\n2 1а5", "nothing was put in or lost"
    writer.go("^textbox . Запись", back=True)
    writer.type("\n3 мел")
    with reader.page.expect_download() as given:
        writer.go("link . Моя запись в BRF")
        writer.press("Enter")
    assert "ME" in given.value.path().read_text(encoding="ascii"), "the last keystrokes are in it"
    writer.go("^textbox . Запись", back=True)
    reader.page.context.set_offline(True)
    for key in ("F3", "F4", "F8"):
        writer.press(key)
        expect(reader.page.locator("[data-echo]")).to_contain_text("Станция не отвечает")
        reader.page.evaluate("document.querySelector('[data-echo]').textContent = ''")
    reader.page.context.set_offline(False)


def test_the_way_of_entry_goes_along_with_the_person(
    reader: Reader, crew: Hands, chromium: Browser
) -> None:
    """Whoever goes on at another computer goes on in the same way; a colleague there does not."""
    work = notebook(crew, EMBOSSED, read=False)
    for who, part in (("vera", "first"), ("anna", "second")):
        crew.do(who, assignments.take, work, part)
    state_pages(crew, "vera", work)
    station = crew.station.url  # type: ignore[attr-defined]
    here = ByEar(reader.page, reader.axe)
    here.log_in(station, "vera", PASSWORD)
    reader.page.goto(f"{station}/braille/{work}")
    with reader.page.expect_response(lambda answer: answer.url.endswith("/braille/way")):
        here.press("F2")
    assert here.live() == ["шесть клавиш вместе"]
    assert "Сейчас: шесть клавиш вместе" in here.here()
    for who, way in (("vera", "шесть клавиш вместе"), ("anna", "обычный текст")):
        page = chromium.new_context().new_page()
        there = ByEar(page, reader.axe)
        there.log_in(station, who, PASSWORD)
        page.goto(f"{station}/braille/{work}")
        assert f"Сейчас: {way}" in there.here(), who
        page.context.close()


def test_what_is_doubtful_is_heard_first_and_in_few_stops(reader: Reader, crew: Hands) -> None:
    """Fourteen answers, one of them doubtful and one with an open hyphen: the others are one stop."""
    work = notebook(crew, EMBOSSED, read=False)
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).exam.tasks = 14
        uow.record("test:tasks", f"booklet:{work}")
    crew.do("vera", assignments.take, work, "first")
    state_pages(crew, "vera", work)
    writer = ByEar(reader.page, reader.axe)
    writer.log_in(crew.station.url, "vera", PASSWORD)  # type: ignore[attr-defined]
    reader.page.goto(f"{crew.station.url}/braille/{work}")  # type: ignore[attr-defined]
    lines = [f"{n} дом" for n in range(1, 13)] + ["13 что-", "то", "14 бе"]
    written = ("".join(chr(0x2800 + dots) for dots in encode(line)) for line in lines)
    writer.page.keyboard.insert_text("\n".join(written))
    writer.send("Control+Enter")
    heard = writer.opened(r"^(\(\d+\) )?Проверьте: 2. Ответы")
    assert heard.startswith("group | Задание 13: чтото"), "the first is heard at once, with why"
    assert "слитно или через дефис" in heard
    stops = len(writer.all.said)
    writer.go("^button . Сдать ввод")
    assert len(writer.all.said) - stops <= 8
    assert not writer.barriers


def test_shift_f3_goes_to_the_doubtful_answer_before(reader: Reader, crew: Hands) -> None:
    writer = at_the_desk(reader, crew)
    writer.type("88 река\n2 135\n99 мел\n3 мел")
    for key, line in (("Shift+F3", 3), ("Shift+F3", 1), ("Shift+F3", 3), ("F3", 1)):
        writer.press(key)
        expect(reader.page.locator("[data-echo]")).to_contain_text(f"строка {line}.")
        before = "el => el.value.slice(0, el.selectionStart).split('\\n').length"
        assert reader.page.locator("#text").evaluate(before) == line


def _marked(page: Page) -> float:
    """Where on the page picture the marked line begins, as a share of its height."""
    return float(
        page.evaluate("""() => parseFloat(document.querySelector('.viewer .box').style.top)
      / document.querySelector('.viewer img').clientHeight""")
    )


def _log_in_and_open_the_desk(reader: Reader) -> None:
    keys = reader.page.keyboard
    reader.arrive("Войти")
    assert reader.focus_said() == "textbox | Логин"
    keys.type("anna")
    assert reader.tab_to("#password") == "textbox | Пароль"
    keys.type(PASSWORD)
    keys.press("Enter")
    reader.page.wait_for_url(lambda address: not address.endswith("/login"))
    assert reader.tab_to("nav a[href$='/work']") == "link | Моё дело"
    keys.press("Enter")
    reader.arrive("Моё дело")
    assert reader.tab_to("main [data-primary]").startswith(
        "button | Взять следующую работу на ввод"
    )
    keys.press("Enter")
    reader.arrive("Стол тифлопереводчика")


def _test_the_keyboard(reader: Reader) -> None:
    """A three-key keyboard: it is told so, and the other ways of entering are named."""
    page, keys = reader.page, reader.page.keyboard
    assert reader.tab_to("a[href*='/braille/keyboard']") == "link | Проверить клавиатуру"
    keys.press("Enter")
    reader.arrive("Проверить клавиатуру")
    assert (
        reader.tab_to("[data-rollover]") == "textbox | Встаньте сюда и нажмите вместе F D S J K L"
    )
    for key in "FDS":
        keys.down(f"Key{key}")
    told = page.get_by_role("status")
    expect(told).to_contain_text("Вместе дошло клавиш: 3.")
    expect(told).to_contain_text("по одной или номерами точек")
    for key in "FDS":
        keys.up(f"Key{key}")
    assert reader.tab_to("main .crumb a", back=True) == "link | ← Назад к записи"
    keys.press("Enter")
    reader.arrive("Стол тифлопереводчика")


def _key_in(reader: Reader) -> None:
    """Three answers, each with another echo; a slip is taken back with one key."""
    page, keys = reader.page, reader.page.keyboard
    page.evaluate(LISTEN)
    reader.choose("mode", "six")
    said = reader.tab_to("#text", back=True)
    assert "textbox | Запись тетради | Сейчас: шесть клавиш вместе Шесть клавиш F D" in said, said
    reader.line(encode("1 река"))
    assert _cells_heard(reader) == [
        "цифровой знак", "1", "пусто", "р", "е", "к", "а", "строка 2"
    ]  # fmt: skip
    keys.down("KeyF")  # the focus leaves in the middle of a chord: the key-up is lost
    keys.press("Tab")
    keys.up("KeyF")
    reader.choose("echo", "both")
    reader.tab_to("#text", back=True)
    for dots in encode("2 13"):
        reader.chord(dots)
    reader.chord(masks("145")[0])
    keys.press("Backspace")
    reader.chord(masks("15")[0])
    keys.press("Enter")
    assert _cells_heard(reader)[-4:] == [
        "4, точки 1 4 5",
        "удалено: 4, точки 1 4 5",
        "5, точки 1 5",
        "строка 3",
    ]
    for key, said in (
        ("F9", "строка 3 из 3, клетка 1"),
        ("F4", "пустая строка"),
        ("F2", "по одной"),
        ("Shift+F2", "шесть клавиш вместе"),
    ):
        keys.press(key)
        assert said in _cells_heard(reader)[-1], key
    keys.press("ArrowUp")
    keys.press("F4")
    expect(page.locator("[data-echo]")).to_contain_text("135")
    reader.heard()
    keys.press("Control+End")
    reader.choose("echo", "none")
    reader.choose(
        "mode", "single"
    )  # what a three-key keyboard cannot give at once goes one key after the other
    reader.tab_to("#text", back=True)
    for dots in encode("4 мел"):
        for place, key in enumerate(KEYS):
            if dots >> place & 1:
                keys.press(f"Key{key}")
        keys.press("Space")
    assert reader.heard() == [], "no echo is no echo"
    assert page.input_value("#text").split("\n") == [
        "".join(chr(0x2800 + dots) for dots in encode(text))
        for text in ("1 река", "2 135", "4 мел")
    ]
    _own_cells(reader)
    _a_line_that_is_no_braille(reader)


def _cells_heard(reader: Reader) -> list[str]:
    """The echo of single cells; several may have been told in one breath."""
    return [cell for text in reader.heard() for cell in text.split("; ")]


def _own_cells(reader: Reader) -> None:
    """The cells of the own line, from the keyboard, and back to the text; nothing of the machine
    is there yet."""
    keys = reader.page.keyboard
    expect(reader.page.locator("#own-cells [role=rowheader]")).to_contain_text("3")
    assert (
        reader.tab_to("#own-cells [role=gridcell]")
        == "gridcell | строка 3, клетка 1: точки 3 4 5 6, цифровой знак"
    )
    keys.press("ArrowRight")
    assert reader.focus_said() == "gridcell | строка 3, клетка 2: точки 1 4 5, 4"
    keys.press("End")
    assert reader.focus_said() == "gridcell | строка 3, клетка 6: точки 1 2 3, л"
    keys.press("Escape")
    assert reader.focus_said().startswith("textbox | Запись тетради")


def _a_line_that_is_no_braille(reader: Reader) -> None:
    """A slip is named with its line, before anything else is heard, and nothing that was typed is
    lost."""
    page, keys = reader.page, reader.page.keyboard
    typed = page.input_value("#text")
    keys.press("Escape")  # out of the six keys first, or letters would be dots
    keys.type("\n11-3")
    reader.tab_to("main [data-primary]")
    keys.press("Enter")
    reader.arrive("^Ошибка: Стол тифлопереводчика")
    assert reader.focus_said().startswith("alert | Пока не принято")
    assert "Строка 4: «11» — не Брайль" in page.inner_text(":focus")
    assert reader.tab_to("[data-focus] a").startswith("link | Строка 4")
    keys.press("Enter")
    said = reader.focus_said()
    assert said.startswith("textbox | Запись тетради"), said
    # On the line that is named, and not behind the last one: the next key must hit the mistake.
    for key in ("Shift+End", "Delete", "Backspace"):
        keys.press(key)
    assert page.input_value("#text") == typed


def _choose_the_answers(reader: Reader) -> None:
    page, keys = reader.page, reader.page.keyboard
    assert reader.tab_to("main [data-primary]") == "button | К ответам"
    keys.press("Enter")
    reader.arrive("Ответы")
    folded = page.locator(".plain-answers > summary")
    assert folded.inner_text() == "Без вопросов: 3 ответа"
    assert reader.tab_to(".plain-answers > summary").endswith("Без вопросов: 3 ответа")
    keys.press("Enter")
    legends = page.locator(".plain-answer > legend").all_inner_texts()
    assert legends == ["Задание 1: река", "Задание 2: 135", "Задание 4: мел"]
    assert "Изменить : Задание 4" in reader.tab_to(".plain-answer:nth-of-type(3) summary")
    keys.press("Enter")
    assert reader.tab_to("#task-2") == "combobox | Задание"
    keys.press("ArrowUp")  # one up, because the answer was given to task 4 and belongs to task 3
    assert page.input_value("#task-2") == "3"
    said = reader.tab_to("main [data-primary]")
    assert said.startswith("button | Сдать ввод"), said
    keys.press("Enter")
    reader.arrive("Сдано")


def _walk_the_cells(reader: Reader) -> None:
    """After the hand-in: what the machine saw, cell by cell, with the picture at each of them."""
    page, keys = reader.page, reader.page.keyboard
    assert (
        reader.tab_to("[role=gridcell]")
        == "gridcell | строка 1, клетка 1: точки 3 4 5 6, цифровой знак"
    )
    keys.press("ArrowDown")
    for _step in range(4):
        keys.press("ArrowRight")
    assert reader.focus_said() == "gridcell | строка 2, клетка 5: точки 1, 1"
    box, view = page.locator(".viewer .box").bounding_box(), page.locator(".viewer").bounding_box()
    assert box and view and view["x"] <= box["x"] <= view["x"] + view["width"]
    first = page.locator(".viewer .box").get_attribute("style")
    keys.press("ArrowRight")
    assert page.locator(".viewer .box").get_attribute("style") != first, "the picture goes along"


def _sealed(crew: Hands) -> dict[str, Any]:
    with crew.store.read() as uow:
        work = uow.session.scalars(select(Booklet).order_by(Booklet.id)).all()
        reading = next(r for one in work if (r := find(uow, one, "first")))
        return {task: reading.content["fields"][task]["text"] for task in "123"}
