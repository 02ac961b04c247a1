"""The works of a training day, where something of it is missing or was cut off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Actor, Role
from examday.services.jobs import preparation
from examday.services.people import hashes
from examday.services.training import demo_log_ins, demo_works, earlier_day
from examday.services.training.demo_files import disputed_work, works
from examday.services.training.rehearsal import day as rehearsed
from examday.services.transfer import assignments, keyin
from examday.services.unit_of_work import Store
from examday.storage.tables import Item, Person, Room
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Any]) -> Hands:
    return hands(store, add_person)


class Played(demo_works.Player):
    """A work of the training day that stands at a step and goes on by what the test says."""

    def __init__(self, store: Store, state: State) -> None:
        self.store, self.work, self.pin = store, next(iter(works())), "0000"
        self.medium, self.stands = Medium.ENLARGED, state

    def state(self) -> State:
        return self.stands

    def steps(self) -> dict[State, Callable[[], object]]:
        return {state: lambda: None for state in State}


def test_without_the_sample_sheets_a_work_waits_for_its_scan(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_works, "SAMPLES", Path("/nowhere"))
    played = Played(store, State.COLLECTED)
    played.work = {**played.work, "target": State.SCANNED}
    played.run()
    assert played.state() == State.COLLECTED


def test_a_step_of_the_play_that_does_nothing_ends_it_with_a_word(store: Store) -> None:
    played = Played(store, State.ISSUED)
    played.work = {**played.work, "target": State.SCANNED}
    with pytest.raises(RuntimeError, match="does not get on from issued"):
        played.run()


def test_a_log_in_that_the_training_day_lacks_is_named(store: Store) -> None:
    with pytest.raises(LookupError, match="has no nobody"):
        Played(store, State.ISSUED).actor("nobody")


def test_without_a_training_day_no_log_ins_are_told(store: Store) -> None:
    assert demo_log_ins.describe(store) == []


def test_what_takes_a_minute_is_told_before_it_begins(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(preparation, "_seed", lambda _store: ["log-ins"])
    lines = preparation.prepare_database(store.settings, True, lambda: told.append(1))
    assert lines == ["log-ins"] and told == [1]
    preparation.prepare_database(store.settings, False, lambda: told.append(1))
    assert told == [1]


def test_a_reader_who_has_read_before_a_cut_is_not_asked_again(crew: Hands) -> None:
    work = crew.work()
    values = crew.values(work, t1="1")
    crew.do("anna", assignments.take, work, "first")
    crew.do("anna", keyin.submit, work, "first", values)
    played = Played(crew.store, State.SCANNED)
    played.id, played.fields = work, None  # type: ignore[assignment]
    names = {"reader": "anna", "reader2": "boris"}
    played.actor = lambda login: crew.actor(names[login])  # type: ignore[method-assign]
    played.values = lambda _slips=None: values  # type: ignore[method-assign]
    played.key_in()
    assert crew.state(work) == State.SETTLED


def test_the_work_of_an_earlier_day_is_made_once(store: Store) -> None:
    given = disputed_work()
    with store.begin(Actor.system("test")) as uow:
        uow.add(Room(site_code="0001", number=given["room"]))
        uow.record("test:room", "day:test")
    made = earlier_day.earlier_booklet(store, given)
    assert earlier_day.earlier_booklet(store, given) == made


def test_a_second_transfer_hands_over_the_one_packet_that_it_has(crew: Hands) -> None:
    played = Played(crew.store, State.PACKED)
    played.id = crew.work()
    people = {"gek": "member", "head": "head"}
    played.actor = lambda login: crew.actor(people[login])  # type: ignore[method-assign]
    played.hand_over()
    with crew.store.read() as uow:
        assert uow.session.query(Item).filter(Item.kind == "packet").count() == 0


def test_a_rehearsal_that_is_repeated_opens_the_accounts_of_the_last_one(store: Store) -> None:
    staff = {"reader": Role.ASSISTANT}
    for pin in ("1111", "2222"):
        with store.begin(Actor.system("test")) as uow:
            rehearsed.open_accounts(uow, pin, staff)
            uow.record("test:accounts", "day:test")
    with store.read() as uow:
        [person] = uow.session.query(Person)
        assert hashes.matches(store.settings, person.pin_hash, "2222")
