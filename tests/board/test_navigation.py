"""The frame of every page: which parts of the program a role opens, and which of them is open."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Role
from examday.services.unit_of_work import Store
from tests import day
from tests.conftest import Browser
from tests.offers import offers

PARTS = {
    "board": "/board/",
    "work": "/work",
    "papers": "/custody/",
    "scans": "/scans/",
    "key-in": "/keyin",
    "differences": "/settle",
    "copying": "/copying",
    "verification": "/verify",
    "signing": "/sign",
    "packing": "/packing/",
    "Braille": "/commission",
    "appeals": "/appeals",
    "printing": "/print/",
    "plan": "/plan/",
    "people": "/people",
    "ledger": "/ledger",
}
"""Part of the program → address of its first page: written out, so that an address that changes is
noticed."""
OPEN_TO = [
    (
        Role.SITE_HEAD,
        "board work papers scans differences verification signing packing printing plan people ledger",
    ),
    (
        Role.ROOM_ORGANISER,
        "board work papers scans key-in differences copying verification signing packing printing",
    ),
    (
        Role.ASSISTANT,
        "board work papers scans key-in differences copying verification signing printing",
    ),
    (
        Role.BRAILLE_CHAIR,
        "board work papers scans key-in differences copying verification signing packing Braille"
        " printing ledger",
    ),
    (Role.TECHNICAL_SPECIALIST, "board work papers scans printing plan ledger"),
    (Role.EXAM_BOARD_MEMBER, "board work papers signing printing plan ledger"),
    (Role.PUBLIC_OBSERVER, "board work papers signing ledger"),
    (Role.APPEAL_SECRETARY, "work appeals ledger"),
    (Role.APPEAL_OPERATOR, "work appeals"),
]


def menu(page: Any) -> list[tuple[str, bool]]:
    """Addresses of the menu in their order, and whether each is marked as the open one."""
    whole = page.get_data(as_text=True)
    part = whole.partition('<ul class="nav">')[2].partition("</ul>")[0]
    return [
        (address, "aria-current" in rest)
        for address, rest in re.findall(r'<a href="([^"]+)"([^>]*)>', part)
    ]


@pytest.mark.parametrize(("role", "parts"), OPEN_TO)
def test_the_menu_holds_the_parts_that_a_role_opens(
    store: Store, browser: Callable[[], Browser], add_person: Any, role: Role, parts: str
) -> None:
    day.booklet(store, None)
    add_person(store, "somebody", role)
    visit = browser()
    visit.log_in("somebody")
    shown = [address for address, _open in menu(visit.get("/own-secrets"))]
    assert shown == [PARTS[part] for part in parts.split()]
    for address in shown:
        assert visit.get(address).status_code == 200, f"{address} is offered and does not open"


def test_somebody_without_a_log_in_sees_no_menu(
    store: Store, browser: Any, add_person: Any
) -> None:
    add_person(store, "somebody", Role.SITE_HEAD)
    assert menu(browser().get("/login")) == []


def test_the_head_of_each_page_says_who_is_logged_in_and_as_what(
    store: Store, browser: Callable[[], Browser], add_person: Any
) -> None:
    person = add_person(store, "nina", Role.TECHNICAL_SPECIALIST)
    nina = browser()
    nina.log_in("nina")
    page = html.unescape(nina.get("/board/").get_data(as_text=True))
    account = re.sub(r"<[^>]+>", "", page.partition("<main")[0])
    assert person.name in account and "технический специалист" in account.lower()


def test_the_menu_marks_the_part_whose_page_is_open_and_no_other(
    store: Store, browser: Callable[[], Browser], add_person: Any
) -> None:
    work = day.booklet(store, None, State.VERIFIED)
    add_person(store, "head", Role.SITE_HEAD)
    add_person(store, "secretary", Role.APPEAL_SECRETARY)
    head, secretary = browser(), browser()
    head.log_in("head")
    secretary.log_in("secretary")
    for visit, url, part in [
        (head, "/board/", "/board/"),
        (head, "/board/step?state=verified", "/board/"),
        (head, f"/custody/work/{work}", "/custody/"),
        (head, "/plan/rooms", "/plan/"),
        (head, "/plan/readiness", "/plan/"),
        (head, f"/packing/work/{work}", "/packing/"),
        (head, f"/print/booklet/{work}", "/print/"),
        (head, "/work", "/work"),
        (head, "/ledger", "/ledger"),
        (head, "/people", "/people"),
        (secretary, "/appeals", "/appeals"),
        (secretary, "/appeals/new", "/appeals"),
        (secretary, "/appeals/figures", "/appeals"),
        (secretary, "/calendar", "/appeals"),
        (secretary, "/keeping", "/appeals"),
        (head, "/calendar", "/plan/"),
        (head, f"/booklets/{work}", ""),
        (head, "/own-secrets", ""),
    ]:
        page = visit.get(url)
        assert page.status_code == 200, url
        assert [a for a, is_open in menu(page) if is_open] == ([part] if part else []), url


def test_an_empty_station_offers_a_training_day_or_the_first_account(
    app: Flask, store: Store, browser: Any
) -> None:
    page = browser().get("/")
    assert {"POST start.training", "login.first"} <= offers(app, page)


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [
        (Role.TECHNICAL_SPECIALIST, "plan.index"),
        (Role.ASSISTANT, ""),
    ],
)
def test_without_a_plan_those_who_may_load_one_are_led_to_it(
    app: Flask, store: Store, browser: Any, add_person: Any, role: Role, leads_to: str
) -> None:
    add_person(store, "somebody", role)
    visit = browser()
    visit.log_in("somebody")
    page = visit.get("/")
    if leads_to:
        assert leads_to in offers(app, page)
    else:
        assert page.status_code == 302 and page.location.endswith("/work")
