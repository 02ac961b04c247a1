"""Starts the station: lock, migration, parts, demo day, address.

Then watches over the parts until told to stop.
"""

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

from examday.domain.errors import DomainError, of_disk
from examday.domain.messages import N_
from examday.i18n import decimal
from examday.i18n import gettext as _
from examday.modes import close_station
from examday.settings import Settings
from examday.station.answering import (
    Pages,
    address,
    look_at_pages,
    running_station,
)
from examday.station.parts import parts
from examday.station.readiness import WorkerCheck, print_trouble, say
from examday.station.supervisor import Supervisor
from examday.storage import broker as links

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a service manager, and the closed window of the terminal: each of them must end the
station in order."""


START_S = 30.0
"""Broker and pages must answer within so many seconds. Seconds are usual; a slow disk needs ten."""


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
    message = N_("The station did not start: «%(part)s» does not answer as it should.")
    advice = N_(
        "The reason stands at the end of %(log)s. `examday doctor` looks for what is missing."
    )


@contextlib.contextmanager
def sole_launcher(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data folder; Occupied names the station that has it.

    The lock dies with the process.
    """
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


def check_port(settings: Settings) -> None:
    """PortTaken when somebody listens there already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server does: else a port would count as taken for a minute after a stop.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                params={"port": settings.port, "host": settings.host, "other": settings.port + 1}
            ) from error


def prepare(settings: Settings, demo: bool) -> list[str]:
    """Migrate, and seed the demo day once; the lines to print about its log-ins.

    A training day that cannot be seeded must not keep a point from working: it is said instead.
    """
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
                # ready by the time the database has been looked at, so the start is shorter
                supervisor.part("broker").start()
            lines = [*prepare(settings, demo), *print_trouble()]
            supervisor.part("web").start()  # before the others, because people wait for the pages
            _wait_until_ready(settings, supervisor, stop)
            if not stop.is_set():
                _greet(settings, lines, time.monotonic() - begun)
                supervisor.start()
            worker = WorkerCheck(settings)
            while not stop.wait(0.2):
                supervisor.tick()
                worker.tick()
            say(_("Stopping …"))
        finally:
            supervisor.stop()
            # Our private folder, when the broker left it empty; else something in it is still used.
            with contextlib.suppress(OSError):
                links.socket_path(settings.data).parent.rmdir()


def _wait_until_ready(settings: Settings, supervisor: Supervisor, stop: threading.Event) -> None:
    url = links.broker_url(settings)
    until = time.monotonic() + START_S
    checks: dict[str, Callable[[], bool]] = {
        "broker": lambda: links.answers(url, 0.1),
        "web": lambda: look_at_pages(settings).pages is Pages.OURS,
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
    say(
        _(
            "The station is ready (%(seconds)s s). Open in a browser:  %(address)s",
            seconds=decimal(seconds),
            address=address(settings),
        )
    )
    say(_("Hot folder for scans:  %(path)s", path=settings.inbox))
    for line in lines:
        say(line)
    say(_("Ctrl-C stops everything."))


def _tell_death(name: str, why: int | OSError) -> None:
    if isinstance(why, OSError):
        told = of_disk(why)
        reason = _(told.message) if told else why.strerror
        say(
            _("«%(part)s» cannot be started just now: %(error)s", part=name, error=reason), err=True
        )
        return
    say(
        _("«%(part)s» ended unexpectedly (%(code)s) and is started again.", part=name, code=why),
        err=True,
    )
