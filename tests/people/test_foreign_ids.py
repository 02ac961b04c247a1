"""Two points against each other on every route: what is of another point is not there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import select, text
from werkzeug.routing import Rule

from examday.domain.people.roles import Actor
from examday.services.people import sites
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.base import OfSite, models
from examday.storage.database import migrate
from examday.storage.tables import (
    Booklet,
    Duty,
    Exam,
    Item,
    Outbox,
    Page,
    Person,
    Room,
    ScanFile,
    Seat,
)
from examday.storage.tables_appeal import Appeal, Attendance, CaseVote, Destruction
from examday.storage.tables_waiting import Delivery
from examday.web import errors
from examday.web.app import attach
from tests.conftest import Browser, Clock
from tests.ledger.test_midday import unpack
from tests.ledger.test_page_costs import NOW
from tests.people.test_permissions import ROLES, SAFE, ask, contents, made_up

OURS, FOREIGN = "770001", "770002"
THINGS: dict[str, type[Any]] = {
    "booklet_id": Booklet,
    "delivery_id": Delivery,
    "duty_id": Duty,
    "exam_id": Exam,
    "failure_id": Outbox,
    "other_id": Page,
    "page_id": Page,
    "person_id": Person,
    "room_id": Room,
    "scan_id": ScanFile,
    "seat_id": Seat,
}
"""What a part of an address names: by it a foreign id is made for each page."""
BY_PATH: tuple[tuple[str, type[Any]], ...] = (
    ("/keeping/acts/", Destruction),
    ("/packing/packet/", Item),
    ("/appeals/", Appeal),
    ("/rechecks/", Appeal),
    ("/", Booklet),
)
"""What `<id>` names, by how the address begins, as the name alone does not tell."""
ROWS = {"attend": Attendance, "vote": CaseVote}
NO_IDS = {"kind", "field", "language", "name", "number", "part", "year", "set_id", "sha256"} | {
    *("action", "side", "slot", "step", "file_format", "field_id", "what", "station"),
}
"""Words and numbers of an address; a digest names a print-out and is tried apart. Stations are the
centre's: tests/travel asks for them as a point."""


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Store]:
    """A day in use, given to one point of two."""
    settings = Settings.from_env({}, data=unpack(tmp_path, "data"), argon2_cost=1, reserve_mb=20)
    migrate(settings.database_url)
    store = Store(settings, Clock(NOW))
    with store.begin(Actor.system("test")) as uow:
        for key in (OURS, FOREIGN):
            sites.add_site(uow, key, f"Школа {key}", "Europe/Moscow")
    with store.engine.begin() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        for model in models():
            if issubclass(model, OfSite) or model is Person:
                connection.execute(text(f"UPDATE {model.__tablename__} SET site = '{FOREIGN}'"))
    yield store
    store.close()


def addresses(app: Flask, store: Store) -> Iterator[tuple[str, str]]:
    """Every route that names a thing, with real things of the other point."""
    for rule in app.url_map.iter_rules():
        named = {name for name in rule.arguments if name == "id" or name in THINGS}
        assert rule.endpoint == "static" or not rule.arguments - named - NO_IDS - {"row"}, rule
        if named:
            values = {name: _value(store, rule, name) for name in rule.arguments}
            built = rule.build(values)
            assert built
            yield from ((method, built[1]) for method in SAFE if method in (rule.methods or ()))


def _value(store: Store, rule: Rule, name: str) -> Any:
    if name in NO_IDS:
        return made_up(rule, name)
    if name == "row":
        model: type[Any] = next((m for part, m in ROWS.items() if part in rule.rule), Attendance)
    else:
        by_path = next(model for start, model in BY_PATH if rule.rule.startswith(start))
        model = THINGS.get(name, by_path)
    with store.read() as uow:
        found = uow.session.scalars(select(model.id).where(model.site == FOREIGN)).first()
    return found or "0" * 32


def test_a_thing_of_another_point_is_not_there_on_any_route(
    pages: Flask,
    region: Store,
    add_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errors, "page", lambda status, *_words, **_more: Response(status=status))
    attach(pages, region)
    add_person(region.at(OURS), "everybody", *ROLES)
    client = Browser(pages)
    client.log_in("everybody")
    token, before, wrong, tried = client.token(), contents(region), [], 0
    for method, address in addresses(pages, region):
        tried += 1
        status = ask(client, method, address, token).status_code
        if status != 404:
            wrong.append((method, address, status))
    assert wrong == []
    assert tried > 140
    assert contents(region) == before


def test_the_same_things_are_there_for_the_people_of_the_point(
    pages: Flask, region: Store, add_person: Callable[..., Person]
) -> None:
    """So the refusals above are not those of an address that leads nowhere."""
    attach(pages, region)
    add_person(region.at(FOREIGN), "everybody", *ROLES)
    client = Browser(pages)
    client.log_in("everybody")
    token = client.token()
    answers = [
        ask(client, method, address, token).status_code
        for method, address in addresses(pages, region)
        if method == "GET"
    ]
    assert answers.count(200) > 15
    assert 500 not in answers
