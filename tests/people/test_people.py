"""Accounts: who may keep them, what a secret must be, and what guessing brings."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from examday.domain.errors import Conflict, DomainError, Forbidden, Invalid
from examday.domain.events import Event
from examday.domain.people.roles import Actor, Role
from examday.services.ledger import audit
from examday.services.people import (
    accounts,
    directory,
    first_head,
    hashes,
    log_in,
    own_secrets,
    sessions,
)
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow, Person
from examday.storage.tables_log_in import LoginAttempt, WebSession
from tests.conftest import PASSWORD, PIN, Clock

HEAD = Actor("head", frozenset({Role.SITE_HEAD}))
DOOR = Actor.system("log-in")


def enter(store: Store, login: str, password: str, pin: str = "") -> Person:
    with store.begin(DOOR) as uow:
        return log_in.enter(uow, login, password, pin)


def attempts(store: Store) -> int:
    with store.read() as uow:
        return uow.session.query(LoginAttempt).count()


def test_the_right_password_lets_in_and_the_ledger_knows(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    assert enter(store, " Ivanova ", PASSWORD).id == person.id
    assert audit.verify(store).ok
    with store.read() as uow:
        told = select(EventRow.subject).where(EventRow.kind == Event.PERSON_ENTER)
        assert uow.session.scalars(told).all() == [f"person:{person.id}"]


@pytest.mark.parametrize(
    ("login", "password"),
    [("ivanova", "wrong"), ("nobody", PASSWORD), ("ivanova", ""), ("", ""), ("ivanova", PIN)],
)
def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    store: Store, add_person: Callable[..., Person], login: str, password: str
) -> None:
    add_person(store, "ivanova", Role.ASSISTANT)
    with pytest.raises(Forbidden) as refusal:
        enter(store, login, password)
    assert refusal.value.code == "wrong-secret"


def test_guessing_reaches_the_hash_ten_times_and_then_the_account_is_locked(
    store: Store, add_person: Callable[..., Person], clock: Clock
) -> None:
    add_person(store, "ivanova", Role.ASSISTANT)
    codes = []
    for _ in range(120):
        clock.forward(seconds=25)
        try:
            enter(store, "ivanova", "guess")
        except DomainError as refusal:
            codes.append(refusal.code)
    assert codes.count("wrong-secret") == 10 == attempts(store)
    assert set(codes) == {"wrong-secret", "wait", "locked"}
    clock.forward(minutes=10)
    with pytest.raises(Conflict) as refusal:
        enter(store, "ivanova", PASSWORD)
    assert refusal.value.code == "locked"


def lock(store: Store, clock: Clock, login: str) -> None:
    for _ in range(10):
        clock.forward(minutes=2)
        with pytest.raises(Forbidden):
            enter(store, login, "guess")
    clock.forward(seconds=30)


def test_a_locked_owner_gets_in_with_password_and_pin_within_a_minute(
    store: Store, clock: Clock, add_person: Callable[..., Person]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    lock(store, clock, "head")
    with pytest.raises(Forbidden):
        enter(store, "head", PASSWORD, "0000")
    clock.forward(seconds=60)
    assert enter(store, "head", PASSWORD, PIN).login == "head"
    assert enter(store, "head", PASSWORD).login == "head"


def test_one_locked_account_does_not_lock_out_the_point(
    store: Store, clock: Clock, add_person: Callable[..., Person]
) -> None:
    add_person(store, "ivanova", Role.ASSISTANT)
    add_person(store, "petrova", Role.ASSISTANT)
    lock(store, clock, "ivanova")
    assert enter(store, "petrova", PASSWORD).login == "petrova"


def test_the_head_opens_a_locked_account_with_a_new_password(
    store: Store, clock: Clock, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    lock(store, clock, "ivanova")
    with store.begin(HEAD) as uow:
        password = accounts.reset_secret(uow, person.id)
    entered = enter(store, "ivanova", password)
    assert entered.must_change and entered.pin_hash == ""


def test_a_new_secret_from_the_head_ends_the_log_ins_of_the_old_one(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    with store.begin(HEAD) as uow:
        stolen = sessions.start(uow, person.id, None).cookie
    with store.begin(HEAD) as uow:
        accounts.reset_secret(uow, person.id)
    with store.read() as uow:
        assert sessions.find(uow, stolen) is None


def test_wrong_pins_at_signing_count_as_well_and_survive_the_refusal(
    store: Store, clock: Clock, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    for _ in range(12):  # Enter pressed too early is no guess
        with pytest.raises(Forbidden, match="Neither a PIN") as refusal, store.begin(HEAD) as uow:
            log_in.prove_oneself(uow, person.id, "", log_in.Part.CONFIRMS)
        assert refusal.value.code == "no-secret" and attempts(store) == 0
    for number in range(1, 11):
        clock.forward(minutes=2)
        with pytest.raises(Forbidden), store.begin(HEAD) as uow:
            log_in.prove_oneself(uow, person.id, f"{number:04d}", log_in.Part.CONFIRMS)
        assert attempts(store) == number
    with pytest.raises(Conflict), store.begin(HEAD) as uow:
        log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS)


def test_a_secret_is_asked_for_before_anything_is_changed(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    with pytest.raises(RuntimeError, match="before anything"), store.begin(HEAD) as uow:
        uow.add(Person(login="x", name="X", password_hash="x"))
        log_in.prove_oneself(uow, person.id, PIN, log_in.Part.CONFIRMS)


def test_what_was_typed_as_an_unknown_login_is_not_kept(store: Store) -> None:
    with pytest.raises(Forbidden):
        enter(store, "мой-тайный-пароль", "x")
    with store.read() as uow:
        kept = uow.session.query(LoginAttempt).one().login
    assert kept.startswith("?") and "тайный" not in kept


def test_a_closed_account_cannot_log_in_and_its_sessions_end(
    store: Store, add_person: Callable[..., Person]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    person = add_person(store, "ivanova", Role.ASSISTANT)
    with store.begin(DOOR) as uow:
        uow.add(
            WebSession(key="k" * 64, person_id=person.id, created_at=uow.now(), seen_at=uow.now())
        )
    with store.begin(HEAD) as uow:
        accounts.disable(uow, person.id)
    with store.read() as uow:
        assert uow.session.query(WebSession).count() == 0
    with pytest.raises(Forbidden):
        enter(store, "ivanova", PASSWORD)
    with store.begin(HEAD) as uow:
        accounts.enable(uow, person.id)
    assert enter(store, "ivanova", PASSWORD)


def test_the_last_head_stays(store: Store, add_person: Callable[..., Person]) -> None:
    head = add_person(store, "head", Role.SITE_HEAD)
    with pytest.raises(Conflict), store.begin(HEAD) as uow:
        accounts.disable(uow, head.id)
    with pytest.raises(Conflict), store.begin(HEAD) as uow:
        accounts.change_person(uow, head.id, "Head", [Role.ASSISTANT])


def test_roles_come_and_go_and_the_ledger_follows(
    store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT, Role.PUBLIC_OBSERVER)
    with store.begin(HEAD) as uow:
        accounts.change_person(
            uow, person.id, "Иванова А. Б.", [Role.ASSISTANT, Role.TECHNICAL_SPECIALIST]
        )
    with store.read() as uow:
        changed = uow.get(Person, person.id)
        assert directory.actor_of(changed).roles == {Role.ASSISTANT, Role.TECHNICAL_SPECIALIST}
    assert audit.verify(store).ok


def test_only_the_head_keeps_accounts(store: Store, add_person: Callable[..., Person]) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    for act in (
        lambda uow: accounts.add_person(uow, "new", "Новый", [Role.ASSISTANT]),
        lambda uow: accounts.disable(uow, person.id),
        lambda uow: accounts.reset_secret(uow, person.id),
        lambda uow: accounts.change_person(uow, person.id, "X Y", [Role.SITE_HEAD]),
    ):
        with pytest.raises(Forbidden), store.begin(directory.actor_of(person)) as uow:
            act(uow)


@pytest.mark.parametrize(
    ("login", "name", "roles", "field"),
    [
        ("x", "Имя", [Role.ASSISTANT], "login"),
        ("с пробелом", "Имя", [Role.ASSISTANT], "login"),
        ("new", " ", [Role.ASSISTANT], "name"),
        ("new", "Имя", [], "roles"),
        ("new", "Имя", [Role.SYSTEM], "roles"),
        ("IVANOVA", "Имя", [Role.ASSISTANT], "login"),
    ],
)
def test_an_account_needs_a_login_a_name_and_a_role(
    store: Store,
    add_person: Callable[..., Person],
    login: str,
    name: str,
    roles: list[Role],
    field: str,
) -> None:
    add_person(store, "ivanova", Role.ASSISTANT)
    with pytest.raises(Invalid) as refusal, store.begin(HEAD) as uow:
        accounts.add_person(uow, login, name, roles)
    assert refusal.value.field == field


@pytest.mark.parametrize("pin", ["123", "1234", "9876", "0000", "123456789", "12a4", "١٢٣٥", ""])
def test_poor_pins_are_refused(pin: str) -> None:
    with pytest.raises(Invalid) as refusal:
        own_secrets.check_pin(pin)
    assert refusal.value.field == "pin"


@pytest.mark.parametrize("password", ["short", "xx-ivanova-xx", "ъ" * 201])
def test_poor_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        own_secrets.check_password(password, "ivanova")
    assert refusal.value.field == "password"


def test_own_secrets_replace_the_one_time_password(store: Store) -> None:
    with store.begin(HEAD) as uow:
        person, once = accounts.add_person(uow, "novikov", "Новиков Н. Н.", [Role.ASSISTANT])
    assert re.fullmatch(r"\d{4}-\d{3}-\d{3}", once)
    assert enter(store, "novikov", once).must_change
    with store.begin(Actor(person.id, frozenset({Role.ASSISTANT}))) as uow, pytest.raises(Invalid):
        own_secrets.set_own_secrets(uow, person.id, once, PIN)
    with store.begin(Actor(person.id, frozenset({Role.ASSISTANT}))) as uow:
        own_secrets.set_own_secrets(uow, person.id, PASSWORD, PIN)
    assert not enter(store, "novikov", PASSWORD).must_change
    with pytest.raises(Forbidden):
        enter(store, "novikov", once)


def test_a_one_time_password_signs_nothing(store: Store, add_person: Callable[..., Person]) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    with store.begin(HEAD) as uow:
        once = accounts.reset_secret(uow, person.id)
    with pytest.raises(Forbidden) as refusal, store.begin(HEAD) as uow:
        log_in.prove_oneself(uow, person.id, once, log_in.Part.CONFIRMS)
    assert refusal.value.code == "own-secret-first"


def test_the_first_head_can_be_made_once(store: Store) -> None:
    with store.begin(DOOR) as uow:
        first_head.create_head(uow, "head", "Руководитель", PASSWORD, PIN)
    assert not enter(store, "head", PASSWORD).must_change
    with pytest.raises(Conflict), store.begin(DOOR) as uow:
        first_head.create_head(uow, "second", "Второй", PASSWORD, PIN)


def test_secrets_are_argon2_hashes(store: Store) -> None:
    first, second = (hashes.hash_secret(store.settings, PASSWORD) for _person in range(2))
    assert first.startswith("$argon2id$") and second.startswith("$argon2id$")
    assert first != second, "the same secret of two people is stored in two ways"


def test_guesses_at_the_same_moment_count_one_by_one(
    each_store: Store, add_person: Callable[..., Person]
) -> None:
    add_person(each_store, "ivanova", Role.ASSISTANT)
    gate = threading.Barrier(10)

    def guess() -> str:
        gate.wait()
        with pytest.raises(DomainError) as refusal:
            enter(each_store, "ivanova", "guess")
        return refusal.value.code

    with ThreadPoolExecutor(10) as pool:
        codes = [job.result() for job in [pool.submit(guess) for _ in range(10)]]
    assert sorted(codes) == ["wait"] * 7 + ["wrong-secret"] * 3
    assert attempts(each_store) == 3
