"""The broker is stopped, killed, emptied, loses a third of its messages or delivers each twice at once, while scans
come in: each is opened once, and all are within a minute of the last misfortune."""

import os
import random
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from examday.domain.jobs import Queue
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.storage.broker import broker_url, connect
from examday.storage.tables import EventRow, Page, ScanFile
from tests import day, sheets
from tests.open_jobs import open_jobs
from tests.stations import Station, until

FILES = 6
"""In a round: few, so that a seed tries many rounds."""
WITHIN_S = 60


def test_all_work_is_done_once_within_a_minute_of_the_last_misfortune(
    dice: random.Random, seconds: float, tmp_path: Path
) -> None:
    station = Station(tmp_path / "data", "--no-demo").start()
    store, done, slowest = station.store(), Counter[str](), 0.0
    end, rounds = time.monotonic() + seconds, 0
    try:
        while not rounds or time.monotonic() < end:
            rounds += 1
            with still(station, "worker --concurrency"):  # so that there are messages to lose
                drop(station, store, rounds)
                until(lambda r=rounds: files(store) == r * FILES, 60, "all files are recorded")
                until(lambda: queued(station) >= FILES, 60, "all messages are at the broker")
                what = dice.choice(list(MISFORTUNES))
                done[what] += 1
                MISFORTUNES[what](station, dice)
            begun = time.monotonic()
            until(lambda: not open_jobs(store), WITHIN_S, f"all is done after: {what}")
            slowest = max(slowest, time.monotonic() - begun)
            assert wrong(store) == []
    finally:
        store.close()
        station.stop()
        for pid in station.processes():
            os.kill(pid, signal.SIGKILL)
    print(
        f"\n{rounds} rounds of {FILES} files: {dict(done)}; all done after {slowest:.0f} s at most"
    )


@contextmanager
def still(station: Station, words: str) -> Iterator[None]:
    """These processes stand still."""
    victims = station.pids(words)
    for pid in victims:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in victims:
            os.kill(pid, signal.SIGCONT)


def drop(station: Station, store: Store, number: int) -> None:
    for one in range(FILES):
        code = sheets.kit_code(number * 100 + one)
        day.booklet(store, code)
        part = station.settings.inbox / f"{number}-{one}.jpg.part"
        sheets.draw(code, "A3").save(part, format="JPEG", dpi=(150, 150))
        part.rename(part.with_suffix(""))


def files(store: Store) -> int:
    with store.read() as uow:
        return len(uow.session.scalars(select(ScanFile.id)).all())


def queued(station: Station) -> int:
    with connect(broker_url(station.settings)) as client:
        return int(client.llen(Queue.READING)) + int(client.hlen("unacked"))  # type: ignore[arg-type]


def stopped(station: Station, dice: random.Random) -> None:
    """It does not answer for a while; pages do."""
    with still(station, "valkey-server"):
        begun = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{station.port}/login", timeout=20) as page:
            assert page.status == 200
        assert time.monotonic() - begun < 10, "a page waits for the broker"
        time.sleep(dice.uniform(1, 8))


def killed(station: Station, dice: random.Random) -> None:
    assert station.kill("valkey-server")


def emptied(station: Station, dice: random.Random) -> None:
    with connect(broker_url(station.settings)) as client:
        client.flushall()


def a_third_lost(station: Station, dice: random.Random) -> None:
    with connect(broker_url(station.settings)) as client:
        for message in client.lrange(Queue.READING, 0, -1):  # type: ignore[union-attr]
            if dice.random() < 1 / 3:
                client.lrem(Queue.READING, 1, message)


def each_twice(station: Station, dice: random.Random) -> None:
    with connect(broker_url(station.settings)) as client:
        for message in client.lrange(Queue.READING, 0, -1):  # type: ignore[union-attr]
            client.linsert(Queue.READING, "BEFORE", message, message)


MISFORTUNES: dict[str, Callable[[Station, random.Random], None]] = {
    "stopped": stopped,
    "killed": killed,
    "emptied": emptied,
    "a third lost": a_third_lost,
    "each twice": each_twice,
}


def wrong(store: Store) -> list[str]:
    """What was lost or doubled."""
    with store.read() as uow:
        scans = set(uow.session.scalars(select(ScanFile.id)))
        ended = Counter(
            uow.session.scalars(select(EventRow.subject).where(EventRow.kind == "scan:done"))
        )
        pages = Counter(uow.session.scalars(select(Page.booklet_id)))
    found = [
        f"{scan}: opened {ended[f'scan:{scan}']} times"
        for scan in scans
        if ended[f"scan:{scan}"] != 1
    ]
    found += [f"{booklet}: {n} pages" for booklet, n in pages.items() if n != 1 or booklet is None]
    return found + [f"ledger: {fault}" for fault in audit.verify(store).faults]
