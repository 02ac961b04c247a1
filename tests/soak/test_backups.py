"""Backups made again and again while people work: each restores to a moment of that work, whole."""

import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import pytest

from examday.domain.errors import DomainError
from examday.services.jobs import backup
from examday.services.ledger import audit, checkpoints
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.objects.folder import Folder
from tests.conftest import Clock
from tests.jobs.test_backup import restored, scan

WRITERS, PAUSE_S = 3, 0.01


@dataclass
class Work:
    """What people have done so far: the digest of each scan that was acknowledged, in order."""

    done: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def people(store: Store) -> Iterator[Work]:
    """Some who send scans, one after the other, until the end."""
    work, stop = Work(), threading.Event()

    def write(name: int) -> None:
        number = 0
        while not stop.wait(PAUSE_S):
            number, began = number + 1, time.perf_counter()
            try:
                sha256 = scan(store, f"scan {name} {number}".encode() * 99)
            except DomainError as error:
                work.errors.append(error)
                return
            work.waits.append(time.perf_counter() - began)
            work.done.append(sha256)

    crew = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
    for one in crew:
        one.start()
    try:
        yield work
    finally:
        stop.set()
        for one in crew:
            one.join()


@pytest.fixture(params=["sqlite", "postgresql"])
def station(
    request: pytest.FixtureRequest,
    settings: Settings,
    clock: Clock,
    tmp_path: Path,
) -> Iterator[Store]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")()
        settings = replace(settings, data=tmp_path / "station", database_url=url)
        settings.make_folders()
    migrate(settings.database_url)
    store = Store(settings, clock)
    checkpoints.public_key(settings.keys)
    yield store
    store.close()


def test_each_backup_made_during_work_restores_to_a_moment_of_it(
    station: Store, tmp_path: Path, dice: random.Random, seconds: float
) -> None:
    end, saving, bringing, hurt = time.monotonic() + seconds, list[float](), list[float](), 0
    with people(station) as work:
        while not saving or time.monotonic() < end:
            folder, clean = tmp_path / "copy", tmp_path / "clean"
            before = set(work.done)
            saving.append(timed(lambda to=folder: backup.backup(station, to)))
            hurt += refused_where_hurt(folder, clean, dice)
            bringing.append(timed(lambda at=folder, to=clean: restored(at, to).close()))
            again = Folder(clean / "var" / "objects")
            assert before <= set(again.all()) <= set(work.done)
            for one in (folder, clean):
                shutil.rmtree(one)
    assert work.errors == []
    assert audit.verify(station, scans=True).ok
    print(
        f"\n{station.engine.dialect.name}: {len(saving)} backups beside {len(work.done)} scans, {median(saving):.2f} s "
        f"each, restored in {median(bringing):.2f} s; {hurt} hurt ones refused; a scan took {median(work.waits):.3f} s, "
        f"at most {max(work.waits):.2f} s"
    )


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def refused_where_hurt(folder: Path, clean: Path, dice: random.Random) -> int:
    """A backup one byte of which was changed is brought back by nobody; put right again afterwards."""
    file = dice.choice(sorted(one for one in folder.rglob("*") if one.is_file()))
    content = file.read_bytes()
    if not content:
        return 0
    at, mode = dice.randrange(len(content)), file.stat().st_mode
    file.chmod(0o600)
    file.write_bytes(
        content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :]
    )
    with pytest.raises(DomainError) as told:
        restored(folder, clean)
    assert told.value.code, file
    file.write_bytes(content)
    file.chmod(mode)
    shutil.rmtree(clean, ignore_errors=True)
    return 1
