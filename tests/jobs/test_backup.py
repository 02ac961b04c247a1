"""Backup while people work, restore on a clean machine: nothing acknowledged is lost, and the
ledger verifies."""

import io
import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from examday.domain.errors import Broken, Conflict, Invalid
from examday.domain.people.roles import Actor
from examday.services.jobs import backup
from examday.services.ledger import audit, checkpoints
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.objects import Objects
from examday.storage.tables import ScanFile
from tests import day

SYSTEM = Actor.system("test")


def scan(store: Store, content: bytes) -> str:
    """One original, on the disk before the row names it."""
    sha256 = Objects(store.settings.objects).put(io.BytesIO(content)).sha256
    with store.begin(SYSTEM) as uow:
        uow.add(
            ScanFile(
                name="a.jpg",
                source="upload",
                sha256=sha256,
                size=len(content),
                state="done",
                received_at=uow.now(),
            )
        )
        uow.record("test:scan", "day:test")
    return sha256


def restored(folder: Path, data: Path) -> Store:
    settings = Settings.from_env({}, data=data, argon2_cost=1)
    backup.restore(folder, settings)
    return Store(settings)


def test_a_backup_during_work_holds_everything_acknowledged_before_it_ended(
    store: Store, tmp_path: Path
) -> None:
    checkpoints.public_key(store.settings.keys)
    stop, done = threading.Event(), []

    def work() -> None:
        while not stop.is_set() and len(done) < 400:
            done.append(scan(store, f"scan {len(done)}".encode()))

    worker = threading.Thread(target=work)
    worker.start()
    while len(done) < 5:
        stop.wait(0.01)
    before = len(done)
    saved = backup.backup(store, tmp_path / "copy")
    stop.set()
    worker.join()
    again = restored(tmp_path / "copy", tmp_path / "clean")
    report = audit.verify(again, scans=True)
    assert report.ok and report.scans is not None and report.scans >= before
    assert report.code == saved.code
    assert audit.verify(store, saved.code).ok  # the code of the backup belongs to the living ledger
    assert set(Objects(again.settings.objects).all()) <= set(done)
    again.close()


def test_a_restored_station_goes_on_signing_with_its_own_key(store: Store, tmp_path: Path) -> None:
    day.booklet(store, "2990000000019")
    with store.begin(SYSTEM) as uow:
        checkpoints.checkpoint(uow, "print:act")
    key = checkpoints.public_key(store.settings.keys)
    backup.backup(store, tmp_path / "copy")
    again = restored(tmp_path / "copy", tmp_path / "clean")
    assert checkpoints.public_key(again.settings.keys) == key
    assert (again.settings.keys / "ledger.key").stat().st_mode & 0o777 == 0o600
    with again.begin(SYSTEM) as uow:
        checkpoints.checkpoint(uow, "print:act")
    assert audit.verify(again).ok
    again.close()


def test_nothing_is_written_over(store: Store, tmp_path: Path) -> None:
    backup.backup(store, tmp_path / "copy")
    with pytest.raises(Conflict):
        backup.backup(store, tmp_path / "copy")
    with pytest.raises(Conflict):
        backup.restore(tmp_path / "copy", store.settings)


def test_a_backup_of_records_that_do_not_hold_is_not_called_good(
    store: Store, tmp_path: Path
) -> None:
    work = day.booklet(store, "2990000000019")
    thief = create_engine(store.settings.database_url)
    with thief.begin() as connection:
        connection.exec_driver_sql("UPDATE booklet SET state = 'certified' WHERE id = ?", (work,))
    thief.dispose()
    with pytest.raises(Broken):
        backup.backup(store, tmp_path / "copy")


def test_a_damaged_backup_is_refused_and_leaves_no_station(store: Store, tmp_path: Path) -> None:
    day.booklet(store, "2990000000019")
    backup.backup(store, tmp_path / "copy")
    file = tmp_path / "copy" / backup.DATABASE
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(Broken):
        restored(tmp_path / "copy", tmp_path / "clean")
    assert not (tmp_path / "clean" / "var" / "examday.sqlite").exists()
    with pytest.raises(Invalid):
        restored(tmp_path, tmp_path / "clean")


def test_a_key_that_the_manifest_has_no_digest_of_is_refused_when_it_is_missing(
    store: Store, tmp_path: Path
) -> None:
    """A file that could not be read is not a file that is there as it was saved."""
    checkpoints.public_key(store.settings.keys)
    backup.backup(store, tmp_path / "copy")
    manifest = tmp_path / "copy" / "manifest.json"
    said = json.loads(manifest.read_text("utf-8"))
    said["files"]["keys/ledger.key"] = ""
    manifest.write_text(json.dumps(said), "utf-8")
    (tmp_path / "copy" / "keys" / "ledger.key").unlink()
    with pytest.raises(Broken):
        restored(tmp_path / "copy", tmp_path / "clean")
    assert not (tmp_path / "clean" / "var" / "examday.sqlite").exists()


def test_a_lost_original_stops_the_backup(store: Store, tmp_path: Path) -> None:
    sha256 = scan(store, b"one")
    Objects(store.settings.objects).path(sha256).unlink()
    with pytest.raises(Broken):
        backup.backup(store, tmp_path / "copy")
