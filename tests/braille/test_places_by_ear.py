"""A long answer is settled by place by somebody who hears it: keyboard and accessibility tree alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from examday.domain.people.roles import Role
from examday.services.people.hashes import hash_secret
from examday.services.transfer import readings
from examday.storage.tables import Booklet
from tests import day
from tests.browser.fixtures import Station
from tests.by_ear import ByEar
from tests.conftest import PASSWORD
from tests.notebooks import notebook
from tests.transfer_day import Hands

pytestmark = pytest.mark.slow
PAGE = (
    "27 добро не ждёт",
    "награды. оно приходит",
    "само в 1941 году, и мы",
    "узнаём его по делам",
)
ESSAY = "добро не ждёт награды. оно приходит само в 1941 году, и мы узнаём его по делам"
OTHER = ESSAY.replace("награды. оно приходит", "награду. она приводит").replace("1941", "1914")
PLACE = "Развёрнутый ответ, задание 27: место"


@dataclass
class Settling:
    """The third reader at a browser, and the work in dispute."""

    who: ByEar
    crew: Hands
    work: str


@pytest.fixture
def settling(serve: Callable[[bool], Station], chromium: Browser, axe: str) -> Iterator[Settling]:
    station = serve(False)
    secret = hash_secret(station.store.settings, PASSWORD)
    people = {
        who: day.person(station.store, who, Role.BRAILLE_TRANSCRIBER, password_hash=secret)
        for who in ("anna", "boris", "vera")
    }
    people["chair"] = day.person(station.store, "chair", Role.BRAILLE_CHAIR, password_hash=secret)
    day.person(station.store, "head", Role.SITE_HEAD, password_hash=secret)
    crew = Hands(station.store, people)
    work = notebook(crew, PAGE)
    crew.key_in(work, "anna", "first", crew.values(work, long=ESSAY))
    crew.key_in(work, "boris", "second", crew.values(work, long=OTHER))
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    who = ByEar(page, axe)
    who.log_in(station.url, "vera", PASSWORD)
    yield Settling(who, crew, work)
    page.context.close()
    assert not who.errors
    assert not who.barriers, "\n".join(who.barriers)


def test_a_listener_hears_each_place_reads_it_and_decides(settling: Settling) -> None:
    who = settling.who
    who.go("^link . Моё дело$", menu=True)
    who.send()
    who.opened("Моё дело")
    who.go("button . Разобрать следующую")
    who.send()
    keys, heard = who.all.keys, len(who.all.said)
    first = who.opened("Разногласия")
    assert first.startswith(f"textbox | {PLACE} 1 из 2 | страница 1, строка 2")
    assert first.endswith("после слов … добро не ждёт и перед словами само в …")
    page = who.read()
    assert "приходит" not in page and "приводит" not in page, "nothing that others read"
    who.type("награды. оно приходит")
    who.press("Enter")
    assert who.here().startswith(f"textbox | {PLACE} 2 из 2 | страница 1, строка 3 после слов")
    who.type("1941")
    assert "| 1941" in who.here(), "a figure is typed, and chooses nothing"
    who.press("Enter")
    assert who.here() == "button | Я читаю так: показать оба ввода"
    who.send()
    decide(who)
    print(f"two places: {who.all.keys - keys} keys, {len(who.all.said) - heard} announcements")
    with settling.crew.store.read() as uow:
        values = readings.values_of(readings.settled(uow, uow.get(Booklet, settling.work)))
    assert values["long:27"].text == ESSAY


def decide(who: ByEar) -> None:
    """Each place is decided by a key; a figure that is typed as something else chooses nothing."""
    first = who.opened("Разногласия")
    assert first == (
        "radio | Я читаю награды. оно приходит даёт клетки, которые увидела программа | checked"
    )
    assert "Знак 3: в первом вводе «41», во втором «14»." in who.read()
    who.press("Enter")
    assert who.here().startswith("radio | Я читаю 1941"), "on to the next place"
    who.go("DisclosureTriangle . .*: Развёрнутый ответ, задание 27: место 2")
    who.press("Enter")
    who.go("textbox . Что написано : Развёрнутый ответ, задание 27: место 2")
    who.type("1912")
    assert "| 1912" in who.here()
    who.go("radio . Я читаю 1941 .*checked", back=True)
    who.press("Enter")
    assert who.here() == "button | Решить"
    who.send()
    assert who.here().startswith("generic | Разногласия разрешены.")
