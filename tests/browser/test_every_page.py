"""Every page in both languages: no barrier the checker can find, no sideways scrolling at 320 px,
no error in the console, a label for each field, one heading. A page nobody visits here fails the
test."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from flask import url_for
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.routing import Rule

from examday.domain.people.roles import PERMISSIONS, Role
from examday.resources import PACKAGES
from examday.storage.tables import Booklet, Item, Person, ScanFile, Seat
from examday.storage.tables import Page as PageRow
from examday.storage.tables_appeal import Appeal
from examday.web import access
from examday.web.app import create_app
from tests.browser.checks import faults
from tests.browser.fixtures import Station

pytestmark = pytest.mark.slow
ROOMS = PACKAGES / "examday" / "demo" / "rooms.csv"
NO_PAGE = {
    "static",
    "board.fragment",
    "scans.fragment",
    "custody.find",
    "figures.table",
    "region.export",
    "region.figures_file",
    "exchange.word",
    "exchange.hello",
    "ledger.check_fragment",
    "travel.fragment",
    "travel.post_fragment",
    "travel.receipt",
    "work.waiting",
    "images.field",
    "rechecks.picture",
    "second_screen.hear",
    "images.page",
    "images.thumb",
    "ledger.verify",
    "plan.example",
    "plan.export",
    "plan.export_all",
    "plan.mistakes",
    "prints.file",
    "braille.answers",
    "braille.entry_brf",
    "braille.long_brf",
    "prints.read_out",
    "prints.together",
}
"""Endpoints that answer with files, pictures or fragments: the barriers of a whole page are not
asked of them."""
QUERIES = {"board.cell": {"state": "scanned"}}
LOGINS: dict[str, Role] = {
    "head": Role.SITE_HEAD,
    "organiser": Role.LEAD_ORGANISER,
    "reader": Role.ASSISTANT,
    "gek": Role.EXAM_BOARD_MEMBER,
    "technician": Role.TECHNICAL_SPECIALIST,
    "chair": Role.BRAILLE_CHAIR,
    "translator": Role.BRAILLE_TRANSCRIBER,
    "appealchair": Role.APPEAL_CHAIR,
    "secretary": Role.APPEAL_SECRETARY,
    "operator": Role.APPEAL_OPERATOR,
    "expert": Role.SUBJECT_EXPERT,
}
ELSEWHERE = {
    "copying.sheet",
    "health.alive",  # tests/jobs/test_health: no pages, a word for machines
    "health.ready",
    "wrong_page.compare",  # tests/scans: somebody must have set a page aside
    "making.show",  # tests/scans: two parts of sheets must wait
    "verify.desk",
    "by_answer.page",  # test_desks: several copies must wait
    "going_back.form",  # test_desks: somebody must have copied the work
    "keyin.done",  # test_desks: somebody must have taken the work
    "result.done",  # test_braille_journey: a reading of dots must have been handed in
    "sheets.page",  # tests/appeals/test_sheet_reading: the hearing must be at its readings
    "rechecks.page",  # tests/appeals: a long answer must have been transferred again
    "region.index",  # tests/board/test_region: a station has no other points
    "region.works",
    "region.figures",
    "travel.orders",  # tests/travel/test_orders_at_the_centre: a station orders nothing
    "travel.delivery",  # tests/travel: nobody brings a stick to a station
    "site.form",  # tests/people/test_site_pages: a station has no points to choose from
    "plan.report",
    "prints.made",  # below: a file must have been sent in, a document made
}
"""Pages that the training day does not hold ready: each with the test that visits it, so that none
goes unseen."""


def addresses(station: Station) -> dict[str, tuple[str, list[str]]]:
    """Each endpoint that shows a page: who may see it, and the addresses to try, the likeliest
    first."""
    app = create_app(station.store.settings, station.store)
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGE:
            continue
        action = access.rule_of(app, rule.endpoint) or ""
        who = "head" if action in ("public", "logged-in") else _somebody(action)
        with app.test_request_context():
            values = [
                {**chosen, **QUERIES.get(rule.endpoint, {})} for chosen in _values(station, rule)
            ]
            found[rule.endpoint] = (who, [url_for(rule.endpoint, **chosen) for chosen in values])
    return found


def _values(station: Station, rule: Rule) -> list[dict[str, str]]:
    """What to put into the variable parts of an address, taken from the training day."""
    names = set(rule.arguments) - set(rule.defaults or {})
    if not names:
        return [{}]
    if names == {"exam_id", "room_id"}:
        with station.store.read() as uow:
            seats = uow.session.scalars(select(Seat).limit(1))
            return [{"exam_id": seat.exam_id, "room_id": seat.room_id} for seat in seats]
    choices = [[{name: value} for value in _choices(station, rule, name)] for name in sorted(names)]
    return [
        {key: value for part in parts for key, value in part.items()}
        for parts in itertools.product(*choices)
    ]


def _choices(station: Station, rule: Rule, name: str) -> list[str]:
    """The values one variable part may have."""
    fixed = {
        "name": ["board"],
        "kind": ["candidates", "rooms"],
        "file_format": ["csv"],
        "action": ["issue", "enlarge", "collect", "spoil", "undo"],
        "side": ["original", "copy"],
    }
    tables: dict[str, type[Any]] = {"person_id": Person, "page_id": PageRow, "scan_id": ScanFile}
    if name in fixed:
        return fixed[name]
    if name == "other_id":  # the page that is compared with another one waits or does not count
        with station.store.read() as uow:
            return list(uow.session.scalars(select(PageRow.id).where(PageRow.state != "attached")))
    families: dict[str, type[Any]] = {"/appeals/": Appeal, "/packing/packet/": Item}
    table = tables.get(name) or next(
        (t for start, t in families.items() if rule.rule.startswith(start)), Booklet
    )
    with station.store.read() as uow:
        kinds = select(table.id).where(Item.kind == "packet") if table is Item else select(table.id)
        return list(uow.session.scalars(kinds)) if name != "sha256" and name != "set_id" else []


def _somebody(action: str) -> str:
    return next(login for login, role in LOGINS.items() if role in PERMISSIONS[action])


@pytest.fixture(scope="module")
def visitor(station: Station, chromium: Browser) -> Iterator[Any]:
    """`visitor(login)` is a logged-in person's open page; errors of its console are kept."""
    pages: dict[str, Page] = {}

    def page_of(login: str) -> Page:
        if login not in pages:
            page = station.log_in(chromium, login, reduced_motion="reduce")
            page.errors = []  # type: ignore[attr-defined]
            page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
            page.on(
                "console",
                lambda said: (
                    page.errors.append(said.text)  # type: ignore[attr-defined]
                    if said.type == "error" and "404" not in said.text
                    else None
                ),
            )
            pages[login] = page
        return pages[login]

    yield page_of
    for page in pages.values():
        page.context.close()


def open_page(page: Page, station: Station, tries: list[str]) -> str | None:
    """Open the first address that answers with a page; None when none does. Where there are
    several, each is asked for without a window first: drawing one takes thirty times as long."""
    for address in tries:
        if len(tries) > 1 and not _answers(page, station.url + address):
            continue
        page.errors.clear()  # type: ignore[attr-defined]
        answer = page.goto(station.url + address)
        if answer is not None and answer.ok and page.locator("body > main").count() == 1:
            return address
    return None


def _answers(page: Page, address: str) -> bool:
    asked = page.context.request.get(address)
    return asked.ok and asked.headers["content-type"].startswith("text/html")


@pytest.fixture(scope="module")
def everywhere(station: Station) -> dict[str, tuple[str, list[str]]]:
    """The addresses of all pages."""
    return addresses(station)


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [
        ("ru", 320, "dark"),
        pytest.param("en", 1280, "contrast", marks=pytest.mark.release),
    ],
)
@pytest.mark.release
def test_no_page_puts_up_a_barrier(
    visitor: Any,
    station: Station,
    axe: str,
    everywhere: dict[str, Any],
    language: str,
    width: int,
    theme: str,
) -> None:
    found, unseen = [], []
    for endpoint, (who, tries) in sorted(everywhere.items()):
        if endpoint in ELSEWHERE:  # test_no_page_is_said_to_be_elsewhere_that_is_here
            continue
        page = visitor(who)
        page.set_viewport_size({"width": width, "height": 800})
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": station.url}
                for name, value in (("lang", language), ("theme", theme))
            ]
        )
        if address := open_page(page, station, tries):
            # the next run begins where the first one found something, which saves the tries
            tries[:] = [address]
            found += [
                f"{endpoint} ({page.url}): {fault}" for fault in faults(page, axe) + page.errors
            ]
        else:
            unseen.append(endpoint)
    assert not found, "\n".join(found)
    assert unseen == []


@pytest.mark.release
def test_no_page_is_said_to_be_elsewhere_that_is_here(
    visitor: Any, station: Station, everywhere: dict[str, Any]
) -> None:
    """Hundreds of addresses: each work, and each two of them, are tried."""
    assert set(everywhere) >= ELSEWHERE
    for endpoint in sorted(ELSEWHERE):
        who, tries = everywhere[endpoint]
        here = [one for one in tries if _answers(visitor(who), station.url + one)]
        assert endpoint.startswith("health.") or not here, (endpoint, here)


def test_pages_that_come_after_something_was_sent_in(
    visitor: Any, station: Station, axe: str
) -> None:
    page, found = visitor("head"), []
    page.errors.clear()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{station.url}/plan/file")
    page.set_input_files("#file", ROOMS)
    page.locator("main [data-primary]").click()
    page.wait_for_url("**/plan/set/*")
    found += faults(page, axe)
    page.goto(f"{station.url}/print/")
    page.locator("main [data-primary]").first.click()
    page.wait_for_url("**/print/made/*")
    found += faults(page, axe)
    assert not found + page.errors, "\n".join(found + page.errors)


def test_files_are_sent_in_also_while_the_large_button_leads_to_what_waits(
    visitor: Any, station: Station
) -> None:
    page = visitor("head")
    page.errors.clear()
    page.goto(f"{station.url}/scans/")
    plain = page.content().replace("data-primary", "data-plain")
    page.route(f"{station.url}/scans/", lambda route: route.fulfill(body=plain))
    page.goto(f"{station.url}/scans/")
    page.set_input_files("#files", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    page.locator("form[data-upload] button").click()
    page.wait_for_url("**batch=**")
    assert not page.errors
