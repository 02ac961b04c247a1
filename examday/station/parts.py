"""The parts of a station: which programs run, with what environment, and what is mended before one
is started again.
"""

import os

from examday.domain.jobs import Queue
from examday.resources import PACKAGES
from examday.settings import Settings
from examday.station import broker
from examday.station.supervisor import Part, module
from examday.storage.broker import broker_url

MOST_WORKERS = 4
"""More processes than this make a laptop's pages slow while a stack of scans is read."""

DAMAGED_AFTER = 3
"""A broker that died so often in a row does not start because of its files; they are set aside."""


def environment(settings: Settings) -> dict[str, str]:
    """The settings that the launcher's options may have changed, over its own environment."""
    own = {
        "EXAMDAY_DATA": settings.data,
        "EXAMDAY_DATABASE_URL": settings.database_url,
        "EXAMDAY_HOST": settings.host,
        "EXAMDAY_PORT": settings.port,
        "EXAMDAY_BROKER_URL": broker_url(settings),
    }
    return {
        **os.environ,
        **{name: str(value) for name, value in own.items()},
        # In UTC, as stored times are: pages and print-outs turn them into the point's zone
        # themselves.
        "TZ": "UTC",
        # Unbuffered, because the last lines before a death are the ones that are looked for in a
        # log.
        "PYTHONUNBUFFERED": "1",
        # One thread in each process: the workers fill the cores already.
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }


def parts(settings: Settings) -> list[Part]:
    """Everything that runs, in the order of starting."""
    env, logs = environment(settings), settings.var / "log"
    schedule = settings.var / "schedule"
    processes = str(min(MOST_WORKERS, os.cpu_count() or 1))
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
                "--queues",
                ",".join(Queue),
                # Costs time for nothing: the only worker of a private broker has no other to hear
                # of.
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
        if deaths >= DAMAGED_AFTER:
            broker.set_aside(settings)
        broker.command(settings)  # makes the folders again, which were set aside or deleted

    carrier.before = mend
    return carrier
