"""The disk fills up, or a folder can only be read, at random moments of a working day: pages say in words what is
wrong and are there all the time, nothing is lost, and with room again the day goes on by itself."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from examday.services.people import sessions
from examday.services.people.directory import actor_of
from examday.services.people.log_in import by_login
from examday.services.unit_of_work import Store
from tests.open_jobs import open_jobs
from tests.soak import oracle
from tests.soak.browsing import Caller
from tests.soak.test_kills import PARTS, PEOPLE_S, go_on, start_people
from tests.stations import Station, until

ROOM_MB = 220
"""Size of the disk: the reserve of a test's station (50 MB), what a day of eight works writes, and the logs."""
PIECE = 4096
SERVER = PARTS[0]
ADVICE = ("Диск", "нельзя писать", "занято", "нельзя изменять")
"""One of these stands in every answer that is no page as usual."""


def test_a_day_survives_every_full_disk(
    dice: random.Random, seconds: float, tmp_path: Path
) -> None:
    end, number, done = time.monotonic() + seconds, 0, Counter[str]()
    while number == 0 or time.monotonic() < end:
        number += 1
        with small_disk(tmp_path / f"day {number}") as folder:
            done += one_day(dice, folder)
        print(f"\n{number} days: {dict(done)}", flush=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few megabytes, mounted here."""
    folder.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)]
    if subprocess.run(order, capture_output=True).returncode:
        pytest.fail(
            "no disk can be mounted here: run it as root or with `unshare -Urm make soak …`"
        )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def one_day(dice: random.Random, folder: Path) -> Counter[str]:
    """Play a day on a disk that refuses now and then; what was done to it, and how pages answered."""
    with pytest.MonkeyPatch.context() as env:
        # A laptop has one disk: what is on its way in lies on it too.
        env.setenv("TMPDIR", str(folder))
        station = Station(folder / "data", "--no-demo").start()
    store, done, taken = station.store(), Counter[str](), list[str]()
    try:
        people, begun, caller = None, time.monotonic(), None
        while people is None or people.poll() is None or people.returncode:
            if people is None or people.poll() is not None:
                people = start_people(station, dice)
            go_on(store, dice.randrange(12), dice.uniform(5, 20))
            caller = caller or logged_in(station, store)
            if caller is not None:
                what = dice.choice(list(TROUBLES))
                done[what] += 1
                with TROUBLES[what](station, dice):
                    hit(station, dice, done)
                    done += answers(station, caller, dice, what, taken)
                    time.sleep(dice.uniform(0, 6))
                assert station.process is not None and station.process.poll() is None, (
                    station.said()
                )
            assert time.monotonic() - begun < PEOPLE_S, station.said()[-2000:]
        until(lambda: not open_jobs(store), 120, "everything that was asked for is done")
        assert caller is not None and caller.get("/scans/")[0] == 200
        assert oracle.wrong(store, taken) == []
    finally:
        store.close()
        if station.process is not None and station.process.poll() is None:
            station.stop()
        for pid in station.processes():
            os.kill(pid, signal.SIGKILL)
    return done


def logged_in(station: Station, store: Store) -> Caller | None:
    """The browser of the technician, as soon as there is one."""
    with store.read() as uow:
        person = by_login(uow, "technician")
        actor = person and actor_of(person)
    if actor is None:
        return None
    with store.begin(actor) as uow:
        started = sessions.start(uow, actor.person_id, None)
    return Caller(station.port, {"examday": started.cookie})


def hit(station: Station, dice: random.Random, done: Counter[str]) -> None:
    """Now and then a part ends meanwhile: it has to come again when the disk does, if not before."""
    if dice.random() < 1 / 3 and station.kill(part := dice.choice(PARTS)):
        done[f"killed {part.split()[0]}"] += 1


def answers(
    station: Station, caller: Caller, dice: random.Random, what: str, taken: list[str]
) -> Counter[str]:
    """Look at pages and send a file; each answer is a page, or says in words what is wrong. The name of
    a file that was taken is added to `taken`."""
    told = Counter[str]()
    sent, name = dice.randbytes(dice.choice([10, 3000, 2_000_000])), f"{dice.randrange(10**9)}.bin"
    asked: dict[str, Callable[[], tuple[int, str]]] = {
        "scans": lambda: caller.get("/scans/"),
        "ledger": lambda: caller.get("/ledger"),
        "upload": lambda: caller.upload("/scans/upload", "files", name, sent),
    }
    for page, ask in asked.items():
        server = station.pids(SERVER)
        try:
            status, text = ask()
        except OSError as gone:
            # The web server itself was killed just now, or comes again. Of one that was killed the
            # socket may still take a connection when its process is seen no more.
            refused = isinstance(gone, ConnectionRefusedError)
            stayed = bool(server) and station.pids(SERVER) == server
            assert refused or not stayed, (page, what, gone)
            told[f"no answer ({type(gone).__name__})"] += 1
            continue
        told[f"{what}, {page}: {status}"] += 1
        if status == 303:
            taken.append(name)
        plain = status < 400 or (status < 500 or status == 503)
        assert plain and (status < 400 or any(words in text for words in ADVICE)), (
            page,
            status,
            text,
        )
    return told


@contextmanager
def filled(station: Station, dice: random.Random, left: int) -> Iterator[None]:
    """All but so many bytes of the disk are taken."""
    ballast, disk = station.data.parent / "ballast", os.statvfs(station.data)
    with ballast.open("wb", buffering=0) as file:
        for _piece in range(max(0, disk.f_bavail * disk.f_frsize - left) // PIECE + 1):
            # Piece by piece: whoever writes meanwhile must not make the whole of it fail.
            with suppress(OSError):
                file.write(b"\0" * PIECE)
    try:
        yield
    finally:
        ballast.unlink()


def full(station: Station, dice: random.Random) -> AbstractContextManager[None]:
    return filled(station, dice, dice.choice([0, 4096, 60_000, 500_000]))


def nearly_full(station: Station, dice: random.Random) -> AbstractContextManager[None]:
    return filled(station, dice, dice.randrange(2_000_000, 45_000_000))


@contextmanager
def only_read(station: Station, dice: random.Random) -> Iterator[None]:
    """One folder of the station can only be read."""
    settings = station.settings
    folders = [
        settings.objects,
        settings.inbox,
        settings.var,
        settings.derived,
        settings.quarantine,
    ]
    folder = dice.choice([one for one in folders if one.is_dir()])
    # Apart first: where the station already writes it cannot be made so.
    apart = station.data.parent / "apart"
    apart.mkdir(exist_ok=True)
    with mounted("--bind", folder, apart):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(apart)], check=True)
        with mounted("--bind", apart, folder):
            yield


@contextmanager
def mounted(how: str, source: Path, place: Path) -> Iterator[None]:
    subprocess.run(["mount", how, str(source), str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


TROUBLES: dict[str, Callable[[Station, random.Random], AbstractContextManager[None]]] = {
    "full": full,
    "nearly full": nearly_full,
    "only read": only_read,
}
