"""The pages of the centre have no barrier either, and fit a telephone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor, Role
from examday.services.people.sites import add_site, serve
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests import day
from tests.browser.windows import Windows
from tests.served import served

pytestmark = [pytest.mark.slow, pytest.mark.release]
PAGES = (
    "/region/",
    "/region/figures",
    "/region/works?step=scanned",
    "/site",
    "/travel/",
    "/travel/orders",
    "/people",
)
LONG = "Школа № 1 с углублённым изучением иностранных языков"


@pytest.mark.parametrize("narrow", [(), ("centre",)], ids=["wide", "telephone"])
def test_the_pages_of_the_centre_put_up_no_barrier(
    narrow: tuple[str, ...],
    store: Store,
    add_person: Callable[..., Person],
    chromium: Browser,
    axe: str,
    app: Any,
) -> None:
    add_person(store, "centre", Role.SITE_HEAD)
    with store.begin(Actor.system("test")) as uow:
        add_site(uow, "770001", LONG, "Europe/Moscow")
        add_site(uow, "770002", "Школа юга", "Asia/Yekaterinburg")
    guest = add_person(store.at("770002"), "petrova", Role.ROOM_ORGANISER, name="Петрова П. П.")
    with store.begin(Actor.system("test")) as uow:
        serve(uow, uow.get(Person, guest.id), "770001", [Role.SITE_HEAD, Role.ASSISTANT])
    day.booklet(store.at("770001"), "2990000000026", State.SCANNED)
    day.booklet(store.at("770002"), "2990000000040", State.REGISTERED)
    with served(app) as url:
        windows = Windows(chromium, url, axe, narrow)
        window = windows.open("centre")
        pages = (*PAGES, f"/people/{guest.id}")
        assert [window.open(page).status for page in pages] == [200] * len(pages)
        windows.close()
    assert not windows.found, "\n".join(windows.found)
