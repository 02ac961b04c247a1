"""Scans are described by a colleague who sees them, while the notebook itself is keyed in by finger."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.braille.notebook import Leaf, Part, Pile
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Value
from examday.services.braille import board
from examday.services.braille.desk import beside, hand_in, transcription
from examday.services.braille.notebook import requests, statement
from examday.services.braille.notebook.sorting import sorting
from examday.services.scans.pictures import pages_of
from examday.services.scans.showing import sight
from examday.services.transfer import assignments
from examday.services.transfer.crew import counted
from examday.services.transfer.readings import find
from examday.storage.tables import Booklet, Person
from examday.web.braille.words import look_words
from tests.transfer_day import Hands, hands

ANSWERS = {"1": Value("дом")}


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Any]) -> Hands:
    return hands(store, add_person)


@pytest.fixture
def work(crew: Hands) -> str:
    """A scanned notebook; Anna and Boris read it, Vera has no part in it."""
    made = crew.work(medium=Medium.BRAILLE)
    crew.do("anna", assignments.take, made, "first")
    crew.do("boris", assignments.take, made, "second")
    return made


def ask(crew: Hands, work: str, who: str = "anna", whom: str = "vera") -> None:
    crew.do(who, requests.ask, work, crew.people[whom].id)


def lies_beside(crew: Hands, who: str, work: str) -> beside.Beside | None:
    """What lies beside the entry of this person."""
    return crew.look(who, lambda uow: beside.what_lies_beside(uow, transcription.desk(uow, work)))


def describe(crew: Hands, who: str, work: str) -> None:
    shown = crew.look(who, sorting, work)
    leaves = [Leaf(page.id, Part.ANSWER, n) for n, page in enumerate(shown.pages, 1)]
    counted = dict.fromkeys(shown.expected, 1)
    crew.do(who, statement.state, work, leaves, Pile(len(leaves), 1), counted, "титула нет")


def sees_pictures(crew: Hands, who: str, work: str) -> bool:
    with crew.store.read(crew.actor(who)) as uow:
        return all(
            sight.may_see(uow, page) for page in pages_of(uow, uow.get(Booklet, work), "original")
        )


def test_the_notebook_is_keyed_in_while_a_colleague_describes_its_scans(
    crew: Hands, work: str
) -> None:
    assert lies_beside(crew, "anna", work) is None, "somebody must say what the scans are"
    ask(crew, work)
    for who in ("anna", "boris"):
        shown = lies_beside(crew, who, work)
        assert shown and (shown.described_by, shown.pages) == ("Vera", [])
    assert [one.id for one in crew.look("vera", counted.to_describe)] == [work]
    assert crew.look("vera", counted.count_waiting) == counted.Number(1)
    assert crew.look("vera", board.board).asked == {work}
    describe(crew, "vera", work)
    assert crew.look("vera", counted.to_describe) == []
    shown = lies_beside(crew, "anna", work)
    assert shown and len(shown.pages) == 1 and not shown.described_by


def test_whoever_describes_the_scans_sees_them_and_only_so_long(crew: Hands, work: str) -> None:
    with pytest.raises(NotFound):
        crew.look("vera", sorting, work)
    assert not sees_pictures(crew, "vera", work)
    ask(crew, work)
    assert sees_pictures(crew, "vera", work) and not crew.look("vera", sorting, work).mine
    with pytest.raises(NotFound):
        crew.look("vera", transcription.desk, work)
    ask(crew, work, whom="gleb")  # given back, since Vera has no time
    assert not sees_pictures(crew, "vera", work) and sees_pictures(crew, "gleb", work)
    describe(crew, "gleb", work)
    assert not sees_pictures(crew, "gleb", work)


def test_the_first_entry_is_sealed_meanwhile_and_the_second_waits_for_the_description(
    crew: Hands, work: str
) -> None:
    with pytest.raises(Conflict) as refused:
        crew.do("anna", hand_in.hand_in, work, "1 дом", ANSWERS)
    assert refused.value.code == "pages-open"
    ask(crew, work)
    crew.do("anna", hand_in.hand_in, work, "1 дом", ANSWERS)
    # After the second the work would go on, and nobody could say any more what its scans are.
    with pytest.raises(Conflict) as waits:
        crew.do("boris", hand_in.hand_in, work, "1 дом", ANSWERS)
    assert (waits.value.code, waits.value.params) == ("pages-asked", {"name": "Vera"})
    assert waits.value.advice
    describe(crew, "vera", work)
    crew.do("boris", hand_in.hand_in, work, "1 дом", ANSWERS)
    with crew.store.read() as uow:
        assert find(uow, uow.get(Booklet, work), "second")
    with pytest.raises(Conflict):
        ask(crew, work, who="boris", whom="gleb")


def test_nobody_is_asked_who_may_not_see_the_work(crew: Hands, work: str) -> None:
    with crew.store.begin(Actor.system("test")) as uow:
        candidate = uow.get(Booklet, work).seat.candidate.code
        uow.get(Person, crew.people["vera"].id).facts = {"relatives": [candidate]}
        uow.record("test:facts", "person:vera")
    named = [one.login for one in crew.look("anna", sorting, work).colleagues]
    assert named == ["boris", "gleb"], "neither oneself nor a relative"
    for whom in ("vera", "anna", "observer"):
        with pytest.raises(Invalid):
            ask(crew, work, whom=whom)
    with pytest.raises(NotFound):
        ask(crew, work, who="gleb", whom="boris")


def test_the_scans_are_handed_over_and_described_on_their_page(
    crew: Hands, work: str, browser: Callable[[], Any]
) -> None:
    people = {}
    for who in ("anna", "vera"):
        people[who] = browser()
        people[who].log_in(who)
    page = f"/braille/{work}/pages"
    refused = people["anna"].post(f"{page}/ask", {"colleague": ""})
    assert refused.status_code == 400 and 'href="#colleague"' in refused.get_data(as_text=True)
    desk = (
        people["anna"]
        .post(
            f"{page}/ask",
            {"colleague": crew.people["vera"].id},
            follow_redirects=True,
        )
        .get_data(as_text=True)
    )
    assert "Её составляет Vera" in desk and 'aria-describedby="told way-now text-hint"' in desk
    assert "data-focus" not in desk, "the message is told in the field, which keeps the focus"
    mine = people["vera"].get("/work").get_data(as_text=True)
    assert "Составить опись сканов" in mine and page in mine
    assert "Скан 1 из 1: ещё не просмотрена" in " ".join(
        people["vera"].get(page).get_data(as_text=True).split()
    )


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ({"kind": "braille", "lines": 22}, "брайль, 22 строки"),
        ({"kind": "braille", "lines": 1, "mirrored": True}, "брайль, 1 строка, зеркально"),
        ({"kind": "empty"}, "пусто"),
        ({"kind": "not braille"}, "не брайль"),
        # Dots that could not be told are no proof of print.
        (
            {"kind": "not braille", "warnings": ("The dots can hardly be told",)},
            "точки не разобраны",
        ),
        ({}, "ещё не просмотрена"),
    ],
)
def test_a_scan_says_what_it_is_as_far_as_the_machine_knows(
    app: Any, look: dict[str, Any], said: str
) -> None:
    from examday.domain.braille.notebook import Look

    with app.test_request_context():
        assert look_words(Look("p", **look)).lower() == said
