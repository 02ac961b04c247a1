"""What a browser gets and keeps: headers, cookies, log-ins, forms, and logs that tell nothing
about people."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import Gone

from examday import log
from examday.domain.people.roles import Actor, Role
from examday.i18n import gettext
from examday.services.people import accounts, directory
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from examday.storage.tables_log_in import WebSession
from examday.web.app import create_app
from examday.web.errors import HTTP_ADVICE
from tests.conftest import PASSWORD, PIN, Clock
from tests.signed import sent, verified_work

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def head(store: Store, add_person: Callable[..., Person]) -> Person:
    return add_person(store, "head", Role.SITE_HEAD)


def strict(answer: Any) -> None:
    """The headers of every answer."""
    assert {name: answer.headers.get(name) for name in WANTED} == WANTED, answer.status
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "http" not in policy
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(
        policy.split("; ")
    )


def test_headers_are_on_every_answer_errors_included(
    app: Flask, browser: Any, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    answers = [
        client.get("/login"),
        client.get("/people"),
        client.get("/no/such/page"),
        client.client.post("/login"),
        client.client.put("/login"),
        client.post("/login", {"login": "head", "password": "wrong"}),
    ]
    client.enter("head")
    answers += [client.get("/people"), client.get("/people/new"), client.get("/people/" + "0" * 32)]

    def bug() -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "people.permissions", bug)
    bug.access_rule = "logged-in"  # type: ignore[attr-defined]
    answers.append(client.get("/permissions"))
    assert [a.status_code for a in answers] == [200, 302, 404, 400, 405, 403, 200, 200, 404, 500]
    for answer in answers:
        strict(answer)


def test_a_bug_shows_a_number_and_no_trace(
    app: Flask, browser: Any, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug() -> str:
        raise ValueError("Иванова")

    bug.access_rule = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "people.permissions", bug)
    shown = browser().get("/permissions").get_data(as_text=True)
    assert re.search(r"[0-9a-f]{8}", shown)
    assert "Traceback" not in shown and "ValueError" not in shown and "Иванова" not in shown


def test_pages_have_no_inline_script_or_style(browser: Any, head: Person) -> None:
    client = browser()
    client.enter("head")
    for address in (
        "/login",
        "/people",
        "/people/new",
        "/ledger",
        "/ledger/verify",
        "/permissions",
        "/sign",
    ):
        page = client.get(address).get_data(as_text=True)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), address
        assert "//" not in re.sub(r'"http://www.w3.org[^"]*"', "", page).replace("<!doctype", ""), (
            address
        )


def test_cookies_are_kept_from_scripts_and_other_sites(browser: Any, head: Person) -> None:
    client = browser()
    answer = client.enter("head")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie
    over_https = client.client.post(
        "/login",
        data={"login": "head", "password": PASSWORD, "csrf_token": client.token()},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/login"},
    )
    named = [c for c in over_https.headers.getlist("Set-Cookie") if c.startswith("examday")]
    assert named and all("Secure" in cookie for cookie in named)


def cookie_of(client: Any) -> str:
    found = client.client.get_cookie("examday")
    return found.value if found else ""


def test_the_session_id_is_long_new_at_log_in_and_not_what_the_table_holds(
    store: Store, browser: Any, head: Person
) -> None:
    client = browser()
    client.enter("head")
    first = cookie_of(client)
    client.enter("head")
    assert len(first) >= 43 and cookie_of(client) != first
    with store.read() as uow:
        keys = [row.key for row in uow.session.query(WebSession)]
    assert len(keys) == 1 and first not in keys and cookie_of(client) not in keys


def test_a_fresh_proof_gives_a_new_session_id(browser: Any, head: Person) -> None:
    client = browser()
    client.enter("head")
    before = cookie_of(client)
    answer = client.post("/prove", {"secret": PIN, "next": "/people"})
    assert answer.headers["Location"] == "/people" and cookie_of(client) != before


def test_log_out_ends_the_session_on_the_server(browser: Any, head: Person) -> None:
    client, thief = browser(), browser()
    client.enter("head")
    thief.client.set_cookie("examday", cookie_of(client))
    assert thief.get("/people").status_code == 200
    client.post("/logout")
    assert client.get("/people").status_code == 302
    assert thief.get("/people").status_code == 302


def test_closing_an_account_ends_its_work_at_once(
    store: Store, browser: Any, head: Person, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.TECHNICAL_SPECIALIST)
    hers, his = browser(), browser()
    hers.enter("ivanova")
    his.enter("head")
    page = his.get(f"/people/{person.id}").get_data(as_text=True)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    assert his.post(f"/people/{person.id}", {"act": "disable", "seen": seen[1]}).status_code == 303
    assert hers.get("/ledger").status_code == 302
    assert (
        his.post(f"/people/{person.id}", {"act": "enable", "seen": seen[1]}).status_code == 409
    )  # refused, because the page is an old one


def test_idle_and_long_sessions_end(browser: Any, head: Person, clock: Clock) -> None:
    client = browser()
    client.enter("head")
    clock.forward(minutes=59)
    assert client.get("/people").status_code == 200
    clock.forward(minutes=59)
    assert client.get("/people").status_code == 200  # looked at in between, so it is not idle
    clock.forward(minutes=61)
    assert client.get("/people").status_code == 302
    client.enter("head")
    for _ in range(12):
        clock.forward(minutes=59)
        client.get("/people")
    clock.forward(minutes=15)
    assert client.get("/people").status_code == 302


def test_a_page_that_refreshes_itself_keeps_nobody_logged_in(
    browser: Any, head: Person, clock: Clock
) -> None:
    client = browser()
    client.enter("head")
    for _ in range(4):
        clock.forward(minutes=20)
        client.get("/people", headers={"X-Fragment": "1"})
    assert client.get("/people").status_code == 302


def test_a_clock_set_back_makes_no_log_in_eternal(browser: Any, head: Person, clock: Clock) -> None:
    client = browser()
    client.enter("head")
    clock.forward(days=-1)
    assert client.get("/people").status_code == 302


def test_log_in_leads_only_to_addresses_of_this_station(browser: Any, head: Person) -> None:
    for wanted in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\n/x",
    ):
        answer = browser().post("/login", {"login": "head", "password": PASSWORD, "next": wanted})
        assert answer.headers["Location"] == "/", wanted
    answer = browser().post("/login", {"login": "head", "password": PASSWORD, "next": "/people"})
    assert answer.headers["Location"] == "/people"


def test_own_secrets_come_before_any_work(
    store: Store, browser: Any, head: Person, add_person: Callable[..., Person]
) -> None:
    add_person(store, "novikov", Role.SITE_HEAD, must_change=True)
    client = browser()
    assert client.enter("novikov").headers["Location"] == "/own-secrets"
    assert client.get("/people").headers["Location"] == "/own-secrets"
    form = {
        "password": "новый пароль 7",
        "again": "новый пароль 7",
        "pin": "8052",
        "pin_again": "8052",
    }
    assert client.post("/own-secrets", {**form, "again": "иной"}).status_code == 400
    assert (
        client.post("/own-secrets", {**form, "pin": "1111", "pin_again": "1111"}).status_code == 400
    )
    before = cookie_of(client)
    assert client.post("/own-secrets", form).status_code == 303
    assert cookie_of(client) != before and client.get("/people").status_code == 200
    assert client.post("/own-secrets", {**form, "present": "wrong"}).status_code == 403


def test_a_colleague_takes_over_with_the_pin_where_the_password_was_given_today(
    store: Store, browser: Any, head: Person, add_person: Callable[..., Person], clock: Clock
) -> None:
    person = add_person(store, "ivanova", Role.TECHNICAL_SPECIALIST, name="Иванова А. Б.")
    shared, elsewhere = browser(), browser()
    shared.enter("ivanova")
    shared.post("/logout")
    shared.enter("head")
    shared.post("/logout")
    assert "Иванова А. Б." in shared.get("/login").get_data(as_text=True)
    for one in (head, person):
        refused = shared.post("/login/pin", {"person": one.id, "pin": "9999"})
        html = refused.get_data(as_text=True)
        assert refused.status_code == 403 and 'href="#quick-pin"' in html
        assert f'value="{one.id}" checked' in html, "the next PIN is not tried on a colleague"
        clock.forward(seconds=1)
    assert shared.post("/login/pin", {"person": person.id, "pin": PIN}).status_code == 303
    assert shared.get("/ledger").status_code == 200
    assert elsewhere.post("/login/pin", {"person": person.id, "pin": PIN}).status_code == 403
    assert "Иванова" not in elsewhere.get("/login").get_data(as_text=True)
    shared.post("/logout")
    clock.forward(hours=13)
    assert shared.post("/login/pin", {"person": person.id, "pin": PIN}).status_code == 403


def test_a_locked_account_is_told_so_and_offered_the_way_in(
    browser: Any, head: Person, clock: Clock
) -> None:
    client = browser()
    for _ in range(10):
        clock.forward(minutes=2)
        assert client.post("/login", {"login": "head", "password": "guess"}).status_code == 403
    clock.forward(minutes=2)
    answer = client.post("/login", {"login": "head", "password": PASSWORD})
    assert answer.status_code == 409 and 'name="pin"' in answer.get_data(as_text=True)
    assert (
        client.post("/login", {"login": "head", "password": PASSWORD, "pin": PIN}).status_code
        == 303
    )


def test_an_empty_station_is_taken_by_its_head_once(browser: Any) -> None:
    client = browser()
    assert client.get("/login").headers["Location"] == "/first"
    form = {
        "login": "head",
        "name": "Петров П. П.",
        "password": PASSWORD,
        "again": PASSWORD,
        "pin": PIN,
    }
    assert client.post("/first", {**form, "again": "x"}).status_code == 400
    assert client.post("/first", form).status_code == 303
    assert client.get("/people").status_code == 200
    assert browser().post("/first", {**form, "login": "second"}).headers["Location"] == "/login"


def test_logs_of_a_day_tell_no_name_no_secret_and_no_answer(
    store: Store, browser: Any, head: Person, add_person: Callable[..., Person]
) -> None:
    lines = io.StringIO()
    log.configure("test", lines, level=0)
    try:
        work = verified_work(store, add_person)
        with store.begin(Actor.system("test")) as uow:
            uow.get(Person, work.member.id).name = "Канарейкина К. К."
            uow.record("test:name", "day:test")
        client = browser()
        client.enter("member")
        client.get("/sign")
        client.get(f"/sign/{work.booklet_id}")
        client.post(
            f"/sign/{work.booklet_id}",
            sent("exam_board_member", work.member, PIN, work.content(store)),
        )
        client.post("/login", {"login": "канарейка\r\nподделка", "password": "тайна-канарейки"})
        client.get("/find?q=Канарейкина")
        client.get("/sign/канарейка")
        log.get("examday.test").error(
            "x\r\ny", person="Канарейкина", exc_info=ValueError("Канарейкина")
        )
    finally:
        log.configure("test", io.StringIO())
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    for entry in entries:
        del entry["timestamp"], entry["trace"]  # their digits may be those of a PIN
    said = json.dumps(entries, ensure_ascii=False)
    assert "x" in said and "анарей" not in said and PIN not in said and PASSWORD not in said
    assert "подделка" not in said


def test_a_role_taken_away_ends_the_log_in(
    store: Store, browser: Any, head: Person, add_person: Callable[..., Person]
) -> None:
    person = add_person(store, "ivanova", Role.SITE_HEAD)
    client = browser()
    client.enter("ivanova")
    with store.begin(directory.actor_of(head)) as uow:
        accounts.change_person(uow, person.id, person.name, [Role.PUBLIC_OBSERVER])
    assert client.get("/people").status_code == 302


def test_an_answer_that_no_sentence_was_written_for_has_advice_too(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        answer = app.make_response(app.handle_http_exception(Gone()))
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 410
    assert gettext(HTTP_ADVICE[400][0]) in shown and gettext(HTTP_ADVICE[400][1]) in shown
    assert "Gone" not in shown


def test_a_word_about_tls_is_believed_only_where_a_proxy_of_ours_stands(store: Store) -> None:
    said = {"X-Forwarded-Proto": "https"}
    for proxies, believed in ((0, None), (1, "max-age=31536000")):
        app = create_app(replace(store.settings, proxies=proxies), store)
        answer = app.test_client().get("/login", headers=said)
        assert answer.headers.get("Strict-Transport-Security") == believed
