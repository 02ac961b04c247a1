"""The whole day of a Braille work by keyboard and ear: from the count of the package to the act of
hand-over, each person at an own browser, without a look at the screen."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from examday.braille.encode import encode
from examday.domain.people.roles import Actor, Role
from examday.domain.scans.pages import PageState, ScanState
from examday.paper import trial
from examday.services.people.hashes import hash_secret
from examday.services.recognition import readers
from examday.services.scans.files import opening
from examday.storage.tables import Booklet, Page, ScanFile
from tests import day
from tests.braille.test_receipt import package
from tests.browser.fixtures import Station
from tests.by_ear import ByEar
from tests.conftest import PASSWORD
from tests.notebooks import notebook
from tests.one_work import head
from tests.transfer_day import Hands

pytestmark = [pytest.mark.slow, pytest.mark.release]
PEOPLE = {
    "head": Role.SITE_HEAD,
    "tech": Role.TECHNICAL_SPECIALIST,
    "board": Role.EXAM_BOARD_MEMBER,
    "chair": Role.BRAILLE_CHAIR,
    **dict.fromkeys(("anna", "boris", "vera"), Role.BRAILLE_TRANSCRIBER),
}
ANSWERS = ["1 река", "2 135", "3 мел", "4 2,5", "5 кислород"]
ESSAY = ["27 Добро не ждёт награ-", "ды от людей."]
SLIP = {"2 135": "2 136"}
WRITTEN = {"1": "РЕКА", "2": "135", "3": "МЕЛ", "4": "2,5", "5": "КИСЛОРОД"}
"""As the answers stand on the copy, which the listener must be told."""
MOST_HEARD = 3
"""Announcements for an answer without a question: more, and the next one drowns in them."""


@dataclass
class Commission:
    """A commission with one notebook in its package."""

    crew: Hands
    station: Station
    browser: Browser
    axe: str
    work: str
    people: dict[str, ByEar] = field(default_factory=dict)
    sent: int = 0

    def at(self, login: str, part: str = "") -> ByEar:
        """This person, in this part of the program: a link of the menu."""
        if login not in self.people:
            context = self.browser.new_context(viewport={"width": 1280, "height": 900})
            self.people[login] = ByEar(context.new_page(), self.axe)
            self.people[login].log_in(self.station.url, login, PASSWORD)
        who = self.people[login]
        if part:
            who.go(f"^link . {part}$", menu=True)
            who.send()
            who.opened({"Тифлокомиссия": "Комиссия тифлопереводчиков"}.get(part, part))
        return who

    def take_in(self) -> None:
        """What the station does with new files in the background."""
        store = self.station.store
        with store.read() as uow:
            queued = select(ScanFile.id).where(ScanFile.state == ScanState.QUEUED)
            waiting = list(uow.session.scalars(queued))
        for scan_id in waiting:
            opening.process(store, scan_id)
        with store.read() as uow:
            copies = select(Page.id).where(
                Page.booklet_id == self.work,
                Page.role == "copy",
                Page.state == PageState.ATTACHED,
            )
            pages = list(uow.session.scalars(copies))
        for page_id in pages:
            readers.process_page(store, page_id)


@pytest.fixture
def commission(
    serve: Callable[[bool], Station], chromium: Browser, axe: str
) -> Iterator[Commission]:
    station = serve(False)
    secret = hash_secret(station.store.settings, PASSWORD)
    people = {
        who: day.person(station.store, who, role, password_hash=secret)
        for who, role in PEOPLE.items()
    }
    crew = Hands(station.store, people)
    work = notebook(crew, (), ["учебный", "участник"], ANSWERS, ESSAY)
    package(crew, work)
    with station.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).code = trial.kit_code(501)
        uow.record("test:code", f"booklet:{work}")  # type: ignore[arg-type]
    made = Commission(crew, station, chromium, axe, work)
    yield made
    for person in made.people.values():
        person.page.context.close()
        assert not person.errors
        assert not person.barriers, "\n".join(person.barriers)


@pytest.mark.parametrize("overlap_ms", [0, 12])
def test_a_notebook_goes_from_the_count_to_the_act_by_keyboard_and_ear(
    commission: Commission, overlap_ms: int
) -> None:
    take_over_and_give_out(commission)
    anna = go_on(commission, "anna")
    describe_the_scans(anna)
    key_in(anna, {}, overlap_ms)
    key_in(go_on(commission, "boris"), SLIP, overlap_ms)
    settle(commission)
    copy(commission, WRITTEN | {"4": "2,6"})
    assert verify(commission, {"Задание 4": "2,6"}).startswith("Не совпало 1 поле")
    copy_again(commission)
    verify(commission, {})
    assert commission.crew.state(commission.work) == "verified"
    sign(commission)
    hand_over(commission)
    for login, who in commission.people.items():
        print(f"{login}: {who.all.keys} keys, {len(who.all.said)} announcements")


def take_over_and_give_out(commission: Commission) -> None:
    """The chair counts the envelopes of the package and gives both readers the work."""
    chair = commission.at("chair")
    assert "Комиссия" in chair.page.title()
    chair.go("button . Я на месте")
    chair.send()
    assert chair.here() == "generic | Записано: на месте. Рабочее время считается с этой минуты."
    commission.at("chair", "Упаковка")
    chair.go("link . P ")
    chair.send()
    assert chair.opened("Пакет") == "textbox | конверты", "the count is the first thing"
    assert "конверты: 1" not in chair.read(), "nobody reads the number off before counting"
    chair.type("1")
    chair.send()
    assert chair.here() == "generic | Теперь конверты у вас на руках."
    chair.go("^link . Тифлокомиссия", back=True)
    chair.send()
    for part, who in (("первый ввод", "anna"), ("второй ввод", "boris")):
        chair.choose(f"combobox . {part} : 101-1А", who)
        assert chair.go("button . Выдать").endswith(f"Выдать : 101-1А, {part}")
        chair.send()
        assert chair.here() == f"generic | Работа 101-1А выдана, {part}: {who}"


def go_on(commission: Commission, login: str) -> ByEar:
    """A person goes on with what was begun or given out."""
    who = commission.at(login, "Моё дело")
    assert who.go("link . Продолжить") == "link | Продолжить начатое"
    who.send()
    return who


def describe_the_scans(who: ByEar) -> None:
    """What was proposed is right: the sheets are counted, and it is recorded."""
    who.opened("Страницы тетради")
    said = who.read()
    assert "Скан 1 из 4: пусто" in said and "Скан 3 из 4: Брайль, 5 строк" in said
    assert "страница ответов 2 — скан 4" in said, "the order is heard, not seen"
    who.go("textbox . С каких листов")
    who.type("4")
    who.go("button . Записать опись страниц")
    who.send()
    desk = who.opened("Стол тифлопереводчика")
    assert desk.startswith("textbox | Запись тетради"), "the field is the first stop"
    assert "Опись страниц записана" in desk, "what was done is told there"


def key_in(who: ByEar, slips: Mapping[str, str], overlap_ms: int) -> None:
    """The whole notebook with six keys, without an echo; a slip is one wrong cell."""
    who.opened("Стол тифлопереводчика")
    who.choose("^radio . обычный текст", "шесть клавиш")
    who.choose("^radio . букву", "ничего")
    if overlap_ms:
        who.go("^checkbox . Я пишу быстро")
        who.press("Space")
    who.go("^textbox . Запись", back=True)
    who.live()
    for number, line in enumerate([*ANSWERS, *ESSAY], 2):
        keys = who.all.keys
        end = {"at_once": "Enter"} if overlap_ms else {}
        who.braille(encode(slips.get(line, line)), overlap_ms, **end)
        if not end:
            who.press("Enter")
        heard = who.live()
        assert heard == [f"строка {number}"] and len(heard) <= MOST_HEARD, line
        print(f"{line}: {who.all.keys - keys} keys, {len(heard)} announcements")
    struck = [encode(slips.get(line, line)) for line in [*ANSWERS, *ESSAY]]
    entered = who.page.input_value("[data-sixkey]").splitlines()
    assert entered == ["".join(chr(0x2800 + dots) for dots in cells) for cells in struck]
    before = len(who.all.said)
    who.send("Control+Enter")
    who.opened("Ответы")
    assert "Без вопросов: 5 ответов" in who.read()
    who.go("button . Сдать ввод")
    who.send()
    sealed = who.opened("Сдано")
    assert sealed.startswith("generic | Ваш ввод запечатан"), "said once, with what it means"
    heard_more = (len(who.all.said) - before) / len(ANSWERS)
    print(f"from the desk to the seal: {heard_more:.1f} announcements an answer")
    assert 1 + heard_more <= MOST_HEARD


def settle(commission: Commission) -> None:
    """The third person hears one field, gives an own reading, and decides."""
    vera = commission.at("vera", "Моё дело")
    vera.go("button . Разобрать следующую")
    vera.send()
    assert vera.opened("Разногласия") == "textbox | Задание 2", "the one field that differs"
    assert "136" not in vera.read()
    vera.type("135")
    vera.go("button . Я читаю так")
    vera.send()
    decide = vera.opened("Разногласия")
    assert decide == "radio | Я читаю 135 даёт клетки, которые увидела программа | checked"
    vera.go("button . Решить")
    vera.send()
    assert vera.here() == "generic | Разногласия разрешены. Вот следующая работа."


def copy(commission: Commission, written: Mapping[str, str]) -> None:
    """The copying sheet is read by finger, the form is written after it, and its scan sent in."""
    vera = commission.at("vera")
    vera.opened("Лист для переноса")
    assert "Задание 1 РЕКА" in vera.read()
    vera.go("button . Напечатать лист")
    vera.send()
    vera.opened("Лист для переноса")
    sheet = by_finger(vera)
    assert "REKA" in sheet.upper() and "#ACE" in sheet, "values are words and numbers"
    vera.go("link . ← Назад", back=True)
    vera.send()
    vera.opened("101-1А")
    vera.go("link . Перенести на стандартный бланк")
    vera.send()
    finish_copy(commission, written)


def copy_again(commission: Commission) -> None:
    """What was not right last time is heard first; all is written once more."""
    vera = go_on(commission, "vera")
    vera.opened("Лист для переноса")
    assert re_heard(vera, "в прошлый раз не совпало 1 поле") < re_heard(vera, "Верх бланка")
    finish_copy(commission, WRITTEN)


def re_heard(who: ByEar, words: str) -> int:
    """Where on the page this is heard."""
    said = who.read()
    assert words in said
    return said.index(words)


def finish_copy(commission: Commission, written: Mapping[str, str]) -> None:
    vera = commission.at("vera")
    vera.go("button . Стандартный бланк заполнен")
    vera.send()
    assert vera.here().startswith("generic | Перенесено.")
    tech = commission.at("tech", "Сканы")
    tech.page.set_input_files("#files", sheets(commission, written))
    tech.go("button . Отправить файлы")
    tech.send()
    commission.take_in()
    assert commission.crew.state(commission.work) == "copy_scanned"


def sheets(commission: Commission, written: Mapping[str, str]) -> Sequence[dict[str, object]]:
    """Pictures of the copy, as a scanner would make them; no two are the same to a byte."""
    commission.sent += 1
    files = []
    for form, answers in (
        ("answer-form-1.2022", {**head(), **written}),
        ("answer-form-2-sheet-1.2022", {}),
    ):
        kept = io.BytesIO()
        code = commission.crew.booklet(commission.work).code
        picture = trial.draw(code, "A4", 150, answers=answers, form=form)
        picture.save(kept, "JPEG", dpi=(150, 150), quality=90 - commission.sent)
        name = f"{commission.sent}-{form}.jpg"
        files.append({"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()})
    return files


def verify(commission: Commission, wrong: Mapping[str, str]) -> str:
    """A second person says of each field that was not folded whether it is the same; what is heard
    after the hand-in."""
    boris = commission.at("boris", "Моё дело")
    boris.go("(button . Сверить следующую|link . Продолжить начатое)")
    boris.send()
    boris.opened("Сверка")
    while not (
        stop := boris.go("radio . совпадает|checkbox . Копия|button . Сдать сверку")
    ).startswith("button"):
        boris.press("Space")
        field = stop.rpartition(" : ")[2]
        if field in wrong:
            boris.press("ArrowDown")
            boris.go("textbox . На копии стоит")
            boris.type(wrong[field])
        boris.press("Tab")
    boris.send()
    return boris.here().removeprefix("generic | ")


def sign(commission: Commission) -> None:
    """Whoever copied and the chair hear what they sign, and sign with the own secret."""
    for login, slot in (("vera", "тифлопереводчик"), ("chair", "председатель комиссии")):
        who = commission.at(login, "Подписи")
        # By the words above the list, where the button says «первую»: a listener takes the first
        # way there is.
        who.go("link . Прочитать и подписать первую")
        who.send()
        who.opened("Подписи")
        assert "Из 5 заданий с ответом 5" in who.read()
        who.go("textbox . Ваш PIN")
        who.type(PASSWORD)
        who.send()
        assert who.here().startswith(f"generic | Подписано: {slot}")
    assert commission.crew.state(commission.work) == "certified"


def hand_over(commission: Commission) -> None:
    """The act of hand-over, read by finger before it is signed."""
    chair = commission.at("chair", "Тифлокомиссия")
    chair.choose("combobox . Какой документ", "Акт передачи")
    chair.go("button . Сделать документ")
    chair.send()
    chair.opened("Акт передачи")
    act = by_finger(chair)
    assert "RABOT! :RIFTOM ^BRA&L$ #A" in act and "ZAWERENA" in act


def by_finger(who: ByEar) -> str:
    """The paper that was just made, as the Braille file that a display shows."""
    assert who.here().startswith("generic | Документ готов")
    who.go("link . Брайль .BRF.")
    with who.page.expect_download() as given:
        who.press("Enter")
    return given.value.path().read_text(encoding="ascii")
