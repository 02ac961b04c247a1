"""Every route × every role, from the routes and the permission matrix themselves: nobody gets
further than allowed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.routing import AnyConverter, FloatConverter, IntegerConverter, Rule

from examday.domain.people.actions import ACTION_NAMES
from examday.domain.people.roles import PERMISSIONS, Role, may
from examday.services.ledger.checking.tables import snapshot
from examday.services.unit_of_work import Store
from examday.storage.base import models, plain
from examday.storage.tables import Person
from examday.web import errors
from examday.web.access import check_rules, rule_of
from tests import day
from tests.signed import verified_work

ROLES = [role for role in Role if role is not Role.SYSTEM]
COMING_AND_GOING = {"web_session", "login_attempt"}
SAFE = ("GET", "POST")


def contents(store: Store) -> dict[str, list[Any]]:
    """Every row of every table, except log-ins."""
    with snapshot(store) as connection:
        return {
            m.__tablename__: sorted(
                repr([plain(value) for value in row])
                for row in connection.execute(m.__table__.select())
            )
            for m in models()
            if m.__tablename__ not in COMING_AND_GOING
        }


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Rule, method, address with made-up values in its places."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {name: made_up(rule, name) for name in rule.arguments}
        built = rule.build(values)
        assert built, rule
        for method in SAFE:
            if method in (rule.methods or ()):
                yield rule, method, built[1]


def made_up(rule: Rule, name: str) -> Any:
    """A value that fits the converter and names nothing."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, IntegerConverter | FloatConverter) else "0" * 32


def ask(client: Any, method: str, address: str, token: str) -> Any:
    """One request; answers that stream are closed."""
    answer = client.client.open(
        address, method=method, data={"csrf_token": token} if method == "POST" else None
    )
    answer.close()
    return answer


@pytest.fixture
def bare_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals without the frame of a page: thousands are asked for here, and only their status is
    looked at."""
    monkeypatch.setattr(errors, "page", lambda status, *_words, **_more: Response(status=status))


@pytest.fixture
def day_with_work(store: Store, add_person: Callable[..., Person]) -> Store:
    """A station that holds something to be seen and changed."""
    verified_work(store, add_person)
    day.booklet(store, "2990000000026")
    return store


def test_every_route_has_a_rule_of_the_matrix(app: Flask) -> None:
    rules = {rule.endpoint: rule_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert None not in rules.values()
    assert set(rules.values()) <= {"public", "logged-in", *PERMISSIONS}


def test_a_program_with_a_route_that_nobody_ruled_on_does_not_start() -> None:
    app = Flask("bare")
    app.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(RuntimeError, match="bare"):
        check_rules(app)


def test_no_route_takes_another_method_than_pages_and_stations_use(app: Flask) -> None:
    """Stations alone put something; nobody may delete, patch or trace."""
    taken = {(m, r.endpoint) for r in app.url_map.iter_rules() for m in r.methods or ()}
    others = {(m, e) for m, e in taken if m not in ("GET", "HEAD", "OPTIONS", "POST")}
    assert others == {("PUT", "exchange.bundle"), ("PUT", "exchange.original")}


def test_every_action_of_the_matrix_is_said_in_words() -> None:
    assert set(ACTION_NAMES) == set(PERMISSIONS)


def test_whoever_may_key_in_may_settle_too() -> None:
    keying, settling = PERMISSIONS["keyin.enter"], PERMISSIONS["settle.decide"]
    assert set(keying) < set(settling), "copies are hidden from both by the right to settle"


def test_what_everybody_may_see_without_log_in_is_a_short_list(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule_of(app, rule.endpoint) == "public"
    }
    assert (
        {name.partition(".")[0] for name in public}
        <= {
            "login",
            "view",
            "help",
            "start",
            "static",
            "health",
            "exchange",  # no people: each request is signed by a station's key (tests/travel/test_strangers)
        }
    ), public


@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_where_the_matrix_says_and_nowhere_else(
    app: Flask, day_with_work: Store, browser: Any, role: Role, add_person: Callable[..., Person]
) -> None:
    add_person(day_with_work, "somebody", role)
    client = browser()
    client.log_in("somebody")
    token, before = client.token(), contents(day_with_work)
    wrong = []
    for rule, method, address in routes(app):
        needed = rule_of(app, rule.endpoint)
        if needed in ("public", "logged-in") or may({role}, str(needed)):
            continue
        if method == "GET" and "POST" in (rule.methods or ()):
            continue  # one refusal for both
        status = ask(client, method, address, token).status_code
        if status not in (403, 404):
            wrong.append((method, address, needed, status))
    assert not wrong
    assert contents(day_with_work) == before


@pytest.mark.parametrize(
    "role",
    [
        Role.SITE_HEAD,
        Role.LEAD_ORGANISER,
        Role.EXAM_BOARD_MEMBER,
        Role.PUBLIC_OBSERVER,
        Role.ASSISTANT,
        Role.TECHNICAL_SPECIALIST,
        Role.BRAILLE_CHAIR,
        Role.APPEAL_SECRETARY,
    ],
)
def test_looking_changes_nothing_and_no_page_breaks(
    app: Flask, day_with_work: Store, browser: Any, role: Role, add_person: Callable[..., Person]
) -> None:
    add_person(day_with_work, "somebody", role)
    client = browser()
    client.log_in("somebody")
    before, wrong = contents(day_with_work), []
    for rule, method, address in routes(app):
        needed = str(rule_of(app, rule.endpoint))
        if rule.endpoint == "health.ready":
            continue  # no broker runs here, and that is what it says
        if method == "GET" and (needed in ("public", "logged-in") or may({role}, needed)):
            status = ask(client, method, address, "").status_code
            if status >= 500 or status == 403:
                wrong.append((address, needed, status))
    assert not wrong
    assert contents(day_with_work) == before


def test_without_log_in_every_page_leads_to_the_log_in(
    app: Flask, day_with_work: Store, browser: Any
) -> None:
    client = browser()
    token, before, wrong = client.token(), contents(day_with_work), []
    for rule, method, address in routes(app):
        if rule_of(app, rule.endpoint) == "public":
            continue
        answer = ask(client, method, address, token)
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/login"):
            wrong.append((method, address, answer.status_code))
    assert not wrong
    assert contents(day_with_work) == before


@pytest.mark.usefixtures("bare_refusals")
def test_forms_without_a_token_are_refused_and_change_nothing(
    app: Flask, day_with_work: Store, browser: Any, add_person: Callable[..., Person]
) -> None:
    add_person(day_with_work, "everybody", *ROLES)
    client, other = browser(), browser()
    client.log_in("everybody")
    foreign, before, wrong = other.token(), contents(day_with_work), []
    for _rule, method, address in routes(app):
        for token in ("", "made-up", foreign):
            if method == "POST" and ask(client, method, address, token).status_code != 400:
                wrong.append((address, token[:8]))
    assert not wrong
    assert contents(day_with_work) == before


@pytest.mark.release
def test_nonsense_in_a_form_never_breaks_the_program(
    app: Flask, day_with_work: Store, browser: Any, add_person: Callable[..., Person]
) -> None:
    add_person(day_with_work, "everybody", *ROLES)
    client, wrong = browser(), []
    client.log_in("everybody")
    token, cookie = client.token(), client.session()
    for rule, method, address in routes(app):
        if method != "POST" or rule.endpoint in ("login.leave",):
            continue
        status = ask(client, method, address, token).status_code
        if status >= 500:
            wrong.append((address, status))
        # stopped here: this was a way out, and the others need the log-in
        if client.session() != cookie:
            client.log_in("everybody")
            token, cookie = client.token(), client.session()
    assert client.get("/permissions").status_code == 200, "the last were refused at the door"
    assert not wrong
