"""Backup while people work, restore on a clean machine: nothing acknowledged is lost, and the
ledger verifies."""

import io
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select

from examday.domain.errors import Broken, Conflict, Invalid, NoRoom, of_disk
from examday.domain.people.roles import Actor, Role
from examday.services.appeals.keeping import removal
from examday.services.jobs import backup, saved_keys, upkeep
from examday.services.ledger import audit, checkpoints
from examday.services.ledger.bundle_rows import gather
from examday.services.people.sites import add_site
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.objects.folder import Folder
from examday.storage.rows import copy_rows, tables
from examday.storage.tables import Booklet, Item, Page, ScanFile
from examday.storage.tables_appeal import Destruction
from tests import day
from tests.conftest import Clock
from tests.ledger.test_midday import unpack

SYSTEM = Actor.system("test")


def scan(store: Store, content: bytes) -> str:
    """One original, on the disk before the row names it."""
    sha256 = Folder(store.settings.objects).put(io.BytesIO(content)).sha256
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
    # found, because the code of the backup belongs to the living ledger
    assert audit.verify(store, saved.code).ok
    assert set(Folder(again.settings.objects).all()) <= set(done)
    again.close()


@pytest.fixture
def server(
    settings: Settings, postgres: Callable[[], str], clock: Clock, tmp_path: Path
) -> Iterator[Callable[[str], Store]]:
    """Stations of a region: name → a store on a database and in a folder of its own."""
    made = []

    def station(name: str) -> Store:
        data = tmp_path / name
        made.append(Store(replace(settings, data=data, database_url=postgres()), clock))
        made[-1].settings.make_folders()
        return made[-1]

    yield station
    for one in made:
        one.close()


@pytest.mark.slow
@pytest.mark.release
def test_a_backup_goes_from_the_file_of_a_point_to_the_server_of_a_region_and_back(
    store: Store, server: Callable[[str], Store], tmp_path: Path
) -> None:
    day.booklet(store, "2990000000019")
    scan(store, b"one")
    saved = backup.backup(store, tmp_path / "of-the-point")
    region = server("region")
    backup.restore(tmp_path / "of-the-point", region.settings)
    with pytest.raises(Conflict):
        backup.restore(tmp_path / "of-the-point", region.settings)
    assert audit.verify(region, saved.code, scans=True).ok
    scan(region, b"two")  # written to, because it must go on from there
    again = backup.backup(region, tmp_path / "of-the-region")
    assert again.entries == saved.entries + 1 and again.originals == 2
    other = server("other")
    for target in (other.settings, Settings.from_env({}, data=tmp_path / "clean", argon2_cost=1)):
        back = backup.restore(tmp_path / "of-the-region", target)
        assert (back.code, back.originals) == (again.code, 2)
    home = Store(target)
    assert contents(home) == contents(region) == contents(other)
    home.close()


@pytest.mark.slow
@pytest.mark.release
def test_a_day_in_use_with_a_case_goes_to_a_region_and_back(
    server: Callable[[str], Store], tmp_path: Path
) -> None:
    settings = Settings.from_env({}, data=unpack(tmp_path, "data"), argon2_cost=1)
    migrate(settings.database_url)
    point, region = Store(settings), server("region")
    saved = backup.backup(point, tmp_path / "of-the-point")
    backup.restore(tmp_path / "of-the-point", region.settings)
    assert backup.backup(region, tmp_path / "of-the-region").code == saved.code
    back = restored(tmp_path / "of-the-region", tmp_path / "clean")
    assert contents(point) == contents(region) == contents(back)
    for store in (point, back):
        store.close()


@pytest.mark.release
def test_what_lies_in_an_envelope_is_copied_with_all_else_of_a_day_in_use(tmp_path: Path) -> None:
    settings = Settings.from_env({}, data=unpack(tmp_path, "data"))
    stores = [
        Store(one)
        for one in (settings, replace(settings, database_url=f"sqlite:///{tmp_path}/other.sqlite"))
    ]
    for store in stores:
        migrate(store.settings.database_url)
    here, there = stores
    copy_rows(here.engine, there.engine)
    with there.read() as uow:
        assert uow.session.scalars(select(Item).where(Item.parent_id.is_not(None))).first()
    assert contents(here) == contents(there)
    for store in stores:
        store.close()


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in tables()
        }


@pytest.mark.release
def test_a_command_that_copies_rows_knows_every_table_of_the_database(store: Store) -> None:
    """Asked in a process of its own: this one has loaded all tables for other tests."""
    program = "from examday.storage.rows import tables; print(*(t.name for t in tables()))"
    argv = [sys.executable, "-c", program]
    told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()
    there = set(inspect(store.engine).get_table_names()) - {"alembic_version"}
    assert set(told) == there


@pytest.mark.slow
def test_a_backup_of_a_working_region_is_of_one_moment(
    server: Callable[[str], Store], tmp_path: Path
) -> None:
    region, stop = server("region"), threading.Event()
    done = [scan(region, b"first")]

    def work() -> None:
        while not stop.is_set() and len(done) < 400:
            done.append(scan(region, f"scan {len(done)}".encode()))

    worker = threading.Thread(target=work)
    worker.start()
    before = len(done)
    saved = backup.backup(region, tmp_path / "copy")  # which is verified: no row without its entry
    stop.set()
    worker.join()
    assert saved.originals >= before
    assert audit.verify(region, saved.code).ok


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


def test_a_backup_can_be_read_where_nothing_may_be_written(store: Store, tmp_path: Path) -> None:
    """A database with a file of last steps beside it cannot be opened on a stick that is write-protected."""
    backup.backup(store, tmp_path / "copy")
    saved = tmp_path / "copy" / backup.DATABASE
    # Bytes 18 and 19 of a file of SQLite: 2 where it is written and read with a file beside it.
    assert saved.read_bytes()[18:20] == b"\x01\x01"
    assert not list(saved.parent.glob(f"{saved.name}-*"))


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
    Folder(store.settings.objects).path(sha256).unlink()
    with pytest.raises(Broken):
        backup.backup(store, tmp_path / "copy")


def test_a_stick_that_is_full_is_said_in_words(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def backup(self, *_: object, **__: object) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error

        def close(self) -> None:
            pass

    with monkeypatch.context() as patch, pytest.raises(NoRoom):
        patch.setattr(sqlite3, "connect", lambda *_: Full())
        backup.backup(store, tmp_path / "stick")
    assert backup.backup(store, tmp_path / "other").entries == 0


def test_a_scan_that_two_exams_need_stays_until_acts_name_both(
    store: Store, tmp_path: Path
) -> None:
    works = [day.booklet(store, None), day.booklet(store, None, subject="02")]
    signer = day.person(store, "chief", Role.SITE_HEAD).id
    shared = Folder(store.settings.objects).put(io.BytesIO(b"two works")).sha256
    with store.begin(Actor.system("test")) as uow:
        file = uow.add(
            ScanFile(name="a.pdf", source="upload", batch="", sha256=shared, size=9, problem={},
                     state="done", received_at=uow.now())
        )  # fmt: skip
        uow.session.flush()
        for number, work in enumerate(works, 1):
            uow.add(
                Page(scan_file_id=file.id, number=number, state="attached", role="original",
                     image_sha256=shared, identity={}, problems=[], at=uow.now(), booklet_id=work)
            )  # fmt: skip
        first = uow.add(
            Destruction(exam_id=uow.get(Booklet, works[0]).exam_id, booklets=works[:1],
                        hashes=[shared], basis="order", person_id=signer, second_id=signer,
                        at=uow.now())
        )  # fmt: skip
        uow.record("test:destroyed", "day:test")
    removal.remove(store, first.id)
    assert upkeep.verify_objects(store) == []
    with store.read() as uow:
        contents = gather(
            uow.session, uow.get(Booklet, works[1]).exam.date.isoformat(), True, uow.zone
        )
    assert contents.scans() == [shared]
    checked = audit.verify(store, scans=True)
    assert (checked.ok, checked.scans, checked.notes) == (True, 1, ())
    backup.backup(store, tmp_path / "saved")
    assert list(Folder(tmp_path / "saved" / "objects").all()) == [shared]
    Folder(store.settings.objects).path(shared).write_bytes(b"two words")
    assert [f.code for f in audit.verify(store, scans=True).faults] == ["scan"]
    with store.begin(Actor.system("test")) as uow:
        last = uow.add(
            Destruction(exam_id=uow.get(Booklet, works[1]).exam_id, booklets=works[1:],
                        hashes=[shared], basis="order", person_id=signer, second_id=signer,
                        at=uow.now())
        )  # fmt: skip
        uow.record("test:destroyed", "day:test")
    removal.remove(store, last.id)
    assert list(Folder(store.settings.objects).all()) == []
    assert audit.verify(store, scans=True).ok
    assert upkeep.verify_objects(store) == [], "nobody misses what an act has destroyed"


def test_a_key_that_finds_no_room_is_said_as_a_full_disk(store: Store, tmp_path: Path) -> None:
    checkpoints.signing_key(store.settings.keys)
    (tmp_path / "ledger.key").symlink_to("/dev/full")
    with pytest.raises(OSError) as told:
        saved_keys.save(store.settings, tmp_path)
    assert isinstance(of_disk(told.value), NoRoom)


def test_a_scan_that_a_work_of_another_point_needs_stays(store: Store) -> None:
    """Files lie under their digests alone: two points may have the same one."""
    points = {key: store.at(key) for key in ("770001", "770002")}
    shared = Folder(store.settings.objects).put(io.BytesIO(b"a sheet of two points")).sha256
    with store.begin(Actor.system("test")) as uow:
        for key in points:
            add_site(uow, key, f"Школа {key}", "Europe/Moscow")
    works = {key: day.booklet(point, None) for key, point in points.items()}
    for key, point in points.items():
        with point.begin(Actor.system("test")) as uow:
            file = uow.add(
                ScanFile(name="a.pdf", source="upload", batch="", sha256=shared, size=9, problem={},
                         state="done", received_at=uow.now())
            )  # fmt: skip
            uow.session.flush()
            uow.add(
                Page(scan_file_id=file.id, number=1, state="attached", role="original",
                     image_sha256=shared, identity={}, problems=[], at=uow.now(),
                     booklet_id=works[key])
            )  # fmt: skip
            uow.record("test:scan", "day:test")
    acts = {}
    for key, point in points.items():
        signer = day.person(point, f"chief-{key}", Role.SITE_HEAD).id
        with point.begin(Actor.system("test")) as uow:
            act = uow.add(
                Destruction(exam_id=uow.get(Booklet, works[key]).exam_id, booklets=[works[key]],
                            hashes=[shared], basis="order", person_id=signer, second_id=signer,
                            at=uow.now())
            )  # fmt: skip
            uow.record("test:destroyed", "day:test")
        removal.remove(point, act.id)
        acts[key] = list(Folder(store.settings.objects).all())
    assert acts == {"770001": [shared], "770002": []}
