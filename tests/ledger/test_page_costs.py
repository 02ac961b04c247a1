"""A page costs the same with a hundred works of history and with a hundred thousand: statements, rows
and steps of the database's machine are counted at two sizes, for every page and role."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Role
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.rows import copy_rows
from examday.web.app import attach
from tests.conftest import Browser, Clock
from tests.ledger.test_midday import recorded, unpack

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from history import History
from page_costs import Cost, Meter, open_pages

WHOLE = {
    "plan.export": "a file of all that is planned",
    "plan.export_all": "a file of all that is planned",
    "plan.enter": "an entry is looked for among all of its kind",
    "plan.rules": "a line for each exam day that there ever was",
    "figures.page": "the figures of a year read the year",
    "figures.table": "the figures of a year read the year",
}
"""Pages that show all there is, by endpoint: they cost what they show."""
NOW = dt.datetime(2026, 11, 27, 11, 5, tzinfo=dt.UTC)


@pytest.fixture
def midday(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """A day in use, on SQLite or on the database at this address."""
    folder, made = unpack(tmp_path, "data"), list[Store]()

    def opened(url: str = "") -> Store:
        settings = Settings.from_env({}, data=folder, argon2_cost=1, reserve_mb=20)
        migrate(settings.database_url)
        store = Store(settings, Clock(NOW))
        made.append(store)
        if url:
            made.append(moved(store, replace(settings, database_url=url)))
        return made[-1]

    yield opened
    for store in made:
        store.close()


def moved(source: Store, settings: Settings) -> Store:
    """The same rows in another database, which is migrated and empty."""
    target = Store(settings, Clock(NOW))
    copy_rows(source.engine, target.engine)
    return target


class Walk:
    """Every page that these roles may open, or all, and what it costs."""

    def __init__(self, app: Flask, store: Store, *roles: Role) -> None:
        attach(app, store)
        self._meter, self._app = Meter(store), app
        self._browsers: dict[str, Browser] = {}
        self.pages = open_pages(self._app, store, self._browser, roles or tuple(Role))

    def _browser(self, login: str) -> Any:
        if login not in self._browsers:
            self._browsers[login] = Browser(self._app)
            self._browsers[login].log_in(login, recorded()["password"])
        return self._browsers[login]

    def costs(self) -> dict[tuple[str, str], Cost]:
        """By endpoint and role."""
        found = {}
        for (endpoint, role), (login, url) in self.pages.items():
            browser = self._browser(login)
            with self._meter.measure() as cost:
                answer = browser.get(url)
                answer.get_data()
                answer.close()
            assert answer.status_code == 200, (endpoint, url)
            found[endpoint, role] = cost
        return found


def grown(
    small: dict[tuple[str, str], Cost], large: dict[tuple[str, str], Cost], times: float
) -> list[str]:
    """Pages that cost more at the larger size than they may."""
    return sorted(
        f"{endpoint} as {role}: {small[endpoint, role]} → {cost}"
        for (endpoint, role), cost in large.items()
        if endpoint not in WHOLE and not alike(small[endpoint, role], cost, times)
    )


def alike(small: Cost, large: Cost, times: float) -> bool:
    """Statements the same within two, rows and steps within `times`; under a thousand steps the
    planner's own choice is louder than any growth."""
    return (
        abs(large.statements - small.statements) <= 2
        and large.rows <= times * small.rows + 3
        and large.steps <= times * max(small.steps, 1000)
    )


def test_pages_cost_the_same_when_history_doubles(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    store = midday("")
    walk, history = Walk(pages, store, Role.SITE_HEAD), History(store, per_day=1)
    assert len(walk.pages) > 45
    history.grow(120)
    small = walk.costs()
    history.grow(240)
    assert grown(small, walk.costs(), 1.5) == []


def test_history_that_was_grown_is_whole(midday: Callable[[str], Store]) -> None:
    store = midday("")
    History(store, tuple(State), per_day=4).grow(40)
    report = audit.verify(store)
    assert report.ok, report.faults[:3]


@pytest.mark.slow
@pytest.mark.release
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_pages_cost_the_same_with_twenty_thousand_works(
    midday: Callable[[str], Store], pages: Flask, request: pytest.FixtureRequest, database: str
) -> None:
    store = midday("" if database == "sqlite" else request.getfixturevalue("postgres")())
    walk, history = (
        Walk(pages, store),
        History(store, (State.HANDED_OVER,), per_day=5),
    )
    history.grow(1000)
    small = walk.costs()
    history.grow(19000)
    assert grown(small, walk.costs(), 2.0) == []
