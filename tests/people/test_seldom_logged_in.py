"""What seldom happens to log-ins and accounts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor, Role
from examday.services.jobs import preparation, saved_rows
from examday.services.people import accounts, directory, log_in, sessions
from examday.services.rules import rulesets
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Person
from examday.storage.tables_log_in import WebSession
from tests.conftest import PASSWORD, Clock

TEST = Actor.system("test")


def started(store: Store, person: Person) -> sessions.Started:
    with store.begin(TEST) as uow:
        made = sessions.start(uow, person.id, None)
        uow.record("test:session", f"person:{person.id}")
    return made


def test_the_cookie_of_a_closed_account_opens_nothing(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    cookie = started(store, person).cookie
    with store.read() as uow:
        found = sessions.find(uow, cookie)
        assert found is not None and found.person is not None
    with store.begin(TEST) as uow:
        uow.get(Person, person.id).disabled = True
        uow.record("test:closed", f"person:{person.id}")
    with store.read() as uow:
        found = sessions.find(uow, cookie)
        assert found is not None and found.person is None


def test_a_log_in_that_ended_meanwhile_is_not_kept_alive(store: Store) -> None:
    with store.begin(TEST) as uow:
        sessions.mark_seen(uow, "gone")
        assert uow.session.query(WebSession).count() == 0


def test_without_a_secret_in_this_log_in_nothing_was_proved_lately(clock: Clock) -> None:
    assert not sessions.proved_lately(None, clock())
    assert not sessions.proved_lately(WebSession(data={}), clock())


def test_a_new_name_alone_ends_no_log_in(store: Store, add_person: Callable[..., Person]) -> None:
    head = add_person(store, "head", Role.SITE_HEAD)
    cookie = started(store, head).cookie
    with store.begin(Actor(head.id, frozenset({Role.SITE_HEAD}), "head")) as uow:
        accounts.change_person(uow, head.id, "Новая Фамилия", [Role.SITE_HEAD])
    with store.read() as uow:
        assert uow.get(Person, head.id).name == "Новая Фамилия"
        assert sessions.find(uow, cookie) is not None


def test_secrets_of_another_key_are_named_before_anybody_tries_to_log_in(
    store: Store,
    settings: Settings,
    add_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    assert preparation.prepare_database(settings, demo=False) == []
    monkeypatch.setattr(log_in, "lacks_pepper", lambda _uow: True)
    assert preparation.prepare_database(settings, demo=False)[0].startswith("На станции нет ключа")


def test_a_backup_of_a_database_of_an_earlier_version_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(settings)
    # without a file of its own, as in a region
    monkeypatch.setattr(saved_rows, "_own_file", lambda _settings: None)
    with pytest.raises(Conflict) as refused:
        saved_rows.save(store, tmp_path / "saved.sqlite")
    assert refused.value.code == "old-form" and not (tmp_path / "saved.sqlite").exists()
    store.close()


def test_a_value_that_the_base_of_a_rule_set_does_not_know_is_a_misspelt_one() -> None:
    old, new = rulesets.all_sets()[0], rulesets.all_sets()[-1]
    wrong = replace(new, values={**new.values, "misspelt": next(iter(new.values.values()))})
    with pytest.raises(ValueError, match="misspelt"):
        rulesets._on_base(wrong, old)


def test_whoever_left_is_not_among_those_who_can_come_back_with_their_pin(
    store: Store, add_person: Callable[..., Person]
) -> None:
    stays, left = (add_person(store, login, Role.ASSISTANT) for login in ("ivanova", "petrov"))
    with store.begin(TEST) as uow:
        uow.get(Person, left.id).disabled = True
        uow.record("test:left", f"person:{left.id}")
    with store.read() as uow:
        found = directory.with_own_pin(uow, [left.id, "0" * 32, stays.id])
    assert [person.id for person in found] == [stays.id]


def test_a_pin_typed_at_the_first_log_in_is_no_wrong_guess(
    store: Store, browser: Callable[[], Any], add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "novikov", Role.ASSISTANT, must_change=True)
    with store.begin(TEST) as uow:
        uow.get(Person, person.id).pin_hash = ""
        uow.record("test:new", f"person:{person.id}")
    entry = {"login": "novikov", "password": PASSWORD, "pin": "8052"}
    assert browser().post("/login", entry).status_code == 303
