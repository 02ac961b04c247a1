"""Somebody who serves at several exam points has roles of their own at each."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from examday.domain.errors import Invalid
from examday.domain.people.roles import ROLE_NAMES, Actor, Role
from examday.i18n import gettext
from examday.services.appeals.hearing import past
from examday.services.braille import commission
from examday.services.ledger import audit
from examday.services.people import directory, log_in, sites
from examday.services.transfer.crew import staffing
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.web.app import attach
from tests.conftest import PIN, Browser

TEST = Actor.system("test")
HOME, AWAY = "770001", "770002"


@pytest.fixture
def guest(each_store: Store, add_person: Callable[..., Person]) -> str:
    """An organiser of one point who is head of another."""
    with each_store.begin(TEST) as uow:
        for key in (HOME, AWAY):
            sites.add_site(uow, key, f"Школа {key}", "Europe/Moscow")
    person = add_person(each_store.at(HOME), "petrova", Role.ROOM_ORGANISER)
    with each_store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, person.id), AWAY, [Role.SITE_HEAD])
    return person.id


def roles(store: Store, site: str, person_id: str) -> set[Role]:
    with store.at(site).read() as uow:
        return set(directory.acting(uow, uow.get(Person, person_id)).roles)


def test_each_point_knows_the_roles_that_somebody_has_there(each_store: Store, guest: str) -> None:
    assert roles(each_store, HOME, guest) == {Role.ROOM_ORGANISER}
    assert roles(each_store, AWAY, guest) == {Role.SITE_HEAD}
    for site, heads in ((HOME, []), (AWAY, [guest])):
        with each_store.at(site).read() as uow:
            assert [one.id for one in directory.people_with(uow, [Role.SITE_HEAD])] == heads
            (member,) = [one for one in staffing.crew(uow) if one.person_id == guest]
            assert member.roles == roles(each_store, site, guest)
    assert audit.verify(each_store).ok


def test_without_roles_of_that_point_those_of_the_account_count(
    each_store: Store, guest: str
) -> None:
    with each_store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, guest), AWAY)
    assert roles(each_store, AWAY, guest) == {Role.ROOM_ORGANISER}
    assert audit.verify(each_store).ok


def test_who_leaves_a_point_comes_back_without_the_roles_of_then(
    each_store: Store, guest: str
) -> None:
    with each_store.begin(TEST) as uow:
        sites.leave(uow, uow.get(Person, guest), AWAY)
        sites.serve(uow, uow.get(Person, guest), AWAY)
    assert roles(each_store, AWAY, guest) == {Role.ROOM_ORGANISER}
    assert audit.verify(each_store).ok


def test_the_own_point_keeps_the_roles_of_the_account(each_store: Store, guest: str) -> None:
    with each_store.begin(TEST) as uow, pytest.raises(Invalid):
        sites.serve(uow, uow.get(Person, guest), HOME, [Role.SITE_HEAD])


def test_pages_and_secrets_go_by_the_point_that_is_looked_at(
    each_store: Store, guest: str, pages: Any
) -> None:
    attach(pages, each_store)
    browser = Browser(pages)
    browser.log_in("petrova")
    assert browser.get("/people").status_code == 403
    browser.post("/site", {"key": AWAY})
    assert browser.get("/people").status_code in (200, 303)
    shown = browser.get("/help/start").get_data(as_text=True)
    assert f'<p class="soft small">{gettext(ROLE_NAMES[Role.SITE_HEAD])}</p>' in shown
    with each_store.at(AWAY).begin(TEST) as uow:
        log_in.prove_oneself(uow, guest, PIN, log_in.Part.ACTS)
        assert uow.actor.roles == {Role.SITE_HEAD}


def test_the_commission_of_a_point_lists_who_transcribes_there(
    each_store: Store, guest: str
) -> None:
    with each_store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, guest), AWAY, [Role.BRAILLE_TRANSCRIBER])
    for site, there in ((HOME, []), (AWAY, [guest])):
        with each_store.at(site).read() as uow:
            assert [one.id for one in commission.translators(uow)] == there


def test_what_bars_from_a_hearing_bars_with_the_roles_of_any_point(
    each_store: Store, guest: str
) -> None:
    with each_store.begin(TEST) as uow:
        sites.serve(uow, uow.get(Person, guest), AWAY, [Role.EXAM_BOARD_MEMBER])
    with each_store.at(HOME).read() as uow:
        assert past._every_role(uow, guest) == {Role.ROOM_ORGANISER, Role.EXAM_BOARD_MEMBER}


def test_who_has_left_a_point_has_no_role_there(each_store: Store, guest: str) -> None:
    with each_store.begin(TEST) as uow:
        sites.leave(uow, uow.get(Person, guest), AWAY)
    assert roles(each_store, AWAY, guest) == set()
    assert roles(each_store, HOME, guest) == {Role.ROOM_ORGANISER}
    for site, holding in ((HOME, [guest]), (AWAY, [])):
        with each_store.at(site).read() as uow:
            assert uow.session.scalars(sites.holders(uow, [Role.ROOM_ORGANISER])).all() == holding


def head_of(store: Store, add_person: Callable[..., Person], pages: Any, site: str) -> Browser:
    """The pages as the head of a point sees them, of the centre where `site` is empty."""
    add_person(store.at(site) if site else store, f"head-{site}", Role.SITE_HEAD)
    attach(pages, store)
    browser = Browser(pages)
    browser.log_in(f"head-{site}")
    return browser


def test_the_centre_lets_somebody_work_at_one_more_point_and_ends_it_again(
    each_store: Store, guest: str, pages: Any, add_person: Callable[..., Person]
) -> None:
    with each_store.begin(TEST) as uow:
        sites.add_site(uow, "770003", "Школа третья", "Europe/Moscow")
    centre = head_of(each_store, add_person, pages, "")
    page = f"/people/{guest}"
    shown = centre.get(page).text
    assert f"{AWAY} · Школа {AWAY}" in shown and f"{HOME} · " not in shown
    refused = centre.post(f"{page}/points", {"there": ["assistant"]})
    assert refused.status_code == 400 and "Пункт не выбран" in refused.text
    sent = {"point": "770003", "there": ["assistant", "public_observer"]}
    assert centre.post(f"{page}/points", sent).status_code == 303
    assert roles(each_store, "770003", guest) == {Role.ASSISTANT, Role.PUBLIC_OBSERVER}
    assert roles(each_store, AWAY, guest) == {Role.SITE_HEAD}, "of the others nothing changes"
    assert centre.post(f"{page}/points", {"end": "770003"}).status_code == 303
    assert roles(each_store, "770003", guest) == set()
    assert "Завершить работу в 770003" not in centre.get(page).text
    assert centre.post(f"{page}/points", {"end": "770003"}).status_code == 404
    assert audit.verify(each_store).ok


@pytest.mark.parametrize("site", [HOME, AWAY])
def test_no_point_lends_its_people_or_takes_those_of_others(
    each_store: Store, guest: str, pages: Any, add_person: Callable[..., Person], site: str
) -> None:
    head = head_of(each_store, add_person, pages, site)
    assert "Работа в других пунктах" not in head.get(f"/people/{guest}").text
    for sent in ({"point": AWAY, "there": ["assistant"]}, {"end": AWAY}):
        assert head.post(f"/people/{guest}/points", sent).status_code == 404
    assert roles(each_store, AWAY, guest) == {Role.SITE_HEAD}


def test_a_station_has_no_other_points(
    store: Store, pages: Any, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "petrova", Role.ROOM_ORGANISER)
    head = head_of(store, add_person, pages, "")
    assert "Работа в других пунктах" not in head.get(f"/people/{person.id}").text
    answer = head.post(f"/people/{person.id}/points", {"point": AWAY})
    assert answer.status_code == 404


def test_who_has_a_role_costs_as_much_with_forty_people_as_with_four(
    each_store: Store, guest: str, add_person: Callable[..., Person]
) -> None:
    asked: list[str] = []
    event.listen(each_store.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    def statements() -> int:
        asked.clear()
        with each_store.at(AWAY).read() as uow:
            assert directory.people_with(uow, [Role.SITE_HEAD])
            staffing.crew(uow)
        return len(asked)

    for number in range(4):
        add_person(each_store.at(AWAY), f"first{number}", Role.ASSISTANT)
    few = statements()
    for number in range(36):
        add_person(each_store.at(AWAY), f"more{number}", Role.ASSISTANT)
    assert statements() == few
