"""A station in a thread with the training day in it, and a real browser that looks at its pages."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from examday.services.training import demo_day
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet
from examday.web.app import create_app
from tests import stations
from tests.served import served

VENDOR = Path(__file__).parents[1] / "vendor"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Station:
    """A running station and the secret of its training day."""

    url: str
    store: Store
    password: str = ""

    def works(self, state: str = "") -> list[str]:
        """Ids of the works, or of those in one state."""
        with self.store.read() as uow:
            return list(
                uow.session.scalars(
                    select(Booklet.id)
                    .where(Booklet.state == state if state else Booklet.id != "")
                    .order_by(Booklet.code)
                )
            )

    def log_in(self, browser: Browser, login: str, **options: Any) -> Page:
        """A new browser in which this person has logged in through the real page."""
        page = browser.new_context(**options).new_page()
        page.goto(f"{self.url}/login")
        page.fill("#login", login)
        page.fill("#password", self.password)
        page.click("main button.primary")
        page.wait_for_load_state()
        return page


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bool], Station]]:
    """`serve(True)` starts a station with the training day, `serve(False)` an empty one."""
    running = ExitStack()

    def start(filled: bool) -> Station:
        settings = Settings.from_env({}, data=tmp_path_factory.mktemp("station"), argon2_cost=1)
        settings.make_folders()
        migrate(settings.database_url)
        station = Station("", Store(settings))
        if filled:
            demo_day.seed(station.store)
            station.password = json.loads((settings.keys / "training.json").read_text())["password"]
        running.callback(station.store.close)
        station.url = running.enter_context(served(create_app(settings, station.store), threads=8))
        return station

    with running:
        yield start


@pytest.fixture(scope="session")
def station(serve: Callable[[bool], Station]) -> Station:
    """The station with the training day."""
    return serve(True)


@pytest.fixture(scope="session")
def whole_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stations.Station]:
    """The whole station as a person starts it: broker, workers, pages, and the training day."""
    made = stations.Station(tmp_path_factory.mktemp("whole") / "data").start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    program = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if program is None:
        pytest.fail(
            "no Chromium on this machine: `make setup-dev` as root installs it, or apt-get install chromium"
        )
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script and its Russian words."""
    words = json.dumps(json.loads((VENDOR / "axe-ru.json").read_text(encoding="utf-8")))
    return (VENDOR / "axe.min.js").read_text(
        encoding="utf-8"
    ) + f";axe.configure({{locale: {words}}});"
