"""A page costs the same with a hundred works of history and with a hundred thousand: statements, rows
and steps of the database's machine are counted at two sizes, for every page and role."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from examday.domain.custody.lifecycle import State
from examday.domain.hash_tree import BLOCK
from examday.domain.people.roles import Role
from examday.services.ledger import audit, tree
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.rows import copy_rows
from examday.web.app import attach
from tests.conftest import Browser, Clock
from tests.ledger.test_midday import unpack

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from history import History
from page_costs import Cost, Costs, Meter, Walk, alike, logins
from region_of import make_region

WHOLE = {
    "plan.export": "a file of all that is planned",
    "plan.export_all": "a file of all that is planned",
    "plan.enter": "an entry is looked for among all of its kind",
    "plan.rules": "a line for each exam day that there ever was",
    "figures.page": "the figures of a year read the year",
    "figures.table": "the figures of a year read the year",
    "region.figures": "the figures of a year read the year",
    "region.figures_file": "the figures of a year read the year",
}
"""Pages that show all there is, by endpoint: they cost what they show, so they may grow with it."""
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


def walk_of(
    app: Flask,
    store: Store,
    *roles: Role,
    sites: Sequence[str] = ("",),
) -> Walk:
    """The pages of this store, opened by the people of the day."""
    attach(app, store)

    def log_in(login: str) -> Browser:
        browser = Browser(app)
        browser.log_in(login)
        return browser

    return Walk(app, store, log_in, *roles, sites=sites)


def grown(small: Costs, large: Costs, times: float) -> list[str]:
    """Pages that cost more at the larger size than they may."""
    return sorted(
        f"{endpoint} as {role}: {small[endpoint, role]} → {cost}"
        for (endpoint, role), cost in large.items()
        if endpoint not in WHOLE and not alike(small[endpoint, role], cost, times)
    )


@pytest.mark.release
def test_pages_cost_the_same_when_history_doubles(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    store = midday("")
    walk, history = walk_of(pages, store, Role.SITE_HEAD), History(store, per_day=1)
    assert len(walk.pages) > 45
    history.grow(120)
    small = walk.costs()
    history.grow(240)
    assert grown(small, walk.costs(), 1.5) == []


def test_the_number_in_the_title_and_the_packing_table_ask_the_same_however_many_works_wait(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    """Notebooks, too: what is known of the translator is read once for all of them. And works of many
    days that are to be packed once more, after appeals.
    """
    store = midday("")
    history = History(store, (State.KEYED, State.CERTIFIED, State.PACKED), per_day=10)
    meter = Meter(store)
    attach(pages, store)
    transcriber, head = Browser(pages), Browser(pages)
    transcriber.log_in(logins(store)[Role.BRAILLE_TRANSCRIBER])
    head.log_in(logins(store)[Role.SITE_HEAD])

    def statements() -> list[int]:
        counted = []
        for who, address in ((transcriber, "/work/waiting"), (head, "/packing/")):
            with meter.measure() as cost:
                assert who.get(address).status_code == 200
            counted.append(cost.statements)
        return counted

    history.grow(10)
    few = statements()
    history.grow(30)
    assert statements() == few


@pytest.mark.release
def test_the_number_of_waiting_works_costs_the_same_however_many_they_are(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    """Before the title and above each page, for everybody; more than are counted, then many more.
    The works are those of one exam point, so the search for one's own reads none of the others.
    """
    store = midday("")
    waiting = (State.SCANNED, State.KEYED, State.SETTLED, State.COPY_SCANNED, State.VERIFIED)
    history, meter = History(store, waiting, per_day=10), Meter(store)
    attach(pages, store)
    people: dict[str, Browser] = {}
    for login in logins(store).values():
        people.setdefault(login, Browser(pages)).log_in(login)

    def costs() -> Costs:
        found: Costs = {}
        for login, browser in people.items():
            for address in ("/work/waiting", "/help/start"):
                browser.get(address)
                with meter.measure() as cost:
                    answer = browser.get(address)
                if answer.status_code == 200:
                    found[address, login] = cost
        return found

    history.grow(600)
    few = costs()
    assert len(few) > len(people), "nearly all see both"
    history.grow(600)
    for page, cost in costs().items():
        assert cost.statements <= few[page].statements + 2, (page, few[page], cost)
        assert cost.rows <= 1.2 * few[page].rows + 3, (page, few[page], cost)


@pytest.mark.release
def test_a_list_of_waiting_works_costs_what_it_shows(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    """More than a hundred wait at each step, then twice as many: a hundred of each are offered.

    Steps are not compared: what the reader holds is looked for among all works at the step.
    """
    store = midday("")
    history = History(store, (State.SCANNED, State.SETTLED), per_day=10)
    meter, reader = Meter(store), Browser(pages)
    attach(pages, store)
    reader.log_in(logins(store)[Role.LEAD_ORGANISER])

    def costs() -> Costs:
        found: Costs = {}
        for address in ("/work", "/work/waiting", "/keyin", "/copying"):
            with meter.measure() as cost:
                answer = reader.get(address)
                assert answer.status_code == 200, address
                answer.get_data()
            found[address, "reader"] = replace(cost, steps=0)
        return found

    history.grow(440)
    few = costs()
    history.grow(440)
    assert grown(few, costs(), 1.5) == []


@pytest.mark.release
def test_the_packing_table_reads_what_it_shows_however_many_works_of_days_before_wait(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    """More than a hundred to pack and a hundred to hand over, each of a day of its own; then twice as
    many.
    """
    store = midday("")
    history = History(store, (State.CERTIFIED, State.PACKED), per_day=1)
    meter, head = Meter(store), Browser(pages)
    attach(pages, store)
    head.log_in(logins(store)[Role.SITE_HEAD])

    def cost() -> Cost:
        with meter.measure() as counted:
            answer = head.get("/packing/")
            assert "те, что ждут дольше всех: 100" in answer.get_data(as_text=True)
        return counted

    history.grow(400)
    few = cost()
    history.grow(400)
    many = cost()
    assert many.statements <= few.statements + 2 and many.rows <= 1.2 * few.rows, (few, many)


@pytest.mark.release
def test_history_that_was_grown_is_whole(midday: Callable[[str], Store]) -> None:
    store = midday("")
    History(store, tuple(State), per_day=4).grow(40)
    report = audit.verify(store)
    assert report.ok, report.faults[:3]


@pytest.mark.release
def test_a_check_that_goes_on_costs_what_was_written_since(midday: Callable[[str], Store]) -> None:
    store = midday("")
    history, meter = History(store, per_day=4), Meter(store)

    def goes_on() -> tuple[Cost, int]:
        tree.keep_all(store)
        blocks = store.last_seq() // BLOCK
        code = audit.verify(store).code
        history.grow(4)
        with meter.measure() as cost:
            report = audit.verify(store, since=code)
        assert report.ok and report.rows > 20, report.faults
        return cost, blocks

    history.grow(40)
    few, blocks = goes_on()
    history.grow(360)
    many, later = goes_on()
    assert later > 5 * blocks, "a ledger that is several times as long"
    assert abs(many.statements - few.statements) <= 2
    # The roots of whole blocks of entries are read to go on with the tree, and nothing else.
    assert many.rows - (later - blocks) <= 1.5 * few.rows
    assert many.steps <= 1.5 * few.steps + 50 * (later - blocks)


@pytest.mark.slow
@pytest.mark.release
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_pages_cost_the_same_with_twenty_thousand_works(
    midday: Callable[[str], Store], pages: Flask, request: pytest.FixtureRequest, database: str
) -> None:
    store = midday("" if database == "sqlite" else request.getfixturevalue("postgres")())
    walk, history = (
        walk_of(pages, store),
        History(store, (State.HANDED_OVER,), per_day=5),
    )
    history.grow(1000)
    small = walk.costs()
    history.grow(19000)
    assert grown(small, walk.costs(), 2.0) == []


@pytest.mark.release
def test_pages_of_a_region_cost_the_same_when_the_history_of_its_points_grows(
    midday: Callable[[str], Store], pages: Flask
) -> None:
    """For somebody of one point, and for somebody of the centre who sees all."""
    store = midday("")
    keys = make_region(store, 60)
    walk = walk_of(pages, store, Role.ASSISTANT, sites=("", keys[0]))
    history = History(store, (State.HANDED_OVER,), per_day=2, points=keys)
    history.grow(240)
    small = walk.costs()
    history.grow(480)
    assert {role for _page, role in small} == {"assistant", f"assistant at {keys[0]}"}
    assert grown(small, walk.costs(), 2.0) == []
