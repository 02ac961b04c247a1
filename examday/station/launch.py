"""Starts the station: lock, migration, parts, demo day, address; then watches over the parts until
told to stop."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import click

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.modes import close_station
from examday.resources import PACKAGES
from examday.settings import Settings
from examday.station import broker
from examday.station.supervisor import Part, Supervisor, module
from examday.storage import broker as links

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Occupied(DomainError):
    """Another launcher works on this data folder."""

    code = "station-occupied"
    message = N_("A station already runs on this data folder: %(address)s (process %(pid)s).")
    advice = N_(
        "Open that address, or stop that station first, or choose another folder with --data."
    )


class PortTaken(DomainError):
    """Something else listens on the port."""

    code = "port-taken"
    message = N_("Port %(port)s on %(host)s is taken by another program.")
    advice = N_("Choose another one: --port %(other)s.")


class DidNotStart(DomainError):
    """The web server did not come up."""

    code = "did-not-start"
    message = N_("The station did not start: «%(part)s» does not answer.")
    advice = N_(
        "The reason stands at the end of %(log)s. `examday doctor` looks for what is missing."
    )


def address(settings: Settings) -> str:
    """What to type into a browser."""
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/"


@contextlib.contextmanager
def sole_launcher(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data folder; Occupied names the station that has it. The lock dies with
    the process."""
    close_station(settings)
    with (settings.var / "station.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Occupied(params=running_station(settings)) from error
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "address": address(settings)}))
        lock.flush()
        yield
        lock.truncate(0)


def running_station(settings: Settings) -> dict[str, object]:
    """What the running station wrote of itself: pid and address."""
    try:
        told = json.loads((settings.var / "station.lock").read_text(encoding="utf-8"))
        return {"pid": told["pid"], "address": told["address"]}
    except (OSError, ValueError, KeyError):
        return {"pid": "?", "address": "?"}


def check_port(settings: Settings) -> None:
    """PortTaken when somebody listens there already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                params={"port": settings.port, "host": settings.host, "other": settings.port + 1}
            ) from error


def environment(settings: Settings) -> dict[str, str]:
    """The settings that the launcher's options may have changed, over its own environment."""
    own = {
        "EXAMDAY_DATA": settings.data,
        "EXAMDAY_DATABASE_URL": settings.database_url,
        "EXAMDAY_HOST": settings.host,
        "EXAMDAY_PORT": settings.port,
        "EXAMDAY_BROKER_URL": links.broker_url(settings),
    }
    return {
        **os.environ,
        **{name: str(value) for name, value in own.items()},
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }


def parts(settings: Settings) -> list[Part]:
    """Everything that runs, in the order of starting."""
    env, logs = environment(settings), settings.var / "log"
    schedule = settings.var / "schedule"
    processes = str(min(4, os.cpu_count() or 1))
    celery = module("celery", "--quiet", "--app", "workers.app", "--workdir", str(PACKAGES))

    def part(name: str, argv: list[str], grace_s: float = Part.grace_s) -> Part:
        return Part(
            name, argv, {**env, "EXAMDAY_PART": name}, logs / f"{name}.log", grace_s=grace_s
        )

    def fresh_schedule(_deaths: int) -> None:
        # A schedule file torn by a power cut would keep the clock from starting; it holds nothing
        # worth keeping.
        schedule.mkdir(exist_ok=True)
        for old in schedule.iterdir():
            old.unlink()

    beat = part(
        "schedule", [*celery, "beat", "--schedule", str(schedule / "last-run"), "--pidfile="]
    )
    beat.before = fresh_schedule
    running = [
        part("web", module("examday.web.serve")),
        part(
            "worker",
            [
                *celery,
                "worker",
                "--concurrency",
                processes,
                "--without-gossip",
                "--without-mingle",
                "--hostname",
                "station@localhost",
            ],
            grace_s=8.0,
        ),
        part("relay", module("workers.relay")),
        part("watcher", module("workers.watcher")),
        beat,
    ]
    return running if settings.broker_url else [private_broker(settings, env), *running]


def private_broker(settings: Settings, env: dict[str, str]) -> Part:
    """The broker as a part; files that keep it from starting three times are set aside."""
    carrier = Part("broker", broker.command(settings), env, settings.var / "log" / "broker.log")

    def mend(deaths: int) -> None:
        if deaths >= 3:
            broker.set_aside(settings)
        broker.command(settings)  # makes the folders again

    carrier.before = mend
    return carrier


def web_answers(settings: Settings, within_s: float) -> bool:
    """Does the web server take connections within so many seconds?"""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((host, settings.port), timeout=1),
        ):
            return True
        time.sleep(0.05)
    return False


def prepare(settings: Settings, demo: bool) -> list[str]:
    """Migrate, and seed the demo day once; the lines to print about its log-ins. A training day
    that cannot be seeded must not keep a point from working: it is said instead."""
    from examday.services.jobs.preparation import prepare_database

    try:
        return prepare_database(
            settings,
            demo,
            lambda: click.echo(
                _("The first start prepares the training day; this takes up to a minute …")
            ),
        )
    except DomainError as error:
        return [
            _(
                "The training day could not be prepared: %(what)s",
                what=_(error.message) % error.params,
            )
        ]


def run(settings: Settings, demo: bool = True) -> None:
    """Run the station until SIGINT, SIGTERM or SIGHUP. Raises DomainError when it cannot start."""
    begun = time.monotonic()
    stop = threading.Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    with sole_launcher(settings):
        check_port(settings)
        supervisor = Supervisor(parts(settings), _tell_death)
        try:
            if not settings.broker_url:
                supervisor.part("broker").start()  # ready while the database is looked at
            lines = prepare(settings, demo)
            supervisor.part("web").start()  # before the others: people wait for it
            _wait_until_ready(settings, supervisor, stop)
            if not stop.is_set():
                _greet(settings, lines, time.monotonic() - begun)
                supervisor.start()
            while not stop.wait(0.2):
                supervisor.tick()
            click.echo(_("Stopping …"))
        finally:
            supervisor.stop()
            with contextlib.suppress(OSError):
                links.socket_path(
                    settings.data
                ).parent.rmdir()  # our private folder, when the broker left it empty


def _wait_until_ready(settings: Settings, supervisor: Supervisor, stop: threading.Event) -> None:
    url = links.broker_url(settings)
    until = time.monotonic() + 30
    checks: dict[str, Callable[[], bool]] = {
        "broker": lambda: links.answers(url, 0.1),
        "web": lambda: web_answers(settings, 0.2),
    }
    for name, ready in checks.items():
        while not stop.is_set() and not ready():
            supervisor.tick()
            if time.monotonic() > until:
                raise DidNotStart(
                    params={"part": name},
                    advice=_(DidNotStart.advice, log=settings.var / "log" / f"{name}.log"),
                )
            stop.wait(0.05)


def _greet(settings: Settings, lines: list[str], seconds: float) -> None:
    click.echo(
        _(
            "The station is ready (%(seconds)s s). Open in a browser:  %(address)s",
            seconds=f"{seconds:.1f}",
            address=address(settings),
        )
    )
    click.echo(_("Hot folder for scans:  %(path)s", path=settings.inbox))
    for line in lines:
        click.echo(line)
    click.echo(_("Ctrl-C stops everything."))


def _tell_death(name: str, code: int) -> None:
    click.echo(
        _("«%(part)s» ended unexpectedly (%(code)s) and is started again.", part=name, code=code),
        err=True,
    )
