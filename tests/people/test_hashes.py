"""How secrets are stored: with a pepper outside the database, with a mark, and the old way until
the next log-in."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from examday.domain.errors import Broken, Conflict, DomainError, Forbidden
from examday.domain.people.roles import Actor, Role
from examday.services.jobs.backup import backup, restore
from examday.services.ledger import audit
from examday.services.people import accounts, directory, hashes, log_in
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage import keys
from examday.storage.tables import EventRow, Person
from tests.conftest import MEMORY_KIB, PASSWORD, PIN

DOOR = Actor.system("log-in")
OLD = PasswordHasher(time_cost=1, memory_cost=20_480, parallelism=1)


def enter(store: Store, login: str, password: str, pin: str = "") -> Person:
    with store.begin(DOOR) as uow:
        return log_in.enter(uow, login, password, pin)


def with_old_hashes(store: Store, person: Person) -> None:
    """As they were stored before there was a pepper."""
    with store.begin(DOOR) as uow:
        row = uow.get(Person, person.id)
        row.password_hash, row.pin_hash = OLD.hash(PASSWORD), OLD.hash(PIN)
        uow.record("test:old", f"person:{person.id}")


def test_the_database_alone_does_not_tell_a_pin(settings: Settings) -> None:
    stored = hashes.hash_secret(settings, PIN)
    made = stored.partition("~")[0]
    with pytest.raises(Exception, match="not match"):
        OLD.verify(made, PIN)
    assert hashes.matches(settings, stored, PIN) and not hashes.matches(settings, stored, "2581")
    elsewhere = Settings.from_env({}, data=settings.data / "thief", argon2_cost=1)
    assert not hashes.matches(elsewhere, stored, PIN) and hashes.foreign(elsewhere, stored)
    assert len(stored) <= 200


def test_a_mark_lets_the_right_secret_pass_and_few_others(settings: Settings) -> None:
    stored = hashes.hash_secret(settings, PIN)
    assert hashes.may_match(settings, stored, PIN)
    assert sum(hashes.may_match(settings, stored, f"{n:04d}") for n in range(200)) < 4
    assert not hashes.may_match(settings, "", PIN) and not hashes.may_match(
        settings, OLD.hash(PIN), PIN
    )


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    first = keys.kept_key(tmp_path / "keys", keys.PEPPER)
    assert len(first) == keys.SIZE and keys.kept_key(tmp_path / "keys", keys.PEPPER) == first
    assert (tmp_path / "keys" / keys.PEPPER).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [keys.PEPPER]


def test_of_two_processes_that_make_a_key_at_once_both_have_the_first_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made, first = tmp_path / "keys", keys.secrets.token_bytes, list[bytes]()

    def while_the_other_is_faster(size: int) -> bytes:
        monkeypatch.setattr(keys.secrets, "token_bytes", made)
        first.append(keys.kept_key(folder, keys.LEDGER))
        return made(size)

    monkeypatch.setattr(keys.secrets, "token_bytes", while_the_other_is_faster)
    late = keys.kept_key(folder, keys.LEDGER)
    assert first == [late] == [keys.kept_key(folder, keys.LEDGER)]


def test_old_secrets_still_open_and_are_stored_anew(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    with_old_hashes(store, person)
    assert enter(store, "ivanova", PASSWORD).id == person.id
    with store.begin(directory.actor_of(person)) as uow:
        log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS)
    with store.read() as uow:
        row = uow.get(Person, person.id)
        assert not any(
            hashes.outdated(store.settings, s) for s in (row.password_hash, row.pin_hash)
        )
        kinds = [event.kind for event in uow.session.query(EventRow).order_by(EventRow.seq)]
    assert kinds.count("person:renew-hash") == 2
    assert enter(store, "ivanova", PASSWORD, PIN).id == person.id
    with pytest.raises(Forbidden):
        enter(store, "ivanova", "guess")
    assert audit.verify(store).ok


def test_an_old_secret_is_stored_anew_even_when_the_act_is_refused(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    with_old_hashes(store, person)
    with pytest.raises(Conflict), store.begin(directory.actor_of(person)) as uow:
        log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS)
        raise Conflict()
    with store.read() as uow:
        assert not hashes.outdated(store.settings, uow.get(Person, person.id).pin_hash)
    assert audit.verify(store).ok


def test_a_backup_carries_the_pepper_and_leaves_the_door_key(
    store: Store, tmp_path_factory: pytest.TempPathFactory, add_person: Callable[..., Person]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    folder = tmp_path_factory.mktemp("copy")
    backup(store, folder / "backup")
    assert {keys.PEPPER} <= {path.name for path in (folder / "backup" / "keys").iterdir()}
    assert keys.DOOR not in {path.name for path in (folder / "backup" / "keys").iterdir()}
    there = Settings.from_env({}, data=folder / "new", argon2_cost=1)
    restore(folder / "backup", there)
    second = Store(there)
    assert enter(second, "head", PASSWORD, PIN).login == "head"
    assert enter(second, "head", PASSWORD, PIN).login == "head"
    second.close()


def test_a_database_without_its_pepper_says_so_and_counts_no_try(
    store: Store, add_person: Callable[..., Person], tmp_path_factory: pytest.TempPathFactory
) -> None:
    person = add_person(store, "head", Role.SITE_HEAD)
    add_person(store, "ivanova", Role.ASSISTANT)
    bare = replace(store.settings, data=tmp_path_factory.mktemp("bare"), database_url="")
    bare = Settings.from_env({}, data=bare.data, argon2_cost=1)
    bare.make_folders()
    store.close()
    shutil.copy(store.settings.var / "examday.sqlite", bare.var / "examday.sqlite")
    lost = Store(bare, store.clock)
    for _ in range(20):
        with pytest.raises(Broken) as told:
            enter(lost, "head", PASSWORD)
        assert told.value.code == "pepper" and "pepper.key" in told.value.advice
    with pytest.raises(Broken), lost.begin(directory.actor_of(person)) as uow:
        log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS)
    with lost.read() as uow:
        assert log_in.lacks_pepper(uow)
    with lost.begin(Actor("head", frozenset({Role.SITE_HEAD}))) as uow:
        once = accounts.reset_secret(uow, person.id)
    assert enter(lost, "head", once).must_change
    shutil.copy(store.settings.keys / keys.PEPPER, bare.keys / keys.PEPPER)
    assert enter(lost, "ivanova", PASSWORD).login == "ivanova"
    with pytest.raises(DomainError):
        enter(lost, "head", once)
    lost.close()


def test_what_people_type_is_stored_with_the_programs_own_strength(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "MEMORY_KIB", MEMORY_KIB)
    station = Settings.from_env({}, data=tmp_path)
    assert hashes.hash_secret(station, "2580").startswith("$argon2id$v=19$m=61440,t=3,p=1$")
