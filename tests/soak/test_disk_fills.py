"""The disk of a station fills by itself while a day runs, and is emptied again: what was acknowledged stays, what was
not stays in the hot folder, and the day goes to its end."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.open_jobs import open_jobs
from tests.soak import oracle
from tests.soak.test_kills import PEOPLE_S, go_on, start_people
from tests.stations import TRAINING, Station, until

DISK_MB = 1500
MB = 1 << 20
LEFT_MB = (0, 1, 5, int(TRAINING["EXAMDAY_RESERVE_MB"]) - 5, 200)
"""What is left free: nothing, too little for a transaction, less than the reserve, enough."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, small enough to be filled."""
    place = tmp_path / "disk"
    place.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)]
    if subprocess.run(order, capture_output=True, check=False).returncode:
        pytest.fail("a small disk could not be mounted: this campaign runs as root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_day_survives_a_disk_that_fills(dice: random.Random, seconds: float, disk: Path) -> None:
    end, days, filled = time.monotonic() + seconds, 0, Counter[int]()
    while not days or time.monotonic() < end:
        days += 1
        filled += one_day(dice, disk, disk / f"day {days}", end)
    print(f"\n{days} days, the disk filled {sum(filled.values())} times, MB left: {dict(filled)}")


def one_day(dice: random.Random, disk: Path, folder: Path, end: float) -> Counter[int]:
    """Play a day while its disk fills and empties; how often, by what was left free."""
    station, filled = Station(folder, "--no-demo").start(), Counter[int]()
    store, people, begun = station.store(), None, time.monotonic()
    try:
        while people is None or people.poll() is None or people.returncode:
            if people is None or people.poll() is not None:
                people = start_people(station, dice)
            go_on(store, dice.randrange(12), dice.uniform(5, 20))
            if time.monotonic() < end or not filled:
                left = dice.choice(LEFT_MB)
                filled[left] += 1
                with full(disk, left):
                    time.sleep(dice.uniform(1, 10))
            assert time.monotonic() - begun < PEOPLE_S, (folder / "people.out").read_text()[-2000:]
        until(lambda: not open_jobs(store), 180, "everything that was asked for is done")
        assert oracle.wrong(store) == []
    finally:
        store.close()
        if station.process is not None and station.process.poll() is None:
            station.stop()
        for pid in station.processes():
            os.kill(pid, signal.SIGKILL)
    return filled


@contextmanager
def full(disk: Path, left_mb: int) -> Iterator[None]:
    """So much is left free on the disk for a while: somebody else's file takes the rest."""
    filler = disk / "somebody else's"
    found = os.statvfs(disk)
    rest = found.f_bavail * found.f_frsize - left_mb * MB
    with filler.open("wb") as file:
        if rest > 0:
            os.posix_fallocate(file.fileno(), 0, rest)
    try:
        yield
    finally:
        filler.unlink()
