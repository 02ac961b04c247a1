"""The list of people of a region: where each works, a hundred at a time."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from examday.domain.people.roles import Actor, Role
from examday.services.people import sites, views
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.web.app import attach
from tests.conftest import Browser

TEST = Actor.system("test")
HOME, AWAY, THIRD = "770001", "770002", "770003"
LOGIN = re.compile(r'class="value">(\w+)<')


@pytest.fixture
def centre(each_store: Store, add_person: Callable[..., Person], pages: Flask) -> Browser:
    """Somebody of the centre looks; two people of one point, one of whom serves at two more."""
    with each_store.begin(TEST) as uow:
        for key in (HOME, AWAY, THIRD):
            sites.add_site(uow, key, f"Школа {key}", "Europe/Moscow")
    person = add_person(each_store.at(HOME), "petrova", Role.ROOM_ORGANISER)
    add_person(each_store.at(HOME), "zavuch", Role.SITE_HEAD)
    add_person(each_store, "centre", Role.SITE_HEAD)
    with each_store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), AWAY, [Role.SITE_HEAD, Role.ASSISTANT])
        sites.serve(uow, uow.get(Person, person.id), THIRD)
    attach(pages, each_store)
    browser = Browser(pages)
    browser.log_in("centre")
    return browser


def shown(browser: Browser, address: str = "/people") -> str:
    return " ".join(browser.get(address).text.split())


def test_each_is_named_with_the_points_and_the_roles_there(
    centre: Browser, each_store: Store
) -> None:
    row = re.search(r"<tr>(?:(?!<tr>).)*petrova.*?</tr>", shown(centre))
    assert row
    points = re.findall(r"<div>(.*?)</div>", row[0])
    assert points == [HOME, f"{AWAY}: ассистент, руководитель ППЭ", THIRD]
    assert "все, из центра" in shown(centre)
    with each_store.begin(TEST) as uow:
        petrova = next(one for one in views.everybody(uow).people if one.login == "petrova")
        sites.leave(uow, petrova, AWAY)
    assert AWAY not in shown(centre)


def test_a_point_sees_nothing_of_others_in_its_list(
    centre: Browser, each_store: Store, pages: Flask
) -> None:
    browser = Browser(pages)
    browser.log_in("zavuch")
    page = shown(browser)
    assert "petrova" in page and AWAY not in page and "Пункты" not in page


def test_a_hundred_people_are_on_a_page_and_others_are_found(
    centre: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'name="q" ' not in re.sub(r"<header.*?</header>", "", shown(centre)), "all fit"
    monkeypatch.setattr(views, "A_PAGE", 2)
    found, address = list[str](), "/people"
    for _page in range(2):
        text = shown(centre, address)
        found += LOGIN.findall(text)
        further = re.search(r'href="(/people\?[^"]+)" rel="next"', text)
        address = further[1].replace("&amp;", "&") if further else ""
    assert sorted(found) == ["centre", "petrova", "zavuch"] and not address
    assert LOGIN.findall(shown(centre, "/people?q=ZAVU")) == ["zavuch"]
    assert sorted(LOGIN.findall(shown(centre, f"/people?q={HOME}"))) == ["petrova", "zavuch"]
    assert "Такого человека здесь нет" in shown(centre, "/people?q=nobody")
