"""kill -9 of every part at random moments of a working day: nothing lost, nothing doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from examday.services.unit_of_work import Store
from examday.storage.broker import broker_url, connect
from tests.open_jobs import open_jobs
from tests.soak import oracle
from tests.stations import Station, until

DECODER = "examday.confined"
DECODER_S = 5
"""How long is waited for a decoder to come."""
PARTS = (
    "examday.web.serve",
    "worker --concurrency",
    "workers.relay",
    "workers.watcher",
    "beat --schedule",
    "valkey-server",
    DECODER,
    "tests.soak.working_day",
)
FLUSH, LAUNCHER = "broker emptied", "launcher"
PEOPLE_S = 900
"""A day that has not ended by then hangs: a round takes about two minutes."""


def test_a_day_survives_every_kill(dice: random.Random, seconds: float, tmp_path: Path) -> None:
    end, number, kills = time.monotonic() + seconds, 0, Counter[str]()
    while number == 0 or time.monotonic() < end:
        number += 1
        kills += one_day(dice, tmp_path / f"day {number}")
        print(f"\n{number} days, {sum(kills.values())} kills: {dict(kills)}", flush=True)


def one_day(dice: random.Random, folder: Path) -> Counter[str]:
    """Play a day while parts of it are killed; how often each was."""
    station, kills = Station(folder, "--no-demo").start(), Counter[str]()
    store = station.store()
    try:
        people, begun = None, time.monotonic()
        while people is None or people.poll() is None or people.returncode:
            if people is None or people.poll() is not None:
                people = start_people(station, dice)
            go_on(store, dice.randrange(12), dice.uniform(5, 20))
            if victim := hit(station, dice):
                kills[victim] += 1
            assert time.monotonic() - begun < PEOPLE_S, (folder / "people.out").read_text()[-2000:]
        until(lambda: not open_jobs(store), 120, "everything that was asked for is done")
        assert oracle.wrong(store) == []
    finally:
        store.close()
        if station.process is not None and station.process.poll() is None:
            station.stop()
        for pid in station.processes():
            os.kill(pid, signal.SIGKILL)
    return kills


def go_on(store: Store, entries: int, most_s: float) -> None:
    """Let the day go on for so many entries of the ledger, or for a while when it stands still."""
    # By what was done and not by the clock: on a busy computer nothing would get done between kills.
    goal, end = store.last_seq() + entries, time.monotonic() + most_s
    while store.last_seq() < goal and time.monotonic() < end:
        time.sleep(0.05)


def start_people(station: Station, dice: random.Random) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tests.soak.working_day",
        str(station.data),
        str(dice.random()),
    ]
    # With the folder of the station in its environment it is one of its processes, to be killed too.
    env = {**os.environ, "EXAMDAY_DATA": str(station.data), "EXAMDAY_ARGON2_COST": "1"}
    with (station.data / "people.out").open("ab") as out:
        return subprocess.Popen(command, env=env, stdout=out, stderr=out)


def hit(station: Station, dice: random.Random) -> str:
    """Kill one part, now and then the broker's memory or the launcher; "" when nobody was there."""
    victim = dice.choices((*PARTS, FLUSH, LAUNCHER), (*[4] * len(PARTS), 4, 1))[0]
    if victim == FLUSH:
        return FLUSH if flushed(station) else ""
    if victim == LAUNCHER:
        assert station.process is not None
        station.process.kill()
        station.process.wait()
        station.start()
        return LAUNCHER
    end = time.monotonic() + DECODER_S
    # A decoder lives for a moment: chance alone would hardly ever meet one.
    while victim == DECODER and not station.pids(victim) and time.monotonic() < end:
        time.sleep(0.01)
    return victim if station.kill(victim) else ""


def flushed(station: Station) -> bool:
    try:
        with connect(broker_url(station.settings)) as client:
            return bool(client.flushall())
    except Exception:
        return False
