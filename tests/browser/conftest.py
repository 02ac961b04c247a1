"""A station in a thread with a training day in it, and a real browser that looks at its pages."""

import datetime as dt
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import waitress
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from examday.domain.machine import WAY, Medium, State
from examday.domain.people import Actor, Role
from examday.services.people import hash_secret
from examday.settings import Settings
from examday.storage.tables import Booklet, Candidate, Exam, Person, PersonRole, Room, Seat
from examday.storage.uow import Store, UnitOfWork
from examday.web.app import create_app

VENDOR = Path(__file__).parents[1] / "vendor"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
PASSWORD, PIN = "слон жуёт сено", "2580"
TEST = Actor.system("test")
PEOPLE = {"head": Role.SITE_HEAD, "organiser": Role.LEAD_ORGANISER, "assistant": Role.ASSISTANT,
          "gek": Role.EXAM_BOARD_MEMBER, "observer": Role.PUBLIC_OBSERVER, "technician": Role.TECHNICAL_SPECIALIST,
          "translator": Role.BRAILLE_TRANSCRIBER, "chair": Role.BRAILLE_CHAIR, "secretary": Role.APPEAL_SECRETARY}
ROOMS = {"0101": Medium.ENLARGED, "0102": Medium.ENLARGED, "0103": Medium.BRAILLE, "0204": Medium.TYPED}


@dataclass
class Station:
    """A running station: its address, its store, and a work at each step of the way."""

    url: str
    store: Store
    works: dict[State, str] = field(default_factory=dict)


def check_digit(twelve: str) -> str:
    """The thirteenth digit of a form code (EAN-13)."""
    return str(-sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(twelve)) % 10)


def add_people(uow: UnitOfWork) -> None:
    """One account for each role; all with the password and PIN of the tests."""
    password, pin = hash_secret(uow.settings, PASSWORD), hash_secret(uow.settings, PIN)
    for login, role in PEOPLE.items():
        person = uow.add(Person(login=login, name=f"Учебный {login}", password_hash=password, pin_hash=pin,
                                must_change=False))
        uow.session.flush()
        person.roles.append(PersonRole(person_id=person.id, role=role.value))


def add_day(uow: UnitOfWork, works: dict[State, str]) -> None:
    """One exam, four rooms, works spread over all the steps; two of them have stood still for an hour."""
    exam = uow.add(Exam(date=uow.now().date(), kind="ege", subject="01", site_code="9001", tasks=26, long_tasks=[27],
                        training=True, site_name="Учебный пункт"))
    rooms = [uow.add(Room(site_code="9001", number=number)) for number in ROOMS]
    uow.session.flush()
    for n in range(24):
        room = rooms[n % 4]
        medium = ROOMS[room.number]
        state = WAY[n % len(WAY)]
        if state is State.ENLARGED and medium is not Medium.ENLARGED:
            state = State.COLLECTED
        candidate = uow.add(Candidate(code=f"T-{n:03d}", surname=f"Участник-{n:02d}", name="Учебный",
                                      needs=["a3" if medium is Medium.ENLARGED else "braille"]))
        uow.session.flush()
        seat = uow.add(Seat(exam_id=exam.id, room_id=room.id, candidate_id=candidate.id, place=f"{n // 4 + 1}А"))
        uow.session.flush()
        twelve = f"{900010000000 + n:012d}"
        age = dt.timedelta(minutes=70 if n in (9, 11) else 4 + n % 9)
        booklet = uow.add(Booklet(seat_id=seat.id, exam_id=exam.id, medium=medium.value, state=state.value,
                                  code=twelve + check_digit(twelve), since=uow.now() - age))
        uow.session.flush()
        uow.record("booklet:issue", f"booklet:{booklet.id}")
        works.setdefault(state, booklet.id)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bool], Station]]:
    """`serve(True)` starts a station with the training day, `serve(False)` an empty one."""
    from examday.storage.database import migrate

    running: list[tuple[Any, Store]] = []

    def start(filled: bool) -> Station:
        settings = Settings.from_env({}, data=tmp_path_factory.mktemp("station"), argon2_cost=1)
        settings.make_folders()
        migrate(settings.database_url)
        store = Store(settings)
        station = Station("", store)
        if filled:
            with store.begin(TEST) as uow:
                add_people(uow)
                add_day(uow, station.works)
                uow.record("day:seed", "day:test")
        server = waitress.create_server(create_app(settings, store), host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        running.append((server, store))
        station.url = f"http://127.0.0.1:{server.effective_port}"
        return station

    yield start
    for server, store in running:
        server.close()
        store.close()


@pytest.fixture(scope="session")
def station(serve: Callable[[bool], Station]) -> Station:
    """The station with the training day."""
    return serve(True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def log_in(context: BrowserContext, station: Station, login: str) -> Page:
    """Log in through the real page."""
    page = context.new_page()
    page.goto(f"{station.url}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    page.wait_for_load_state()
    return page


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script and its Russian words."""
    words = json.dumps(json.loads((VENDOR / "axe-ru.json").read_text(encoding="utf-8")))
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8") + f";axe.configure({{locale: {words}}});"
