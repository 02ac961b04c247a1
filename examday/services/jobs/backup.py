"""Backup while the station works, and restore on an empty one.

Both are verified against the ledger.

The database is copied first and the originals after it: an original is on the disk before any row
names it, so every file that the copied database needs is there to be copied. Whatever keeps the
records, in a backup they are one SQLite file: it is verified the same way, and a backup of a station
can be restored into a region's PostgreSQL and the other way round.
"""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, cast

from examday.domain.errors import Broken, Conflict, Invalid
from examday.domain.messages import N_
from examday.modes import close, close_station
from examday.services.jobs import saved_keys, saved_rows
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.durable import sync_tree
from examday.storage.objects.opened import in_folder, originals
from examday.storage.troubles import in_our_words

FORMAT = "examday-backup/1"
"""Name and version of the format: a restore refuses others, as it would read them wrongly."""
STILL_NEEDED = """
SELECT sha256 FROM scan_file JOIN page ON page.scan_file_id = scan_file.id JOIN booklet ON booklet.id = page.booklet_id
WHERE booklet.exam_id NOT IN (SELECT exam_id FROM destruction)
"""
"""Scans with a page of a work that no act names: one file may hold works of two exams."""
DATABASE = "examday.sqlite"
"""Name of the database inside a backup. A restore writes nothing but this, keys and originals: a
backup comes from a foreign disk."""


class Manifest(TypedDict):
    """manifest.json of a backup; `files`: the database and the keys with their SHA-256."""

    format: str
    files: dict[str, str]
    """Name → digest: a backup is proven before it is trusted."""


@dataclass(frozen=True)
class Saved:
    """A finished backup or restore."""

    folder: Path
    entries: int
    code: str
    """To be written on the medium: it tells later whether this is the backup that was made."""
    originals: int


def backup(store: Store, target: Path) -> Saved:
    """Save database, originals and keys into `target`, a new or empty folder.

    Nobody has to stop working.

    Errors: Conflict (folder not empty, database of an older form), Broken (an original is damaged).
    """
    _check_new(target)
    target.mkdir(
        parents=True,
        exist_ok=True,
        mode=0o700,
    )
    saved_rows.save(store, target / DATABASE)
    wanted = _wanted(target / DATABASE)
    in_folder(target / "objects").take_all(originals(store.settings), wanted)
    saved_keys.save(store.settings, target / "keys")
    _write_manifest(target)
    sync_tree(target)
    # Read back before anybody relies on it: a disk may lie about what it has written.
    saved = _checked(target)
    close(target)
    return saved


def restore(folder: Path, settings: Settings) -> Saved:
    """Bring a backup back into an empty data folder.

    Then verify ledger, rows, signatures and originals.

    Errors: Invalid (not a backup), Broken (the backup is damaged), Conflict (the data folder is in
    use).
    """
    manifest = _read_manifest(folder)
    if any(originals(settings).all()) or saved_rows.in_use(settings):
        raise Conflict(
            N_("The data folder already holds a station."),
            code="not-empty",
            advice=N_("Restore into an empty folder: --data DIR. Nothing was changed."),
        )
    _check_files(folder, manifest)
    settings.make_folders()
    originals(settings).take_all(in_folder(folder / "objects"), _wanted(folder / DATABASE))
    saved_keys.bring_back(folder / "keys", settings)
    close_station(settings)
    # Last, so that a broken-off restore is not taken for a station.
    saved_rows.bring_back(folder / DATABASE, settings)
    saved = _checked(settings.var, settings)
    close_station(settings)
    return saved


def _checked(folder: Path, settings: Settings | None = None) -> Saved:
    """Verify what was written by reading it back: a backup, or the station of `settings`."""
    if settings is None:
        report = _verify_copy(folder)
    else:
        store = Store(settings)
        report = audit.verify(store, scans=True)
        store.close()
    if not report.ok:
        first = report.faults[0]
        raise Broken(
            N_("What was saved does not match the ledger (entry %(seq)s)."),
            code=first.code,
            params={"seq": first.seq},
        )
    return Saved(folder, report.entries, report.code, report.scans or 0)


def _verify_copy(folder: Path) -> audit.Report:
    """Verify the copy in a scratch database.

    Reading it back leaves no trace in the backup.
    """
    scratch = folder / "check"
    try:
        (scratch / "var").mkdir(parents=True)
        for name in ("objects", "keys"):
            # Linked, not copied: the originals of a day may be gigabytes.
            (scratch / "var" / name).symlink_to((folder / name).resolve())
        shutil.copyfile(folder / DATABASE, scratch / "var" / DATABASE)
        url = f"sqlite:///{scratch / 'var' / DATABASE}"
        store = Store(replace(Settings(), data=scratch, database_url=url))
        report = audit.verify(store, scans=True)
        store.close()
        return report
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _wanted(database: Path) -> list[str]:
    """Digests of the originals that the database names and that were not destroyed by act."""
    with in_our_words(), closing(sqlite3.connect(database)) as connection:
        named = {
            row[0] for row in connection.execute("SELECT sha256 FROM scan_file WHERE sha256 <> ''")
        }
        gone = {
            h
            for (hashes,) in connection.execute("SELECT hashes FROM destruction")
            for h in json.loads(hashes)
        }
        gone -= {row[0] for row in connection.execute(STILL_NEEDED)}
    # What was destroyed by act must not come back out of a backup.
    return sorted(named - gone)


def _check_new(folder: Path) -> None:
    """Conflict unless the folder is empty or not there yet."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(
            N_("The folder for the backup is not empty."),
            code="not-empty",
            advice=N_("Name a new folder. Nothing was changed."),
        )


def _write_manifest(folder: Path) -> None:
    names = [DATABASE, *sorted(f"keys/{path.name}" for path in (folder / "keys").iterdir())]
    manifest: Manifest = {
        "format": FORMAT,
        "files": {name: _digest(folder / name) for name in names},
    }
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Broken unless every file of the manifest is there as it was saved."""
    for name, sha256 in manifest["files"].items():
        # No digest is no proof: "" is what a file that cannot be read gives.
        if not sha256 or _digest(folder / name) != sha256:
            raise Broken(
                N_("The backup is damaged: %(name)s."),
                params={"name": name},
                advice=N_("Use another backup; this one cannot be trusted."),
            )


def _may_be_saved(name: str) -> bool:
    """The database or one key: nothing else is written outside the scans, whatever a manifest says."""
    # The manifest comes from a disk that anybody may have written on.
    key = name.removeprefix("keys/")
    return name == DATABASE or (key != name and "/" not in key and ".." not in key)


def _read_manifest(folder: Path) -> Manifest:
    try:
        manifest = cast(
            Manifest, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        )
        files = manifest["files"]
        good = (
            manifest["format"] == FORMAT
            and isinstance(files, dict)
            and DATABASE in files
            and all(map(_may_be_saved, files))
        )
    except (OSError, ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise Invalid(
            N_("This folder is not a backup of a station."),
            code="no-backup",
            advice=N_("Name the folder that `examday backup` made."),
        )
    return manifest


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
