"""What is said of a station besides that its pages answer: whether workers and print work."""

import contextlib
import time

import click
import redis
from kombu.exceptions import OperationalError

from examday.i18n import gettext as _
from examday.paper.printing import trial_print
from examday.settings import Settings
from examday.station.answering import ask_worker, worker_answered

WORKER_S = 60.0
"""A worker that has not answered after this has not started: it needs some five seconds, on a slow
disk ten times that."""


def say(line: str, err: bool = False) -> None:
    """Print a line for whoever looks; a full disk or a closed pipe behind it must not end the station."""
    with contextlib.suppress(OSError):
        click.echo(line, err=err)


def print_trouble() -> list[str]:
    """Lines to print when print-outs cannot be made.

    A point can still take scans in, so the station starts all the same.
    """
    try:
        trial_print()
    except Exception as error:
        return [_("Print-outs cannot be made: %(error)s.", error=type(error).__name__)]
    return []


class WorkerCheck:
    """Tells once whether background work runs: a job is sent, and a worker has to answer it.

    The station calls itself ready before: people wait for the pages, and the worker takes some
    seconds more. So what it says of the worker stands in a line of its own.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._until = time.monotonic() + WORKER_S
        self._word = ""
        self._told = False

    def tick(self) -> None:
        """Look whether the answer is there; called several times a second by the launcher."""
        if self._told:
            return
        with contextlib.suppress(OSError, redis.RedisError, OperationalError):
            # The broker may be restarting just now: the next look asks again.
            self._word = self._word or ask_worker(self._settings)
            if worker_answered(self._settings, self._word, 0.0):
                self._told = True
                say(_("Scans are being taken in: a worker has answered."))
        if not self._told and time.monotonic() > self._until:
            self._told = True
            say(
                _(
                    "NO WORKER ANSWERS: scans are not read. The reason stands at the end of %(log)s.",
                    log=self._settings.var / "log" / "worker.log",
                ),
                err=True,
            )
