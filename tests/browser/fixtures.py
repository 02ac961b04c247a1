"""A station in a thread with the training day in it, and a real browser that looks at its pages."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from examday import confined
from examday.services.training import demo_day
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet
from examday.web.app import create_app
from tests import children, stations
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
def training_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a training day to copy; all workers of a run share the one that the first
    of them seeds. `tests/training` seeds its own, the journey of an empty station too."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, begun = shared / "training-day", shared / "training-day.begun"
    with (shared / "training-day.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(begun, ignore_errors=True)  # left by a worker that was killed
            _seed(begun)
            begun.rename(folder)
    return folder


def _seed(folder: Path) -> None:
    settings = Settings.from_env({}, data=folder, argon2_cost=1)
    settings.make_folders()
    migrate(settings.database_url)
    store = Store(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confined, "_run_child", children.in_this_process)
        demo_day.seed(store)
    store.close()


@pytest.fixture(scope="session")
def serve(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[bool], Station]]:
    """`serve(True)` starts a station with the training day, `serve(False)` an empty one."""
    running = ExitStack()

    def start(filled: bool) -> Station:
        folder = tmp_path_factory.mktemp("station")
        if filled:
            shutil.copytree(request.getfixturevalue("training_day"), folder, dirs_exist_ok=True)
        settings = Settings.from_env({}, data=folder, argon2_cost=1)
        settings.make_folders()
        migrate(settings.database_url)
        station = Station("", Store(settings))
        if filled:
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
def whole_station(
    tmp_path_factory: pytest.TempPathFactory, training_day: Path
) -> Iterator[stations.Station]:
    """The whole station as a person starts it: broker, workers, pages, and the training day."""
    data = shutil.copytree(training_day, tmp_path_factory.mktemp("whole") / "data")
    made = stations.Station(data).start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; where it is there, its form that draws no window: tests take a fifth less."""
    program = (
        shutil.which("chromium-headless-shell")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if program is None:
        pytest.fail(
            "no Chromium on this machine: `make setup-dev` as root installs it, or apt-get install chromium"
        )
    # Where a page is slower than usual nothing else is wrong with it.
    expect.set_options(timeout=20_000)
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
