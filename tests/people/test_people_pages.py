"""The head of the point keeps the accounts; the one-time password is shown once."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.people.roles import Actor, Role
from examday.services.people import directory
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests.conftest import Clock


@pytest.fixture
def head(store: Store, browser: Any, add_person: Callable[..., Person]) -> Any:
    add_person(store, "head", Role.SITE_HEAD)
    client = browser()
    client.log_in("head")
    return client


def test_a_new_person_logs_in_with_the_password_shown_once(head: Any, browser: Any) -> None:
    answer = head.post(
        "/people/new", {"name": "Новиков Н. Н.", "login": "novikov", "roles": ["assistant"]}
    )
    password = re.search(
        r"\d{4}-\d{3}-\d{3}", re.sub(r"<[^>]+>", "", answer.get_data(as_text=True))
    )
    assert answer.status_code == 200 and password
    assert browser().enter("novikov", password[0]).headers["Location"] == "/own-secrets"
    assert password[0] not in head.get("/people").get_data(as_text=True)


def test_mistakes_are_named_and_what_was_typed_is_kept(head: Any) -> None:
    answer = head.post("/people/new", {"name": "Новиков Н. Н.", "login": "a b"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and "Новиков Н. Н." in page and "<title>Ошибка:" in page


def test_changing_accounts_asks_for_the_own_secret_again_after_a_while(
    head: Any, store: Store, clock: Clock, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    assert head.get(f"/people/{person.id}").status_code == 200
    clock.forward(minutes=11)
    assert head.get(f"/people/{person.id}").headers["Location"].startswith("/prove")
    assert (
        head.post(f"/people/{person.id}", {"act": "reset"}).headers["Location"].startswith("/prove")
    )


def test_name_and_roles_are_changed(
    head: Any, store: Store, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    page = head.get(f"/people/{person.id}").get_data(as_text=True)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    head.post(
        f"/people/{person.id}",
        {"name": "Иванова А. Б.", "roles": ["public_observer"], "seen": seen[1]},
    )
    with store.read() as uow:
        changed = uow.get(Person, person.id)
        assert changed.name == "Иванова А. Б."
        assert directory.actor_of(changed).roles == {Role.PUBLIC_OBSERVER}


def test_roles_that_were_ticked_stay_ticked_when_the_change_is_refused(
    head: Any, add_person: Callable[..., Person], store: Store
) -> None:
    person = add_person(store, "ivanova", Role.ASSISTANT)
    answer = head.post(
        f"/people/{person.id}", {"name": "", "roles": ["public_observer"], "seen": "0"}
    )
    boxes = re.findall(r'<input[^>]*name="roles"[^>]*>', answer.get_data(as_text=True))
    ticked = [box for box in boxes if " checked" in box]
    assert answer.status_code == 409 and len(boxes) > 10
    assert len(ticked) == 1 and 'value="public_observer"' in ticked[0]


def test_the_table_of_permissions_is_readable_for_everybody(
    head: Any, store: Store, browser: Any, add_person: Callable[..., Person]
) -> None:
    add_person(store, "medic", Role.MEDICAL_WORKER)
    client = browser()
    client.log_in("medic")
    page = client.get("/permissions").get_data(as_text=True)
    assert "подписывать «Копия верна»" in page and page.count("<tr>") > 30


def test_staff_from_the_plan_wait_for_a_one_time_password(
    head: Any, store: Store, browser: Any
) -> None:
    with store.begin(Actor.system("test")) as uow:
        person = uow.add(Person(login="plan", name="Плановая П. П.", password_hash=""))
        uow.record("person:add", "person:plan")
    assert "нужен разовый пароль" in head.get("/people").get_data(as_text=True)
    assert browser().post("/login", {"login": "plan", "password": ""}).status_code == 403
    seen = re.search(
        r'name="seen" value="(\w+)"', head.get(f"/people/{person.id}").get_data(as_text=True)
    )
    assert seen
    answer = head.post(f"/people/{person.id}", {"act": "reset", "seen": seen[1]})
    password = re.search(
        r"\d{4}-\d{3}-\d{3}", re.sub(r"<[^>]+>", "", answer.get_data(as_text=True))
    )
    assert password and browser().enter("plan", password[0]).headers["Location"] == "/own-secrets"
