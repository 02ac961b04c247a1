"""What many tests share: a migrated station in a temporary folder, people, log-in through the real
page."""

import datetime as dt
import gc
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from flask import Flask
from flask import session as form_session
from flask_wtf.csrf import generate_csrf
from hypothesis.internal.conjecture import providers
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.util import LRUCache

from examday import confined
from examday.domain.events import Event
from examday.domain.people.roles import Role
from examday.i18n import language
from examday.services import unit_of_work
from examday.services.people import hashes, sessions
from examday.services.people.directory import actor_of, by_login
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Person
from examday.storage.troubles import translate
from examday.web import session as web_session
from tests import children, people_at_once, rewritten, tiers
from tests.people_at_once import PASSWORD, PIN
from tests.summaries import check_summary

pytest_plugins = ["tests.browser.fixtures"]

# A busy machine is no fault of a rule: what hypothesis finds counts, not how long it took.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")
# It tries the constants of the code that it tests: those of the rules. To look for them in every
# module that is loaded took each worker of a fresh clone five seconds.
assert hasattr(providers, "is_local_module_file")
providers.is_local_module_file = lambda path: "/examday/domain/" in path

__all__ = ["PASSWORD", "PIN"]
MEMORY_KIB = hashes.MEMORY_KIB
"""The program's own figure, kept for the test of it, before `light_hashes` puts the least there is
in its place."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--shown` writes anew what the pages of tests/scenes show."""
    parser.addoption("--shown", action="store_true")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers share the work that a fresh clone makes; nothing that is loaded now is ever garbage."""
    gc.disable()
    rewritten.share(session.config, lambda path: pytest_ignore_collect(path, session.config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `make quick` leaves out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and str(item.path.relative_to(here)) in tiers.LONG:
            item.add_marker("long")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules that `make quick` leaves out whole are not even loaded."""
    here = Path(__file__).parent
    if "not long" not in str(config.getoption("markexpr")) or not collection_path.is_file():
        return None
    named = collection_path.is_relative_to(here)
    return True if named and str(collection_path.relative_to(here)) in tiers.LONG else None


def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str, obj: object
) -> list[pytest.Item] | None:
    """What a run leaves out whole is not spread out over its parameters first: that is a third of
    all the items."""
    asked = str(collector.config.getoption("markexpr")).split(" and ")
    given = getattr(obj, "pytestmark", None)  # a module's own word is a mark, or a list of them
    left_out = name.startswith("test_") and isinstance(given, list)
    return [] if left_out and any(f"not {mark.name}" in asked for mark in given) else None


def pytest_collection_finish() -> None:
    """The loaded program and five thousand collected tests stay to the end: the collector of
    garbage need not walk over them every few tests."""
    gc.collect()
    gc.freeze()
    gc.enable()


class Clock:
    """A clock that the test moves by hand; each look at it goes one microsecond on, as real ones
    do."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(microseconds=1)
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**span)


@pytest.fixture(autouse=True)
def in_russian() -> None:
    """Every test starts in the users' first language, whatever the one before it asked a page for."""
    language.set("ru")


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> Iterator[None]:
    """What a test provokes is logged without colours: with them one failure took a quarter of a
    second."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure([structlog.stdlib.add_log_level, plain])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All applications of all workers of a run share what the templates were compiled to."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    compiled = shared / "templates-compiled"
    compiled.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(compiled)})
        yield


@pytest.fixture(scope="session", autouse=True)
def light_hashes() -> Iterator[None]:
    """Argon2 with the least memory there is: a third of the time of a test with people went into
    their secrets. Stations that run as processes of their own keep the program's figure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashes, "MEMORY_KIB", 8)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """All SQLite stores of a run share one dialect and what it has compiled. Each engine has its
    own otherwise, and a seventh of the time of a test of services went into compiling anew."""
    pattern = create_engine("sqlite://")
    translate(pattern)  # listeners of errors belong to the dialect
    with pattern.connect():
        """The first connection tells the dialect what this SQLite can do."""
    compiled, make_engine = LRUCache(4000), unit_of_work.make_engine

    def sharing(url: str) -> Engine:
        engine = make_engine(url)
        if url.startswith("sqlite"):
            engine.dialect, engine._compiled_cache = pattern.dialect, compiled
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unit_of_work, "make_engine", sharing)
        yield
    pattern.dispose()


@pytest.fixture
def without_children(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in the test's own process, unless the test is marked `children`;
    `tests/jobs/test_confined.py` and `tests/scans/test_scan_files.py` have real children."""
    if request.node.get_closest_marker("children") is None:
        monkeypatch.setattr(confined, "_run_child", children.in_this_process)


@pytest.fixture
def clock() -> Clock:
    """14:05 Moscow time on an exam day."""
    return Clock(dt.datetime(2026, 6, 4, 11, 5, tzinfo=dt.UTC))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A station of its own in a temporary folder; hashes are cheap."""
    made = Settings.from_env({}, data=tmp_path, argon2_cost=1)
    made.make_folders()
    return made


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly migrated database file, made once."""
    path = tmp_path_factory.mktemp("migrated") / "examday.sqlite"
    migrate(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture
def store(settings: Settings, migrated: Path, clock: Clock) -> Iterator[Store]:
    """A store on a migrated SQLite database with a clock that the test moves."""
    shutil.copy(migrated, settings.var / "examday.sqlite")
    made = Store(settings, clock)
    yield made
    made.close()


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    pytest.fail("PostgreSQL is not installed: apt-get install postgresql")


def _as_plain_user() -> list[str]:
    """initdb refuses root."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """A private PostgreSQL cluster; call it for the URL of a fresh migrated database."""
    programs, prefix = _postgres_programs(), _as_plain_user()
    home = Path(
        subprocess.run(
            ["mktemp", "-d", f"{os.environ.get('PYTEST_DEBUG_TEMPROOT', '/tmp')}/pg-XXXXXX"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    if prefix:
        shutil.chown(home, "postgres", "postgres")
    data, sock = home / "data", home / "s"
    run: Callable[..., Any] = lambda *args: subprocess.run(  # noqa: E731
        [*prefix, *args], check=True, capture_output=True, cwd=home
    )
    run("mkdir", str(sock))
    run(
        str(programs / "initdb"),
        "--no-sync",
        "-A",
        "trust",
        "-U",
        "examday",
        "--locale-provider=icu",
        "--icu-locale=ru-RU",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-D",
        str(data),
    )
    run(
        str(programs / "pg_ctl"),
        "-D",
        str(data),
        "-w",
        "-l",
        str(home / "log"),
        "-o",
        f"-c listen_addresses='' -k {sock} -c fsync=off -c full_page_writes=off -c max_connections=150",
        "start",
    )
    base = f"postgresql+psycopg://program@/{{}}?host={sock}"
    keeper = base.replace("program@", "examday@").format("postgres")
    migrate_once = create_engine(keeper, isolation_level="AUTOCOMMIT")
    with migrate_once.connect() as connection:
        # No superuser: row security binds none.
        connection.execute(text("CREATE ROLE program LOGIN"))
        connection.execute(text("CREATE DATABASE pattern OWNER program"))
    migrate(base.format("pattern"))
    made = 0

    def fresh() -> str:
        nonlocal made
        made += 1
        with migrate_once.connect() as connection:
            connection.execute(
                text(f"CREATE DATABASE t{made} TEMPLATE pattern OWNER program STRATEGY file_copy")
            )
        return base.format(f"t{made}")

    yield fresh
    migrate_once.dispose()
    run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    # by a program of the system: a hundred thousand files take Python minutes
    subprocess.run(["rm", "-rf", str(home)], check=False)


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[str]:
    """The address of a server that speaks S3."""
    from tests import buckets

    with buckets.server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def each_store(request: pytest.FixtureRequest, settings: Settings, clock: Clock) -> Iterator[Store]:
    """The same store at a station (SQLite, folder) and in a region (PostgreSQL, bucket)."""
    if request.param == "sqlite":
        yield request.getfixturevalue("store")
        return
    from dataclasses import replace

    from tests import buckets

    region = buckets.new_bucket(request.getfixturevalue("bucket_server"))
    url = request.getfixturevalue("postgres")()
    made = Store(replace(settings, database_url=url, **region), clock)  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def add_person() -> Callable[..., Person]:
    """`add_person(store, "ivanova", Role.ASSISTANT, …)`: an account with the password and PIN of
    the tests."""

    def add(
        store: Store, login: str, *roles: Role, name: str = "", must_change: bool = False
    ) -> Person:
        person = Person(login=login, name=name or login.capitalize(), must_change=must_change)
        people_at_once.add(store, [person], {login: roles})
        return person

    return add


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The web application without a station: routes and templates are compiled once."""
    from examday.web.app import create_app

    settings = Settings.from_env({}, data=tmp_path_factory.mktemp("pages"))
    settings.make_folders()
    return create_app(settings)


@pytest.fixture
def app(pages: Any, store: Store) -> Any:
    """The web application on `store`, with form tokens on."""
    from examday.web.app import attach

    attach(pages, store)
    return pages


class Browser:
    """Flask's test client that sends the form token of its session with a form."""

    def __init__(self, app: Any) -> None:
        self.client = app.test_client()
        self.known: tuple[str, str] | None = None
        """The session cookie and the form token that belongs to it."""

    def get(self, url: str, **options: Any) -> Any:
        """Open a page."""
        return self.client.get(url, **options)

    def post(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form with the token that every page of this session gives out."""
        answer = self.client.post(url, data={"csrf_token": self.token(), **(data or {})}, **options)
        # closed here, because the client leaves a large form's file open
        for one in (*answer.history, answer):
            one.request.input_stream.close()
        check_summary(answer)
        return answer

    def token(self) -> str:
        """The form token of this session, as its pages would give it out: to open one for each form took a tenth
        of the time of tests of pages."""
        if self.known is None or not self.known[0] == self.session() != "":
            with (
                self.client.application.test_request_context(),
                self.client.session_transaction() as kept,
            ):
                form_session.update(kept)  # so that forms of pages that are open stay good
                token = generate_csrf()
                kept.update(form_session)
            self.known = (self.session(), token)
        return self.known[1]

    def session(self) -> str:
        """The session cookie; empty for a stranger."""
        cookie = self.client.get_cookie("session")
        return cookie.value if cookie is not None else ""

    def enter(self, login: str, password: str = PASSWORD) -> Any:
        """Log in through the real page."""
        answer = self.post("/login", {"login": login, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer

    def log_in(self, login: str) -> None:
        """Be logged in as by the page, which `enter` opens: a fifth of the time of tests of pages
        went into it."""
        store: Store = self.client.application.extensions["examday.store"]
        with store.read() as uow:
            person = by_login(uow, login)
            assert person is not None, login
            actor = actor_of(person)
        before = self.client.get_cookie(web_session.COOKIE)
        with store.begin(actor) as uow:
            ended = sessions.find(uow, before.value) if before is not None else None
            started = sessions.start(uow, person.id, ended and ended.row)
            uow.record(Event.PERSON_ENTER, f"person:{person.id}")
        self.client.set_cookie(web_session.COOKIE, started.cookie)


@pytest.fixture
def browser(app: Any) -> Callable[[], Browser]:
    """`browser()` opens one more independent browser."""
    return lambda: Browser(app)
