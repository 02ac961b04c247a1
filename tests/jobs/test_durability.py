"""What the program calls safe is on the disk: content before name, name before the record that
speaks of it."""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from examday.domain.people.roles import Actor, Role
from examday.paper import trial
from examday.services.jobs import backup
from examday.services.ledger import bundle, checkpoints
from examday.services.plan.tables import kept
from examday.services.scans import intake
from examday.services.scans.files import opening, special
from examday.services.training import demo_log_ins
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.keys import kept_key
from examday.storage.objects.folder import Folder
from examday.storage.objects.opened import uploads
from examday.storage.tables import Page, Person, ScanFile
from tests.signed import verified_work

HEAD = Actor("head", frozenset({Role.SITE_HEAD}))


@dataclass
class Disk:
    """What was asked of the disk, in order: ("content", file), ("name", file), ("folder", folder),
    ("record", "")."""

    acts: list[tuple[str, Path]] = field(default_factory=list)

    def place(self, what: str, path: Path) -> int:
        """Number of the last act of this kind on this path; fails when there was none."""
        found = [number for number, act in enumerate(self.acts) if act == (what, path)]
        assert found, f"{what} of {path.name} was never asked for"
        return found[-1]

    def is_safe(self, target: Path, written_as: Path | None = None) -> None:
        """The content was synced under the name it was written as, then named, then its folder
        synced."""
        content = self.place("content", written_as or self.source_of(target))
        assert content < self.place("name", target) < self.place("folder", target.parent)

    def source_of(self, target: Path) -> Path:
        """The temporary file that became `target`."""
        return self.sources[target]

    sources: dict[Path, Path] = field(default_factory=dict)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Writes down what is asked of the disk, and lets it happen."""
    seen = Disk()
    fsync, commit = os.fsync, UnitOfWork.commit

    def synced(number: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{number}"))
        seen.acts.append(("folder" if path.is_dir() else "content", path))
        fsync(number)

    def naming(real: Callable[..., None]) -> Callable[..., None]:
        def name(source: os.PathLike[str], target: os.PathLike[str], **options: object) -> None:
            real(source, target, **options)
            seen.acts.append(("name", Path(target)))
            seen.sources[Path(target)] = Path(source)

        return name

    def committed(uow: UnitOfWork) -> None:
        seen.acts.append(("record", Path()))
        commit(uow)

    monkeypatch.setattr(os, "fsync", synced)
    for act in ("link", "replace", "rename"):
        monkeypatch.setattr(os, act, naming(getattr(os, act)))
    monkeypatch.setattr(UnitOfWork, "commit", committed)
    return seen


def test_an_original_is_on_the_disk_before_it_counts_as_stored(
    settings: Settings, disk: Disk
) -> None:
    stored = Folder(settings.objects).put(io.BytesIO(b"scan"))
    target = Folder(settings.objects).path(stored.sha256)
    disk.is_safe(target)
    for folder in (target.parent.parent, settings.objects):  # both levels, because both are new
        assert disk.place("folder", folder) > disk.place("name", target)


def test_each_connection_brings_a_commit_onto_the_disk_before_it_is_acknowledged(
    store: Store,
) -> None:
    # The pool lends both at once, so they are two; looking alone, for writers come one by one.
    looking = store.engine.execution_options(read_only=True)
    with looking.connect() as one, looking.connect() as other:
        for connection in (one, other):
            told = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
            # 2 is FULL: with NORMAL a power cut may take the last commits of a WAL with it.
            assert told == ["wal", 2, 1]


def test_an_original_that_was_there_already_is_synced_again(settings: Settings, disk: Disk) -> None:
    """Whoever stored it first, or made its folders, may have been killed before they were synced."""
    Folder(settings.objects).put(io.BytesIO(b"scan"))
    disk.acts.clear()
    stored = Folder(settings.objects).put(io.BytesIO(b"scan"))
    inner = Folder(settings.objects).path(stored.sha256).parent
    for folder in (inner, inner.parent, settings.objects):
        assert ("folder", folder) in disk.acts


def test_a_scan_is_safe_before_it_is_recorded_and_recorded_before_it_leaves_the_inbox(
    store: Store, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = store.settings.inbox / "sheet.jpg"
    dropped.write_bytes(b"\xff\xd8\xff\xe0 picture")
    gone: list[int] = []
    unlink = os.unlink
    monkeypatch.setattr(
        os,
        "unlink",
        lambda path, **options: (
            gone.append(len(disk.acts)) if Path(path) == dropped else None,
            unlink(path, **options),
        )[1],
    )
    intake.receive_file(store, dropped)
    stored = next(Folder(store.settings.objects).all())
    target = Folder(store.settings.objects).path(stored)
    disk.is_safe(target)
    assert disk.place("folder", target.parent) < disk.place("record", Path()) < gone[0]


def test_pictures_are_on_the_disk_before_a_page_is_recorded(
    store: Store, disk: Disk, without_children: None
) -> None:
    """A power cut would leave pages with empty pictures, which nobody makes anew for hours."""
    dropped = store.settings.inbox / "sheet.jpg"
    trial.draw(trial.kit_code(7), "A4", 75).save(dropped, "JPEG", dpi=(75, 75))
    scan_id = intake.receive_file(store, dropped)
    disk.acts.clear()
    opening.process(store, scan_id)
    (sha256,) = Folder(store.settings.objects).all()
    pictures = store.settings.derived_of(sha256)
    work = disk.source_of(pictures)
    for picture in pictures.iterdir():
        assert disk.place("content", work / picture.name) < disk.place("name", pictures)
    assert disk.place("name", pictures) < disk.place("folder", pictures.parent)
    for folder in (pictures.parent, store.settings.derived):
        assert disk.place("folder", folder) < disk.place("record", Path())


def test_what_is_no_scan_is_recorded_before_it_leaves_the_hot_folder(
    store: Store, disk: Disk
) -> None:
    pipe = store.settings.inbox / "pipe"
    os.mkfifo(pipe)
    special.refuse_special(store, pipe)
    folder = store.settings.quarantine
    (aside,) = folder.iterdir()
    assert disk.place("record", Path()) < disk.place("name", aside) < disk.place("folder", folder)


def test_tables_of_a_plan_are_on_the_disk_before_anybody_is_told_their_name(
    store: Store, disk: Disk
) -> None:
    kept.keep(store, HEAD, [("plan.csv", io.BytesIO(b"1;2"))])
    (sha256,) = uploads(store.settings).all()
    target = Folder(store.settings.kept / "uploads").path(sha256)
    assert disk.place("record", Path()) < disk.place("name", target)
    disk.is_safe(target)


def test_log_ins_of_a_training_day_are_whole_or_not_there(settings: Settings, disk: Disk) -> None:
    """Half a file would keep every later start from its log-ins."""
    secrets = demo_log_ins.shared_secrets(settings)
    disk.is_safe(demo_log_ins.path_of(settings))
    assert demo_log_ins.shared_secrets(settings) == secrets


def test_what_was_recorded_and_not_yet_moved_is_recorded_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = store.settings.inbox / "link.jpg"
    link.symlink_to("/etc/passwd")
    with monkeypatch.context() as killed:
        killed.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            special.refuse_special(store, link)
    scan_id = special.refuse_special(store, link)
    with store.read() as uow:
        assert [row.id for row in uow.session.query(ScanFile)] == [scan_id]
    assert not link.is_symlink() and len(list(store.settings.quarantine.iterdir())) == 1


@pytest.mark.parametrize(
    "make", [lambda folder: kept_key(folder, "pepper.key"), checkpoints.signing_key]
)
def test_a_key_is_on_the_disk_before_anything_is_made_with_it(
    settings: Settings, disk: Disk, make: Callable[[Path], object]
) -> None:
    make(settings.keys)
    for path in settings.keys.iterdir():
        disk.is_safe(path)


def test_a_public_key_that_was_torn_is_written_anew(settings: Settings) -> None:
    checkpoints.signing_key(settings.keys)
    public = settings.keys / "ledger.pub"
    whole = public.read_text()
    public.write_text(whole[:20])
    assert checkpoints.public_key(settings.keys) == public.read_text().strip() == whole.strip()


def test_a_bundle_is_whole_and_safe_before_the_ledger_says_that_it_was_made(
    store: Store, add_person: Callable[..., Person], disk: Disk, tmp_path: Path
) -> None:
    verified_work(store, add_person)
    with store.begin(Actor.system("test")) as uow:
        for page in uow.session.query(Page):
            scan = Folder(store.settings.objects).put(io.BytesIO(page.role.encode()))
            uow.get(ScanFile, page.scan_file_id).sha256 = scan.sha256
        uow.record("test:scans", "day:test")
    made = bundle.export(store, HEAD, "2026-06-04", tmp_path / "day.zip")
    disk.is_safe(made.path)
    assert disk.place("folder", tmp_path) < disk.place("record", Path())


def test_every_file_of_a_backup_and_of_a_restored_station_is_on_the_disk(
    store: Store, disk: Disk, tmp_path: Path
) -> None:
    checkpoints.signing_key(store.settings.keys)
    Folder(store.settings.objects).put(io.BytesIO(b"scan"))
    saved = tmp_path / "saved"
    backup.backup(store, saved)
    written = [path for path in saved.rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {"manifest.json", "examday.sqlite", "ledger.key"}
    for path in written:
        disk.place("content", path) if "objects" not in path.parts else disk.is_safe(path)
        disk.place("folder", path.parent)
    disk.acts.clear()
    fresh = Settings.from_env({}, data=tmp_path / "fresh", argon2_cost=1)
    backup.restore(saved, fresh)
    database = fresh.var / "examday.sqlite"
    disk.is_safe(database)
    for path in fresh.keys.iterdir():
        assert disk.place("content", path) < disk.place("name", database)
