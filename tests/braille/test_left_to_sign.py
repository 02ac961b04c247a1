"""A Braille work with the people of one small commission: who may still sign is asked early."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Forbidden
from examday.domain.people.roles import Role
from examday.services.board import overview as board
from examday.services.braille import distribution
from examday.services.transfer import assignments, offers
from examday.storage.tables import Person
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Any, add_person: Callable[..., Any]) -> Hands:
    made = hands(store, add_person)
    made.people["chair"] = add_person(store, "chair", Role.BRAILLE_CHAIR)
    return made


def test_the_only_chair_neither_takes_a_part_nor_gets_one(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    with pytest.raises(Conflict) as refused:
        crew.do("chair", assignments.take, work, "first")
    assert refused.value.code == "last-signer"
    with pytest.raises(Conflict) as refused:
        crew.do("chair", distribution.give, work, "first", crew.people["chair"].id)
    assert refused.value.code == "last-signer"
    assert not crew.look("chair", offers.offers, "keyin")
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)


def test_with_a_deputy_the_chair_may_settle(crew: Hands, add_person: Callable[..., Any]) -> None:
    crew.people["deputy"] = add_person(crew.store, "deputy", Role.BRAILLE_DEPUTY)
    work = crew.work(medium=Medium.BRAILLE)
    crew.differing(work)
    crew.do("chair", assignments.take, work, "arbiter")


def test_who_reads_no_braille_is_not_sent_to_a_notebook(
    crew: Hands, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    crew.people["helper"] = add_person(crew.store, "helper", Role.ASSISTANT)
    work = crew.work(medium=Medium.BRAILLE)
    assert not crew.look("helper", offers.offers, "keyin")
    with pytest.raises(Forbidden) as refused:
        crew.do("helper", assignments.take, work, "first")
    assert refused.value.code == "reads-no-braille" and refused.value.advice
    visit = browser()
    visit.log_in("helper")
    assert f"/keyin/{work}" not in visit.get(f"/booklets/{work}").get_data(as_text=True)


def test_the_head_reads_no_braille_and_does_not_settle_it(crew: Hands) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.differing(work)
    with pytest.raises(Forbidden) as refused:
        crew.do("head", assignments.take, work, "arbiter")
    assert refused.value.code == "reads-no-braille"


def test_the_board_says_at_once_that_nobody_can_sign(
    store: Any, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    made = hands(store, add_person)
    work = made.work(medium=Medium.BRAILLE)
    with store.read() as uow:
        alarm = next(a for a in board.show(uow).alarms if a.code == "unstaffed")
    assert alarm.ids == (work,)
    visit = browser()
    visit.log_in("head")
    page = re.sub(r"\s+", " ", visit.get("/board/").get_data(as_text=True))
    assert "Подписать некому" in page and "председатель комиссии тифлопереводчиков" in page
    add_person(store, "chair", Role.BRAILLE_CHAIR)
    with store.read() as uow:
        assert not [a for a in board.show(uow).alarms if a.code == "unstaffed"]


def test_an_enlarged_work_whose_last_witness_has_read_is_on_the_board(crew: Hands) -> None:
    work = crew.work()
    crew.key_in(work, "anna", "first", crew.values(work))
    with crew.store.read() as uow:
        assert not [a for a in board.show(uow).alarms if a.code == "unstaffed"]
    with crew.store.begin(crew.actor("head")) as uow:
        uow.get(Person, crew.people["member"].id).disabled = True
        uow.record("person:disable", f"person:{crew.people['member'].id}")
    with crew.store.read() as uow:
        found = [a for a in board.show(uow).alarms if a.code == "unstaffed"]
    assert found and found[0].ids == (work,)


def test_two_queues_at_one_step_name_those_who_may_do_it(crew: Hands) -> None:
    crew.work()
    crew.work(code="2675000181771", medium=Medium.BRAILLE)
    with crew.store.read() as uow:
        waits = [q.who for q in board.show(uow).queues if q.state is State.SCANNED]
    assert set(waits) == {
        "two readers: key the answers in",
        "two tiflo-translators: read the notebook",
    }
