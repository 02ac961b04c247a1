"""Where two essays differ only the differing places are read and decided, each on its line of the
notebook."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from examday.domain.errors import Invalid
from examday.domain.transfer.answers import Choice, Mark, Ruling, Value
from examday.domain.transfer.readings import Source
from examday.services.braille.opinion import notebook_lines, place_lines
from examday.services.printing.papers.work.transfer_act import transfer_act
from examday.services.transfer import assignments, readings
from examday.services.transfer.desks.settle import table
from examday.services.transfer.settling.decision import decide
from examday.services.transfer.settling.own_reading import give_own
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from examday.web.transfer.desks.places import where_words
from tests.conftest import Browser
from tests.notebooks import notebook
from tests.transfer_day import Hands, hands

PAGE = ("27 добро не ждёт", "награды. оно приходит", "само и мы узнаём", "его по делам людей")
ESSAY = "добро не ждёт награды. оно приходит само и мы узнаём его по делам людей"
SLIP = ESSAY.replace("приходит", "приводит")


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def differing(crew: Hands, work: str, first: str | Value, second: str | Value) -> str:
    """Two readers have handed in; Vera settles."""
    crew.key_in(work, "anna", "first", crew.values(work, long=first))
    crew.key_in(work, "boris", "second", crew.values(work, long=second))
    crew.do("vera", assignments.take, work, "arbiter")
    return work


def settled(crew: Hands, work: str) -> Any:
    with crew.store.read() as uow:
        return readings.find(uow, uow.get(Booklet, work), Source.SETTLED)


def ruled(crew: Hands, work: str, rulings: Mapping[str, Ruling]) -> Value:
    crew.do("vera", decide, work, rulings)
    return readings.values_of(settled(crew, work))["long:27"]


def test_the_own_reading_shows_the_line_and_the_words_around_but_no_variant(
    crew: Hands, browser: Callable[[], Browser]
) -> None:
    work = differing(crew, notebook(crew, PAGE), ESSAY, SLIP)
    vera = browser()
    vera.log_in("vera")
    page = vera.get(f"/settle/{work}").get_data(as_text=True)
    assert "страница 1, строка 2" in page, "the word behind it begins the next line"
    assert "награды. оно" in page and "само и мы узнаём" in page
    assert "приходит" not in page and "приводит" not in page
    assert "data-cells" not in page, "what the machine read comes after the own reading"
    assert re.search(r'data-page="1"\s+data-box="\d+,\d+,\d+,\d+"', page), "the picture follows"
    crew.do("vera", give_own, work, {"long:27/1": Value("приходит")})
    page = vera.get(f"/settle/{work}").get_data(as_text=True)
    assert "Знак 4: в первом вводе «х», во втором «в»." in page
    assert page.count("даёт клетки, которые увидела программа") == 2
    assert page.count("даёт другие клетки") == 1
    assert "data-cells" in page, "the dots of its line"


@pytest.mark.parametrize(
    ("wrong", "instead", "lines"),
    [
        ("приходит", "приводит", "строка 2"),
        ("само", "сама", "строка 3"),
        ("оно приходит само", "она приводит сама", "строки с 2 по 3"),
        ("людей", "людеи", "строка 4"),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_only_lines_on_which_the_place_can_stand_are_named(
    crew: Hands, monkeypatch: pytest.MonkeyPatch, wrong: str, instead: str, lines: str, whole: bool
) -> None:
    """A word that ends its line leaves the place to the next, unless something was not read there."""
    work = differing(crew, notebook(crew, PAGE), ESSAY, ESSAY.replace(wrong, instead))
    if not whole:
        stored = notebook_lines.read_pages
        monkeypatch.setattr(
            notebook_lines,
            "read_pages",
            lambda *at: [{**page, "unread": [[0, 0, 9, 9]]} for page in stored(*at)],
        )
    cut = crew.look("vera", table, work).asked.cuts["long:27"]
    found = crew.look("vera", lambda u: place_lines.stretches(u, u.get(Booklet, work), [cut]))
    said = where_words(found["long:27/1"])
    inside = "людей" in wrong or " " in wrong
    assert said == f"страница 1, {lines if whole or inside else 'строки с 2 по 3'}"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (ESSAY, ESSAY.replace("добро", "дабро"), "страница 1, строка 1"),
        ("всё иначе", "всё инако", None),
    ],
    ids=["before the first word", "no word is on the page"],
)
def test_a_place_at_the_edge_of_what_was_read_has_a_line_and_one_beyond_it_none(
    crew: Hands, first: str, second: str, said: str | None
) -> None:
    work = differing(crew, notebook(crew, PAGE), first, second)
    cut = crew.look("vera", table, work).asked.cuts["long:27"]
    found = crew.look("vera", lambda u: place_lines.stretches(u, u.get(Booklet, work), [cut]))
    place = found.get("long:27/1")
    assert (where_words(place) if place else None) == said


def test_the_decided_places_are_joined_and_stand_in_the_act(crew: Hands) -> None:
    both = SLIP.replace("людей", "людеи")
    work = differing(crew, notebook(crew, PAGE), ESSAY, both)
    own = {"long:27/1": Value("приходит"), "long:27/2": Value("людеи")}
    crew.do("vera", give_own, work, own)
    assert ruled(
        crew,
        work,
        {
            "long:27/1": Ruling(Choice.OWN),
            "long:27/2": Ruling(Choice.FIRST, reason="точка 4 есть"),
        },
    ) == Value(ESSAY)
    with crew.store.read(crew.actor("head")) as uow:
        act = transfer_act(uow, work, names=False)
    first, second = act["places"]
    assert first[0].endswith("место 1") and first[2:6] == [
        "приходит",
        "приводит",
        "приходит",
        "приходит",
    ]
    assert second[2:] == ["людей", "людеи", "людеи", "людей", "точка 4 есть"]


def test_every_place_is_read_and_decided_before_the_work_goes_on(crew: Hands) -> None:
    work = differing(crew, crew.work(), ESSAY, SLIP.replace("людей", "людеи"))
    with pytest.raises(Invalid) as refused:
        crew.do("vera", give_own, work, {"long:27/1": Value("приходит")})
    assert refused.value.params["fields"] == ["long:27/2"]
    own = {"long:27/1": Value("приходит"), "long:27/2": Value("людей")}
    crew.do("vera", give_own, work, own)
    with pytest.raises(Invalid) as refused:
        crew.do("vera", decide, work, {"long:27/1": Ruling(Choice.OWN)})
    assert refused.value.code == "open" and refused.value.params["fields"] == ["long:27/2"]


def test_a_place_that_cannot_be_read_makes_the_answer_illegible(crew: Hands) -> None:
    work = differing(crew, crew.work(), ESSAY, SLIP)
    crew.do("vera", give_own, work, {"long:27/1": Value("при", Mark.ILLEGIBLE)})
    value = ruled(crew, work, {"long:27/1": Ruling(Choice.OWN)})
    assert value == Value(ESSAY.replace("приходит", "при"), Mark.ILLEGIBLE)


def test_only_the_mark_is_asked_where_the_texts_agree(crew: Hands) -> None:
    work = differing(crew, crew.work(), ESSAY, Value(ESSAY, Mark.ILLEGIBLE))
    crew.do("vera", give_own, work, {"long:27/1": Value("as entered")})
    assert ruled(crew, work, {"long:27/1": Ruling(Choice.OWN)}) == Value(ESSAY)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("Совсем другое сочинение о море", "слишком мало общего"),
        (Value(mark=Mark.BLANK), "только в одном из двух вводов"),
    ],
)
def test_what_cannot_be_cut_is_read_whole_and_the_page_says_why(
    crew: Hands, browser: Callable[[], Browser], second: str | Value, why: str
) -> None:
    work = differing(crew, crew.work(), ESSAY, second)
    assert crew.look("vera", table, work).asked.ids == ("long:27",)
    vera = browser()
    vera.log_in("vera")
    assert why in vera.get(f"/settle/{work}").get_data(as_text=True)
    crew.do("vera", give_own, work, {"long:27": Value(ESSAY)})
    assert ruled(crew, work, {"long:27": Ruling(Choice.FIRST)}) == Value(ESSAY)
