"""One person has one account: who adds somebody twice hears who is there already."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.errors import Invalid
from examday.domain.people.roles import Actor, Role
from examday.services.people import accounts
from examday.services.unit_of_work import Store

TEST = Actor.system("test")


@pytest.fixture
def station(store: Store, add_person: Callable[..., Any]) -> Store:
    add_person(store, "petrova", Role.ASSISTANT, name="Учебная Анна Ёлкина")
    return store


def add(store: Store, login: str, name: str, namesake: bool = False) -> None:
    with store.begin(TEST) as uow:
        accounts.add_person(uow, login, name, {Role.ASSISTANT}, namesake)


def test_a_taken_login_names_who_has_it(station: Store) -> None:
    with pytest.raises(Invalid) as told:
        add(station, "реtrova", "Учебный Б. Б.")
    assert told.value.code == "taken" and told.value.params["name"] == "Учебная Анна Ёлкина"


def test_a_namesake_is_asked_about_once(station: Store) -> None:
    with pytest.raises(Invalid) as told:
        add(station, "elkina", "учебная  анна ёлкина")
    assert told.value.params["login"] == "petrova"
    add(station, "elkina", "Учебная Анна Ёлкина", namesake=True)


def test_the_page_leads_to_the_account_that_is_there(
    station: Store, add_person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    add_person(station, "head", Role.SITE_HEAD)
    head = browser()
    head.log_in("head")
    sent = {"name": "Учебная Анна Ёлкина", "login": "elkina", "roles": ["assistant"]}
    told = head.post("/people/new", sent)
    page = told.get_data(as_text=True)
    assert told.status_code == 400 and "Открыть ту запись" in page and "тёзка" in page
    assert head.post("/people/new", sent | {"namesake": "1"}).status_code == 200
