"""At a place of a typed long answer the machine's text is a third witness, after the own reading."""

from collections.abc import Callable

import pytest

from examday.domain.custody.lifecycle import Medium
from examday.domain.ledger import digest
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Value
from examday.domain.transfer.place_words import read_at
from examday.domain.transfer.readings import Source
from examday.domain.transfer.text_places import Cut, cut
from examday.services.recognition.print_sheets import images_of
from examday.services.transfer import assignments, readings
from examday.services.transfer.settling.own_reading import give_own
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests.at_desks import Clerk
from tests.conftest import Browser
from tests.transfer_day import Hands, hands

ESSAY = "Добро не ждёт награды. Оно приходит само, и мы узнаём его по делам людей."
SLIP = ESSAY.replace("приходит", "приводит")


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def settling(crew: Hands, lines: list[str], images: list[str] | None = None) -> str:
    """A print-out on which the machine has read these lines; Vera settles its essay."""
    work = crew.work(medium=Medium.TYPED)
    with crew.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work)
        read = [{"page": "1", "text": line, "confidence": 0.9} for line in lines]
        known = images_of(uow, booklet) if images is None else images
        content = {"fields": {}, "images": known, "lines": read, "model": "tesseract"}
        readings.seal(uow, booklet, Source.MACHINE_ORIGINAL, content)
        uow.record("test:read", f"booklet:{work}")
    crew.key_in(work, "anna", "first", crew.values(work, long=ESSAY))
    crew.key_in(work, "boris", "second", crew.values(work, long=SLIP))
    crew.do("vera", assignments.take, work, "arbiter")
    return work


def test_the_machine_speaks_of_a_typed_place_after_the_own_reading(
    crew: Hands, browser: Callable[[], Browser]
) -> None:
    work = settling(crew, ["27. Добро не ждёт", "награды. Оно приходит", "само, и мы узнаём его"])
    vera = Clerk(browser(), "vera")
    assert "программа" not in vera.open(f"/settle/{work}").text
    crew.do("vera", give_own, work, {"long:27/1": Value("приводит")})
    page = vera.open(f"/settle/{work}").text
    assert page.count("программа прочитала то же") == 1, "the first entry"
    assert page.count("программа прочитала «приходит»") == 2, "the own reading and the second entry"


def test_of_pages_that_were_changed_since_nothing_is_said(
    crew: Hands, browser: Callable[[], Browser]
) -> None:
    work = settling(crew, ["Оно приходит само,"], [digest(["another page"])])
    crew.do("vera", give_own, work, {"long:27/1": Value("приходит")})
    assert "программа прочитала" not in Clerk(browser(), "vera").open(f"/settle/{work}").text


def cut_of(first: str, second: str) -> Cut:
    found = cut("long:27", Value(first), Value(second))
    assert isinstance(found, Cut)
    return found


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (ESSAY, {"long:27/1": "приходит"}),
        (SLIP, {"long:27/1": "приводит"}),
        (ESSAY.replace("приходит", "при ходит"), {"long:27/1": "при ходит"}),
        (ESSAY.replace("приходит ", ""), {}),
        (ESSAY.replace("Оно", "0но"), {}),
        (ESSAY.replace("само,", "сама,"), {}),
        (ESSAY.replace("приходит", "приходит к тем кто её не ждёт"), {}),
        ("", {}),
    ],
)
def test_a_witness_is_heard_only_between_the_words_beside_the_place(
    said: str, words: dict[str, str]
) -> None:
    """Where one of them was read otherwise, nobody knows what stands between."""
    assert read_at(cut_of(ESSAY, SLIP), said) == words


def test_at_the_head_and_the_end_of_an_answer_no_witness_is_heard() -> None:
    both = cut_of(ESSAY, ESSAY.replace("Добро", "Дабро").replace("людей.", "людеи."))
    assert len(both.places) == 2
    assert read_at(both, f"27. {ESSAY} 28. Дальше") == {}
