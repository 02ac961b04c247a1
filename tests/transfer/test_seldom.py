"""What seldom happens at the desks: a colleague is faster, a package went away, the program acts itself."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Choice, Decision, Ruling, Value
from examday.services.braille.desk.hand_in import hand_in
from examday.services.transfer import assignments, offers
from examday.services.transfer.crew import may_take, openings
from examday.services.transfer.desks import answers_confirmed, by_answer
from examday.services.transfer.going_back import keyin_back
from examday.services.transfer.readings import settled, values_of, visible
from examday.services.transfer.settling.decision import decide
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Person
from tests.notebooks import describe_scans
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


def refusing(monkeypatch: pytest.MonkeyPatch, **refusal: Any) -> None:
    def take(*_arguments: object) -> None:
        raise Conflict(**refusal)

    monkeypatch.setattr(assignments, "take", take)


def copied(crew: Hands, subject: str = "01") -> str:
    work = crew.work(subject=subject)
    crew.settled(work, t1="1")
    crew.copied(work, "anna")
    return work


def test_the_machines_reading_of_a_notebook_rests_on_a_key_in_that_was_shown_it(
    crew: Hands,
) -> None:
    work = crew.work(medium=Medium.BRAILLE)
    crew.do("anna", assignments.take, work, "first")
    describe_scans(crew, work)
    crew.do("anna", hand_in, work, "1 12", {"1": Value("12")})
    with pytest.raises(Conflict) as refused:
        crew.do("anna", keyin_back.take_back, work, "нажато раньше")
    assert "machine read" in str(refused.value.params["what"])


def test_what_a_colleague_took_is_passed_over_and_anything_else_is_said(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew.work()
    refusing(monkeypatch, code="taken")
    assert crew.do("anna", offers.next_work, "keyin") is None
    refusing(monkeypatch, code="suspended")
    with pytest.raises(Conflict) as refused:
        crew.do("anna", offers.next_work, "keyin")
    assert refused.value.code == "suspended"


def test_copies_that_colleagues_took_are_not_counted_as_ones_own(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = copied(crew)
    refusing(monkeypatch)
    assert crew.do("boris", answers_confirmed.take_all, crew.booklet(work).exam_id) == 0


def test_answers_of_another_exam_do_not_stand_among_those_of_this_one(crew: Hands) -> None:
    here, there = copied(crew), copied(crew, "02")
    for work in (here, there):
        crew.do("boris", assignments.take, work, "verifier")
    exam = crew.booklet(here).exam_id
    shown = crew.look("boris", by_answer.answers, exam, "", "")
    assert {tile.booklet.id for group in shown.groups for tile in group.tiles} == {here}


def test_a_notebook_whose_package_is_closed_is_open_to_nobody(
    crew: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = crew.work(medium=Medium.BRAILLE, state=State.SCANNED)

    def open_to(uow: UnitOfWork) -> bool:
        return openings.is_open(uow, uow.get(Booklet, work), "keyin")

    assert crew.look("anna", open_to)
    monkeypatch.setattr(offers.receipt, "package_of", lambda *_: object())
    assert not crew.look("anna", open_to)


def test_the_program_itself_bars_nobody_from_a_part(crew: Hands) -> None:
    work = crew.work()
    with crew.store.read(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work)
        may_take.check_person(uow, booklet, "first", crew.people["anna"].id)


def test_something_else_is_settled_in_the_characters_of_the_form(crew: Hands) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work, t2="8")
    ruling = Ruling(Choice.OTHER, Value("дом"), "видны три буквы")
    crew.do("vera", decide, work, {"2": ruling})
    with crew.store.read() as uow:
        assert values_of(settled(uow, uow.get(Booklet, work)))["2"].text == "ДОМ"


def test_the_key_ins_are_shown_to_whoever_settles_only_while_the_work_is_settled(
    crew: Hands,
) -> None:
    work = crew.work()
    crew.differing(work)
    crew.own_reading(work)

    def seen(uow: UnitOfWork) -> set[str]:
        return {reading.source for reading in visible(uow, uow.get(Booklet, work))}

    assert {"first", "second"} <= crew.look("vera", seen)
    with crew.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, work).state = State.SCANNED
        uow.record("test:scanned-again", f"booklet:{work}")
    assert not {"first", "second"} & crew.look("vera", seen)


def test_something_else_says_what_stands_there() -> None:
    decision = Decision(Value("7"), Choice.OTHER, Value(), "не видно")
    with pytest.raises(Invalid) as refused:
        decision.result(Value("7"), Value("1"))
    assert refused.value.code == "no-value"
