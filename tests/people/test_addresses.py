"""Addresses from outside: a redirect never leaves the station, and no character in a path breaks a
page."""

import contextlib
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask import redirect
from hypothesis import given
from hypothesis import strategies as st

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Role
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from examday.web.addresses import local_address
from tests import day
from tests.conftest import PASSWORD, PIN, Browser
from tests.served import served

ELSEWHERE = (
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    "/\t\\evil.example",
    "/\x00/evil.example",
    "/\x1f/evil.example",
    "/\x7f/evil.example",
    "/\x85/evil.example",
    "/\u2028/evil.example",
    "/people\\..\\evil",
    "/\\evil.example",
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "",
    "people",
    " /people",
    "//[",
    "/people\r\nSet-Cookie: a=b",
)
CONTROLS = ("%00", "%09", "%0D%0A", "%7F", "%C2%85", "%E2%80%A8")


@pytest.fixture
def head(store: Store, add_person: Callable[..., Person]) -> Person:
    return add_person(store, "head", Role.SITE_HEAD)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_typed_address_leads_away_from_the_station(wanted: str) -> None:
    assert local_address(wanted) == "/"


@pytest.mark.parametrize(
    "wanted", ["/", "/people", "/find?q=А-1&page=2", "/settle/1#field-2", "/help/start?"]
)
def test_addresses_of_the_station_stay_as_they_are(wanted: str) -> None:
    assert local_address(wanted) == wanted


@given(st.text(st.sampled_from("/\\\t\n\r\x00:@.evil?#% "), max_size=12))
def test_whatever_is_typed_a_browser_stays_here(wanted: str) -> None:
    kept = local_address(wanted)
    # What a browser does first: it drops tabs and line breaks and reads the backslash as a slash.
    seen = kept.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    assert seen.startswith("/") and not seen.startswith("//")


@pytest.mark.parametrize("wanted", ["/\t/evil.example", "/\r/", "/\r\nSet-Cookie: a=b"])
def test_each_page_that_goes_back_where_one_came_from_stays_here(
    browser: Callable[[], Browser], head: Person, wanted: str
) -> None:
    client = browser()
    seen = [
        client.post("/view", {"back": wanted, "theme": "dark"}),
        client.post("/login", {"login": "head", "password": PASSWORD, "next": wanted}),
    ]
    seen += [client.post("/prove", {"secret": PIN, "next": wanted})]
    client.post("/logout")
    seen += [client.post("/login/pin", {"person": head.id, "pin": PIN, "next": wanted})]
    assert [(answer.status_code, answer.headers["Location"]) for answer in seen] == [(303, "/")] * 4


def test_a_page_that_forgets_to_ask_is_held_back_all_the_same(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [lambda: redirect("//evil.example/"), *app.before_request_funcs[None]]
    monkeypatch.setitem(app.before_request_funcs, None, first)
    assert app.test_client().get("/login").headers["Location"] == "/"


@pytest.mark.parametrize("sign", CONTROLS)
@pytest.mark.release
def test_control_characters_in_a_path_are_answered_plainly(
    app: Any, browser: Callable[[], Browser], head: Person, sign: str
) -> None:
    client = browser()
    client.log_in("head")
    paths = {f"/{sign}", f"/{sign}/", f"/{sign}/evil.example", f"/static/{sign}"}
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments:
            adapter = app.url_map.bind("localhost")
            # Every address that takes a part from outside, with the sign in that part.
            values = {
                name: 1 if "int" in str(kind) else "SIGN" for name, kind in rule._converters.items()
            }
            with contextlib.suppress(Exception):
                paths.add(adapter.build(rule.endpoint, values).replace("SIGN", f"a{sign}b"))
    assert len(paths) > 20
    for path in sorted(paths):
        # Given as the gateway hands it over: already decoded.
        spoken = {"PATH_INFO": unquote(path, "latin-1")}
        for who in (client, browser()):
            assert who.get("/", environ_overrides=spoken).status_code == 404, path


def raw(port: int, target: bytes) -> bytes:
    """The head of the answer to a request line as a stranger types it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            b"GET " + target + b" HTTP/1.1\r\nHost: station.local\r\nConnection: close\r\n\r\n"
        )
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer.partition(b"\r\n\r\n")[0]


def test_the_real_web_server_neither_fails_nor_sends_what_the_address_says(
    app: Any, head: Person
) -> None:
    with served(app, threads=2) as address:
        port = urlsplit(address).port or 0
        for target in (
            b"/%0D/",
            b"/%0A/",
            b"/%0D%0ASet-Cookie:%20a=b",
            b"//evil.example/",
            b"//evil.example/people",
            b"/%09/evil.example",
            b"/%5Cevil.example",
            b"/people/%0D",
            b"/\\evil.example",
            b"/%FF/",
            b"/login?next=/%0D/",
            b"/people?x=%0D%0ASet-Cookie:%20a=b",
            b"http://evil.example/people",
        ):
            lines = raw(port, target).split(b"\r\n")
            assert lines[0].split()[1] in (b"200", b"302", b"308", b"400", b"404"), (
                target,
                lines[0],
            )
            assert not any(line.lower().startswith(b"set-cookie: a=b") for line in lines), target
            places = [line for line in lines if line.lower().startswith(b"location:")]
            assert all(
                place.split(b": ", 1)[1].startswith(b"/") and b"//" not in place.split(b"?")[0]
                for place in places
            ), (target, places)


def test_the_zero_sign_is_refused_wherever_it_is_sent(
    store: Store, head: Person, browser: Callable[[], Browser]
) -> None:
    """PostgreSQL has no such text: the page would end as a fault of the program."""
    there = browser()
    assert there.post("/login", {"login": "a\0b", "password": PASSWORD}).status_code == 400
    there.log_in("head")
    for address in ("/find?q=a%00", "/ledger?subject=%00", "/plan/candidates?%00=1"):
        assert there.get(address).status_code == 400, address
    assert there.get("/find?q=%09a").status_code == 200, "a tab may be pasted"


def test_a_number_that_no_entry_has_is_no_fault_of_the_program(
    head: Person, browser: Callable[[], Browser]
) -> None:
    there = browser()
    there.log_in("head")
    for typed in ("9" * 30, "-1", "²", "999999999", ""):
        assert there.get(f"/ledger?before={typed}").status_code == 200, typed
        assert there.get(f"/print/?before={typed}", follow_redirects=True).status_code == 200, typed


def test_a_number_that_was_typed_into_a_form_is_no_fault_of_the_program(
    store: Store, head: Person, browser: Callable[[], Browser]
) -> None:
    work = day.booklet(store, "2990000000026", State.ISSUED)
    there = browser()
    there.log_in("head")
    for typed in ("9" * 5000, "²", "٣", "-1", "1e9", ""):
        paper = {"kind": "standard_sheet", "number": typed, "row_version": typed}
        assert there.post(f"/custody/work/{work}/extra", paper).status_code < 500, typed
        counted = {"count-standard_sheet": typed, "row_version": typed}
        assert there.post(f"/custody/work/{work}/collect", counted).status_code < 500, typed
        with store.read() as uow:
            exam = uow.get(Booklet, work).exam_id
        assert there.get(f"/verify/answers/{exam}?after={typed}").status_code < 500, typed


def test_a_changed_view_leads_back_to_the_page_it_was_chosen_on(
    browser: Callable[[], Browser], store: Store, add_person: Callable[..., Person]
) -> None:
    add_person(store, "ivanova", Role.SITE_HEAD)
    here = browser()
    here.log_in("ivanova")
    for page in ("/people/new?role=assistant", "/people"):
        assert f'name="back" value="{page}"' in here.get(page).text
    refused = here.post("/people/new", {"login": "", "name": ""})
    assert 'name="back" value="/"' in refused.text, "what was sent is not sent again"
