"""Originals, pictures, print-outs and keys where web and worker share no disk: in a bucket."""

import dataclasses
import hashlib
import io
import shutil
from pathlib import Path

import pytest

from examday.domain.errors import StoreAway
from examday.domain.people.roles import Actor
from examday.services.jobs import backup, health, upkeep
from examday.services.ledger import audit, checkpoints
from examday.services.people import hashes
from examday.services.scans import intake, pictures
from examday.services.scans.files import opening
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.objects import bucket, opened, shared_keys
from examday.storage.objects.base import Damaged, Missing
from examday.storage.tables import Page
from tests import buckets, day, sheets

pytestmark = pytest.mark.slow
DESK = Actor.system("desk")


@pytest.fixture
def region(bucket_server: str) -> dict[str, str]:
    """Settings of a fresh bucket."""
    return buckets.new_bucket(bucket_server)


def part(tmp_path: Path, name: str, region: dict[str, str], **more: str) -> Settings:
    """The settings of one part with a folder of its own."""
    made = Settings.from_env(
        {}, data=tmp_path / name, argon2_cost=1, reserve_mb=1, **region, **more
    )
    made.make_folders()
    return made


@pytest.fixture
def web(tmp_path: Path, region: dict[str, str]) -> Settings:
    return part(tmp_path, "web", region)


@pytest.fixture
def worker(tmp_path: Path, region: dict[str, str]) -> Settings:
    return part(tmp_path, "worker", region)


def test_what_one_part_puts_in_comes_out_at_another(web: Settings, worker: Settings) -> None:
    here, there = opened.originals(web), opened.originals(worker)
    stored = here.put(io.BytesIO(b"scan" * 1000))
    assert (stored.size, stored.new) == (4000, True)
    assert not there.put(io.BytesIO(b"scan" * 1000)).new
    assert there.content(stored.sha256) == b"scan" * 1000 and there.intact(stored.sha256)
    with there.as_file(stored.sha256) as mine:
        assert mine.is_relative_to(worker.data) and mine.read_bytes() == b"scan" * 1000
    other = here.put(io.BytesIO(b"another"))
    opened.prints(web).put(io.BytesIO(b"a print-out is none of the originals"))
    assert list(there.all()) == sorted([stored.sha256, other.sha256])
    assert there.remove(stored.sha256) and not there.remove(stored.sha256)
    assert not here.intact(stored.sha256)
    with pytest.raises(Missing):
        here.content(stored.sha256)
    with pytest.raises(ValueError):
        here.content("../keys/pepper.key")
    assert not [path for path in web.data.rglob("*") if path.is_file()], "nothing stays on the way"


def test_a_large_file_goes_in_pieces_and_only_once(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "AT_ONCE", 1000)
    kept = opened.originals(web)
    stored = kept.put(io.BytesIO(bytes(12 * 2**20)))
    assert stored.new and kept.intact(stored.sha256)
    assert not kept.put(io.BytesIO(bytes(12 * 2**20))).new


def test_damaged_evidence_is_told_and_never_replaced(web: Settings) -> None:
    kept, place = opened.originals(web), opened.place_of(web)
    assert place is not None
    sha256 = hashlib.sha256(b"original").hexdigest()
    place.overwrite(f"originals/{sha256}", b"0riginal")
    assert not kept.intact(sha256)
    for act in (lambda: kept.put(io.BytesIO(b"original")), lambda: kept.content(sha256)):
        with pytest.raises(Damaged):
            act()
    assert place.read(f"originals/{sha256}") == b"0riginal"


def test_a_server_that_loses_bytes_is_found_out_at_once(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = bucket.Place.create
    monkeypatch.setattr(
        bucket.Place, "create", lambda place, name, content: create(place, name, content[:-1])
    )
    with pytest.raises(Damaged):
        opened.originals(web).put(io.BytesIO(b"original"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"objects_url": "s3://no-such-bucket"}, StoreAway),
        ({"objects_endpoint": "http://127.0.0.1:1"}, StoreAway),
    ],
)
def test_a_store_that_is_away_says_nothing_about_what_lies_there(
    web: Settings, wrong: dict[str, str], told: type[Exception]
) -> None:
    """A bucket that is gone says «not found» to every question: no original may be called lost."""
    away = opened.originals(dataclasses.replace(web, **wrong))  # type: ignore[arg-type]
    for act in (
        lambda: away.intact("0" * 64),
        lambda: away.put(io.BytesIO(b"scan")),
        lambda: list(away.all()),
        lambda: away.remove("0" * 64),
        lambda: opened.pictures(dataclasses.replace(web, **wrong)).has("0" * 64, "1.grey.jpg"),  # type: ignore[arg-type]
    ):
        with pytest.raises(told):
            act()
    assert not away.answers() and opened.originals(web).answers()


def test_pictures_are_there_whole_or_not_at_all(
    web: Settings, worker: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256, made = "a" * 64, tmp_path / "made"
    made.mkdir()
    for number in (1, 2):
        (made / f"{number}.grey.jpg").write_bytes(b"picture %d" % number)
    here, there = opened.pictures(worker), opened.pictures(web)
    with monkeypatch.context() as patch:
        patch.setattr(
            here.__class__,
            "_at",
            lambda _self, _sha, name="": 1 / 0 if name == bucket.SET else f"x/{name}",
        )
        with pytest.raises(ZeroDivisionError):
            here.keep(sha256, made)
    assert not there.complete(sha256) and not there.has(sha256, "1.grey.jpg")
    assert here.keep(sha256, made)
    (made / "1.grey.jpg").write_bytes(b"made by another version")
    assert here.keep(sha256, made), "either set will do"
    assert there.complete(sha256) and there.has(sha256, "2.grey.jpg")
    assert there.read(sha256, "1.grey.jpg") == b"picture 1"
    there.remove(sha256)
    place = opened.place_of(web)
    assert place is not None and not list(place.names("pictures")), "the other's pictures go too"
    with pytest.raises(FileNotFoundError):
        here.read(sha256, "1.grey.jpg")


def test_all_parts_have_the_same_keys_and_the_bucket_cannot_read_them(
    web: Settings, worker: Settings, region: dict[str, str], tmp_path: Path
) -> None:
    shared_keys.bring(web)
    shared_keys.bring(worker)
    assert checkpoints.public_key(web.keys) == checkpoints.public_key(worker.keys)
    hashed = hashes.hash_secret(web, "пароль")
    assert hashes.matches(worker, hashed, "пароль") and hashes.may_match(worker, hashed, "пароль")
    place = opened.place_of(web)
    assert place is not None
    sealed = b"".join(place.read(name) for name in place.names("keys"))
    for path in web.keys.glob("*.key"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_bytes() not in sealed
    stranger = part(
        tmp_path, "stranger", region | {"keys_secret": "another secret of many characters"}
    )
    with pytest.raises(shared_keys.WrongSecret):
        shared_keys.bring(stranger)
    assert not list(stranger.keys.glob("*.key"))


def test_a_station_that_moves_to_a_bucket_goes_on_signing_with_its_own_key(
    tmp_path: Path, region: dict[str, str]
) -> None:
    signed_with = checkpoints.public_key(part(tmp_path, "station", {}).keys)
    moved = part(tmp_path, "station", region)
    shared_keys.bring(moved)
    assert checkpoints.public_key(moved.keys) == signed_with
    worker = part(tmp_path, "another part", region)
    shared_keys.bring(worker)
    assert checkpoints.public_key(worker.keys) == signed_with


def test_a_key_that_the_bucket_s_replaces_is_laid_aside(
    tmp_path: Path, region: dict[str, str], web: Settings
) -> None:
    """A station that is led to somebody else's bucket keeps what it has signed with."""
    station = part(tmp_path, "station", {})
    own = checkpoints.signing_key(station.keys).private_bytes_raw()
    shared_keys.bring(web)
    shared_keys.bring(part(tmp_path, "station", region))
    assert checkpoints.public_key(station.keys) == checkpoints.public_key(web.keys)
    assert own in [path.read_bytes() for path in station.keys.glob("ledger.key.*")]


def test_a_scan_is_taken_in_by_one_part_and_seen_by_another(
    web: Settings, worker: Settings, migrated: Path, without_children: None
) -> None:
    shutil.copy(migrated, web.var / "examday.sqlite")
    at_web = Store(web)
    at_worker = Store(dataclasses.replace(worker, database_url=web.database_url))
    day.booklet(at_web, sheets.kit_code(5))
    drawn = sheets.save(web.data / "sheet.jpg", sheets.kit_code(5), "A3")
    with drawn.open("rb") as stream:
        scan = intake.receive_stream(at_web, DESK, stream, "sheet.jpg", intake.new_batch())
    opening.process(at_worker, scan)
    with at_web.read() as uow:
        page = uow.session.query(Page).one()
        assert page.state == "attached"
        assert pictures.picture(web, page, scale=0.25).startswith(b"\xff\xd8")
        digest = page.file.sha256
    report = audit.verify(at_web, scans=True)
    assert (report.ok, report.scans) == (True, 1)
    assert upkeep.verify_objects(at_worker) == [] and upkeep.remake_pictures(at_worker) == 0
    opened.pictures(web).remove(digest)
    assert upkeep.remake_pictures(at_worker) == 1
    assert opened.originals(web).remove(digest)
    assert upkeep.verify_objects(at_worker) == [digest]
    assert not audit.verify(at_web, scans=True).ok
    assert "originals" not in health.not_ready(at_web)
    for store in (at_web, at_worker):
        store.close()


@pytest.mark.parametrize("back_into", ["bucket", "folder"])
def test_a_backup_of_a_bucket_comes_back_into_another_and_into_a_folder(
    web: Settings, migrated: Path, bucket_server: str, tmp_path: Path, back_into: str
) -> None:
    shutil.copy(migrated, web.var / "examday.sqlite")
    store = Store(web)
    intake.receive_stream(store, DESK, io.BytesIO(b"scan"), "a.jpg", "batch")
    with store.begin(Actor.system("test")) as uow:
        checkpoints.checkpoint(uow, "print:act")
        uow.record("test:checkpoint", "plan:test")
    saved = backup.backup(store, tmp_path / "saved")
    assert saved.originals == 1
    store.close()
    fresh = buckets.new_bucket(bucket_server) if back_into == "bucket" else {}
    again = part(
        tmp_path, "again", fresh | {"keys_secret": "a new secret, for the old one is lost"}
    )
    assert backup.restore(tmp_path / "saved", again).code == saved.code
    assert list(opened.originals(again).all()) == [hashlib.sha256(b"scan").hexdigest()]
    other = part(tmp_path, "other", fresh | {"keys_secret": again.keys_secret})
    if back_into == "bucket":
        shared_keys.bring(other)
        assert checkpoints.public_key(other.keys) == checkpoints.public_key(web.keys)


def test_a_bucket_is_opened_by_settings_alone(tmp_path: Path) -> None:
    said = {"EXAMDAY_OBJECTS_URL": "s3://scans/region/one", "EXAMDAY_OBJECTS_KEY": "key"}
    with pytest.raises(ValueError, match="EXAMDAY_OBJECTS_SECRET, EXAMDAY_KEYS_SECRET"):
        Settings.from_env(said)
    (tmp_path / "secret").write_text("of the bucket\n")
    (tmp_path / "keys").write_text(buckets.SECRET + "\n")
    said |= {"EXAMDAY_OBJECTS_SECRET_FILE": str(tmp_path / "secret")}
    said |= {"EXAMDAY_KEYS_SECRET_FILE": str(tmp_path / "keys")}
    made = Settings.from_env(said)
    assert made.bucket == ("scans", "region/one") and made.objects_secret == "of the bucket"
    assert "of the bucket" not in repr(made) and buckets.SECRET not in repr(made)
    assert "of the bucket" not in repr(opened.place_of(made))
    for wrong in ("/folder", "s3:", "s3://", "s3:///prefix", "file:here", "http://server/bucket"):
        with pytest.raises(ValueError, match="EXAMDAY_OBJECTS_URL"):
            Settings.from_env({"EXAMDAY_OBJECTS_URL": wrong})
    with pytest.raises(ValueError, match="EXAMDAY_KEYS_SECRET"):
        Settings.from_env(said | {"EXAMDAY_KEYS_SECRET": "short"})


def test_scans_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    for written in (f"file:{tmp_path / 'big'}", f"file://{tmp_path / 'big'}"):
        made = Settings.from_env({"EXAMDAY_OBJECTS_URL": written}, data=tmp_path / "data")
        assert made.bucket is None and made.objects == tmp_path / "big" / "objects"
    made.make_folders()
    stored = opened.originals(made).put(io.BytesIO(b"scan"))
    assert (tmp_path / "big" / "objects" / stored.sha256[:2]).is_dir()
