"""What the station needs on this computer: what is there, what is missing, what to do."""

import importlib.util
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.resources import PACKAGE
from examday.settings import Settings


class Level(StrEnum):
    """How bad it is: all well, something is switched off, the station cannot run."""

    OK = "ok"
    OFF = "off"
    FAIL = "fail"


SIGNS = {Level.OK: "✓", Level.OFF: "–", Level.FAIL: "✗"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `message` and `advice` are msgids with places for `params`."""

    part: str
    level: Level
    message: str
    advice: str = ""
    params: dict[str, object] = field(default_factory=dict)

    @property
    def sign(self) -> str:
        """✓, – or ✗."""
        return SIGNS[self.level]

    def text(self) -> str:
        """What was found, in the reader's language."""
        return _(self.message) % self.params

    def remedy(self) -> str:
        """What to do about it, in the reader's language."""
        return _(self.advice) % self.params if self.advice else ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; a look that fails is itself a finding."""
    looks: tuple[Callable[[Settings], Iterable[Finding]], ...] = (
        _python,
        _packages,
        _folders,
        _space,
        _database,
        _doubles,
        _broker,
        _tesseract,
        _models,
        _port,
    )
    findings: list[Finding] = []
    for look in looks:
        try:
            findings += look(settings)
        except Exception as error:
            findings.append(
                Finding(
                    look.__name__.strip("_"),
                    Level.FAIL,
                    N_("This could not be looked at (%(part)s): %(error)s."),
                    "",
                    {"part": look.__name__.strip("_"), "error": type(error).__name__},
                )
            )
    return findings


def _python(_settings: Settings) -> Iterable[Finding]:
    version = ".".join(str(n) for n in sys.version_info[:3])
    good = sys.version_info >= (3, 11)
    yield Finding(
        "python",
        Level.OK if good else Level.FAIL,
        N_("Python %(version)s"),
        "" if good else N_("Python 3.11 or newer is needed."),
        {"version": version},
    )
    from examday.i18n import catalogue

    if catalogue("ru").gettext("registered") == "registered":
        yield Finding(
            "texts",
            Level.OFF,
            N_("The Russian texts are missing."),
            N_("Install the program completely."),
        )


NEEDED = (
    "flask",
    "celery",
    "redis",
    "sqlalchemy",
    "alembic",
    "argon2",
    "waitress",
    "watchdog",
    "PIL",
    "numpy",
    "cv2",
    "zxingcpp",
    "typst",
    "pikepdf",
    "pypdfium2",
    "onnxruntime",
    "cryptography",
)


def _packages(_settings: Settings) -> Iterable[Finding]:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        yield Finding(
            "packages",
            Level.FAIL,
            N_("Python packages are missing: %(names)s."),
            N_("Run `make setup`."),
            {"names": ", ".join(missing)},
        )
    else:
        yield Finding("packages", Level.OK, N_("All Python packages are there."))


def _folders(settings: Settings) -> Iterable[Finding]:
    for name, folder in (("data", settings.data), ("inbox", settings.inbox), ("var", settings.var)):
        place = folder
        while not place.exists():
            place = place.parent
        good = os.access(place, os.W_OK | os.X_OK)
        yield Finding(
            name,
            Level.OK if good else Level.FAIL,
            N_("Folder %(path)s"),
            ""
            if good
            else N_(
                "The station may not write there: choose another folder with --data, or give "
                "the folder to the user who runs the station."
            ),
            {"path": folder},
        )


def _space(settings: Settings) -> Iterable[Finding]:
    place = settings.data
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // (1024 * 1024)
    good = free >= settings.reserve_mb
    yield Finding(
        "space",
        Level.OK if good else Level.FAIL,
        N_("Free on the disk: %(free)s MB (kept in reserve: %(reserve)s MB)."),
        ""
        if good
        else N_("Free some space: scans are refused until there is more than the reserve."),
        {"free": free, "reserve": settings.reserve_mb},
    )


def _database(settings: Settings) -> Iterable[Finding]:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from examday.storage.database import alembic_config, make_engine

    if settings.database_url.startswith("sqlite"):
        if (
            not (settings.var / "examday.sqlite").exists()
            and "examday.sqlite" in settings.database_url
        ):
            yield Finding(
                "database",
                Level.OFF,
                N_("There is no database yet."),
                N_("It is made at the first start of the station."),
            )
            return
        yield Finding(
            "sqlite", Level.OK, N_("SQLite %(version)s"), "", {"version": sqlite3.sqlite_version}
        )
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    head = ScriptDirectory.from_config(alembic_config(settings.database_url)).get_current_head()
    yield Finding(
        "database",
        Level.OK if now == head else Level.OFF,
        N_("The database answers (form %(now)s)."),
        "" if now == head else N_("It is brought to form %(head)s at the next start."),
        {"now": now or "–", "head": head},
    )


def _doubles(settings: Settings) -> Iterable[Finding]:
    """Entries of the plan that nobody can tell apart by looking; older than the rule against them."""
    from examday.services.plan.lists import doubles
    from examday.services.unit_of_work import Store

    if "examday.sqlite" in settings.database_url and not (settings.var / "examday.sqlite").exists():
        return
    store = Store(settings)
    try:
        with store.read() as uow:
            found = doubles(uow)
    finally:
        store.close()
    for _kind, group in found:
        yield Finding(
            "doubles",
            Level.OFF,
            N_("Entries of the plan look the same: %(group)s."),
            N_("Open the day plan, decide which is right and change the other by hand."),
            {"group": " / ".join(group)},
        )


def _broker(settings: Settings) -> Iterable[Finding]:
    from examday.station.broker import find_server
    from examday.storage.broker import answers, broker_url

    if answers(broker_url(settings), 0.3):
        yield Finding("broker", Level.OK, N_("The broker answers: the station is running."))
        return
    if settings.broker_url:
        yield Finding(
            "broker",
            Level.FAIL,
            N_("The broker named in EXAMDAY_BROKER_URL does not answer."),
            N_("Start it, or remove the variable: the station then starts a private one."),
        )
        return
    try:
        yield Finding(
            "broker",
            Level.OK,
            N_("Broker program %(path)s (not running now)"),
            "",
            {"path": find_server()},
        )
    except DomainError as error:
        yield Finding("broker", Level.FAIL, error.message, error.advice, error.params)


def _tesseract(_settings: Settings) -> Iterable[Finding]:
    program = shutil.which("tesseract")
    if program is None:
        yield Finding(
            "tesseract",
            Level.OFF,
            N_("Tesseract is not installed: the hints on print-outs are off."),
            N_(
                "As root type: apt-get install tesseract-ocr tesseract-ocr-rus. Everything else works."
            ),
        )
        return
    told = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, timeout=10, check=False
    )
    if "rus" in told.stdout.split():
        yield Finding("tesseract", Level.OK, N_("Tesseract with Russian"))
    else:
        yield Finding(
            "tesseract",
            Level.OFF,
            N_("Tesseract lacks Russian: the hints on print-outs are off."),
            N_("As root type: apt-get install tesseract-ocr-rus. Everything else works."),
        )


def _models(settings: Settings) -> Iterable[Finding]:
    for part, message in (
        ("reading", N_("Network for hand-printed characters")),
        ("braille", N_("Network for Braille pages")),
    ):
        found = sorted((PACKAGE / part / "models").glob("*.onnx"))
        yield Finding(
            part,
            Level.OK if found else Level.OFF,
            message,
            ""
            if found
            else N_("Its weights are missing: the hints are off, everything else works."),
        )


def _port(settings: Settings) -> Iterable[Finding]:
    from examday.station.launch import address, running_station

    with socket.socket() as probe:
        probe.settimeout(1)
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
        taken = probe.connect_ex((host, settings.port)) == 0
    if not taken:
        yield Finding("port", Level.OK, N_("Port %(port)s is free."), "", {"port": settings.port})
    elif running_station(settings)["address"] == address(settings):
        yield Finding(
            "port",
            Level.OK,
            N_("The station answers at %(address)s."),
            "",
            {"address": address(settings)},
        )
    else:
        yield Finding(
            "port",
            Level.OFF,
            N_("Port %(port)s is taken by another program."),
            N_("Choose another one: `examday station --port %(other)s`."),
            {"port": settings.port, "other": settings.port + 1},
        )
