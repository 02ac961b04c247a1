"""What a page costs the database: statements, rows loaded, and steps of SQLite's machine.

Statements and rows are the same on every computer and in every run. Steps are nearly so: ids and
tokens are drawn anew, and only every `GRAIN`th step is counted. Seconds are not.
"""

import itertools
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine.cursor import CursorFetchStrategy
from werkzeug.routing import Rule

from examday.domain.people.roles import PERMISSIONS, Role
from examday.services.unit_of_work import Store
from examday.storage.base import WithId
from examday.storage.tables import Booklet, Exam, Item, Page, Person, PersonRole, ScanFile, Seat
from examday.storage.tables_appeal import Appeal
from examday.web import access

GRAIN = 20
"""Steps of the machine between two counts: a page has tens of thousands."""
FIXED: dict[str, list[str]] = {
    "name": ["board"],
    "kind": ["candidates", "rooms"],
    "file_format": ["csv"],
    "action": ["issue", "enlarge", "collect", "spoil", "undo"],
    "side": ["original", "copy"],
    "sha256": [],
    "set_id": [],
}
QUERIES = {"board.cell": {"state": "scanned"}}
FAMILIES: tuple[tuple[str, type[WithId]], ...] = (
    ("/appeals/", Appeal),
    ("/packing/packet/", Item),
    ("", Booklet),
)
NAMED: dict[str, type[WithId]] = {
    "person_id": Person,
    "page_id": Page,
    "scan_id": ScanFile,
    "exam_id": Exam,
}
MOST, TRIES = 30, 6
"""Rows of a table that are put into an address, and addresses of a route that are tried: the first
alone may be refused."""
NOT_LOOKED_AT = (
    "static",
    "login.log_in",
    # Nobody is at these steps on the day that is copied.
    "going_back.form",
    "images.field",
    "images.page",
    "making.show",
    "rechecks.page",
    "rechecks.picture",
    "wrong_page.compare",
)


@dataclass
class Cost:
    """Of one page. `steps`: of SQLite's machine, 0 elsewhere."""

    statements: int = 0
    rows: int = 0
    steps: int = 0


Costs = dict[tuple[str, str], Cost]
"""By endpoint and role: the same page costs each role something else."""


class Meter:
    """Counts what goes through an engine; one page at a time."""

    def __init__(self, store: Store) -> None:
        self._now = Cost()
        engine = store.engine
        engine.dispose()  # connections that are open already would not be counted
        event.listen(engine, "before_cursor_execute", self._statement)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", self._watch)

    def _statement(self, *_args: object) -> None:
        self._now.statements += 1

    def _watch(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(self._step, GRAIN)

    def _step(self) -> int:
        self._now.steps += GRAIN
        return 0

    @contextmanager
    def measure(self) -> Iterator[Cost]:
        """What is done inside."""
        self._now = cost = Cost()
        kept = {
            name: getattr(CursorFetchStrategy, name)
            for name in ("fetchone", "fetchmany", "fetchall")
        }

        def counting(name: str) -> Callable[..., object]:
            def fetch(strategy: object, *args: object, **named: object) -> object:
                found = kept[name](strategy, *args, **named)
                cost.rows += len(found) if isinstance(found, list) else found is not None
                return found

            return fetch

        for name in kept:
            setattr(CursorFetchStrategy, name, counting(name))
        try:
            yield cost
        finally:
            self._now = Cost()  # what follows belongs to no page, so it is counted apart
            for name, method in kept.items():
                setattr(CursorFetchStrategy, name, method)


def logins(store: Store) -> dict[Role, str]:
    """Somebody of each role of the store's site who can log in."""
    with store.read() as uow:
        rows = uow.session.execute(
            select(PersonRole.role, func.min(Person.login))
            .join(Person)
            .where(Person.disabled.is_(False), Person.password_hash != "-")
            .where(Person.site == store.site)
            .group_by(PersonRole.role)
        )
        return {Role(role): login for role, login in rows}


def addresses(app: Flask, store: Store, role: Role) -> Iterator[tuple[str, list[str]]]:
    """Each GET route that a role may open, with the addresses to try, the likeliest first."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        action = access.rule_of(app, rule.endpoint) or ""
        allowed = action in ("public", "logged-in") or role in PERMISSIONS.get(action, ())
        if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_LOOKED_AT or not allowed:
            continue
        with app.test_request_context():
            yield (
                rule.endpoint,
                [
                    _address(rule.endpoint, {**values, **QUERIES.get(rule.endpoint, {})})
                    for values in _values(store, rule)
                ],
            )


def _address(endpoint: str, values: dict[str, Any]) -> str:
    return url_for(endpoint, **values)


def _values(store: Store, rule: Rule) -> list[dict[str, str]]:
    """What to put into the variable parts of an address."""
    names = set(rule.arguments) - set(rule.defaults or {})
    if names == {"exam_id", "room_id"}:
        with store.read() as uow:
            seat = uow.session.scalars(
                select(Seat).join(Exam).order_by(Exam.date.desc()).limit(1)
            ).one()
            return [{"exam_id": seat.exam_id, "room_id": seat.room_id}]
    choices = [[{name: one} for one in _choices(store, rule, name)] for name in sorted(names)]
    return [
        {key: value for part in parts for key, value in part.items()}
        for parts in itertools.product(*choices)
    ]


def _choices(store: Store, rule: Rule, name: str) -> list[str]:
    if name in FIXED:
        return FIXED[name]
    family = next(table for start, table in FAMILIES if rule.rule.startswith(start))
    table = NAMED.get(name, family)
    with store.read() as uow:
        found = select(table.id).order_by(table.id).limit(MOST)
        if table is Item:
            found = found.where(Item.kind == "packet")
        return list(uow.session.scalars(found))


def open_pages(
    app: Flask,
    store: Store,
    browser: Callable[[str], FlaskClient],
    roles: Collection[Role] = tuple(Role),
) -> dict[tuple[str, str], tuple[str, str]]:
    """(endpoint, role) → who opens it, and an address that shows it; of these roles of the store's
    site alone.
    """
    whose = f" at {store.site}" if store.site else ""
    return {
        (endpoint, role.value + whose): (login, url)
        for role, login in sorted(logins(store).items())
        if role in roles
        for endpoint, urls in addresses(app, store, role)
        if (url := _first(browser(login), urls))
    }


def _first(browser: FlaskClient, urls: Iterable[str]) -> str:
    for url in itertools.islice(urls, TRIES):
        answer = browser.get(url)
        answer.close()
        if answer.status_code == 200:
            return url
    return ""


class Walk:
    """Every page that these roles may open, or all, and what each costs.

    `log_in`: a browser with which the person of this login has logged in; asked for once a person.
    `sites`: whose people open them, "" for those of the installation.
    """

    def __init__(
        self,
        app: Flask,
        store: Store,
        log_in: Callable[[str], FlaskClient],
        *roles: Role,
        sites: Sequence[str] = ("",),
    ) -> None:
        self._meter, self._browser = Meter(store), cache(log_in)
        self.pages: dict[tuple[str, str], tuple[str, str]] = {}
        for site in sites:
            self.pages |= open_pages(app, store.at(site), self._browser, roles or tuple(Role))

    def costs(self) -> Costs:
        """By endpoint and role. Each page must open, as it did before."""
        found: Costs = {}
        for page, (login, url) in self.pages.items():
            browser = self._browser(login)
            with self._meter.measure() as cost:
                answer = browser.get(url)
                answer.get_data()
                answer.close()
            assert answer.status_code == 200, (page, url)
            found[page] = cost
        return found


def steps_ratio(small: Cost, large: Cost) -> float:
    """How many times the steps; under a thousand the planner's own choice is louder than growth."""
    return large.steps / max(small.steps, 1000)


def alike(small: Cost, large: Cost, times: float) -> bool:
    """Statements the same within two, rows and steps within `times`."""
    return (
        abs(large.statements - small.statements) <= 2
        and large.rows <= times * small.rows + 3
        and steps_ratio(small, large) <= times
    )
