"""Files of the plan between upload and confirmation, kept where every web server of the installation
sees them, and at their point alone.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, select

from examday.domain.errors import NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.paper import table_shape
from examday.services.plan.tables.upload import unfold
from examday.services.unit_of_work import WORKER, Store
from examday.settings import Settings
from examday.storage.base import new_id
from examday.storage.objects.base import Lost
from examday.storage.objects.opened import uploads
from examday.storage.tables_waiting import PlanUpload

KEEP = timedelta(days=1)
"""An upload holds names of candidates, so it waits for its confirmation until the next day and no
longer."""
_SET = re.compile(r"[0-9a-f]{32}")
"""The id of a set stands in addresses; anything else could name another folder."""
MANIFEST = "set.json"
"""List of the tables of a set: files lie under names of ours, so the names that were sent stand
here."""


def folder(settings: Settings) -> Path:
    """Where this computer lays out the sets that it shows; may be deleted."""
    return settings.var / "plan-uploads"


def keep(
    store: Store,
    actor: Actor,
    sent: Iterable[tuple[str, BinaryIO]],
) -> str:
    """Store the files that were sent together; the id of the set.

    BadTable when one is empty or too large.
    """
    sweep(store)
    set_id, place = new_id(), folder(store.settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sent-", dir=place) as name:
        work = Path(name)
        packed = _pack(work, set_id, sent)
        with packed.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        # The row first: bytes that no row names would be swept away by nobody.
        with store.begin(actor) as uow:
            uow.add(PlanUpload(id=set_id, sha256=sha256, at=uow.now()))
        with packed.open("rb") as source:
            uploads(store.settings).put(source)
    return set_id


def _pack(work: Path, set_id: str, sent: Iterable[tuple[str, BinaryIO]]) -> Path:
    """Lay the files out in `work` and put them into one file."""
    named = [
        (Path(name.replace("\\", "/")).name[:120], _write(stream, work, number, name))
        for number, (name, stream) in enumerate(sent)
    ]
    tables = [(name, str(path.relative_to(work))) for name, path in unfold(named, work)]
    # The id makes the bytes of each set its own: one that is forgotten takes nothing from another.
    said = json.dumps({"set": set_id, "tables": tables}, ensure_ascii=False)
    (work / MANIFEST).write_text(said, encoding="utf-8")
    packed = work / f"{set_id}.zip"
    with zipfile.ZipFile(packed, "x") as archive:
        for path in sorted(work.rglob("*")):
            if path.is_file() and path != packed:
                archive.write(path, path.relative_to(work))
    return packed


def _write(
    stream: BinaryIO,
    work: Path,
    number: int,
    name: str,
) -> Path:
    """Put one file down under a name of ours; only its ending stays."""
    path, size = work / f"sent-{number:02d}{Path(name).suffix.lower()[:8]}", 0
    with path.open("xb") as out:
        while part := stream.read(2**20):
            size += len(part)
            if size > table_shape.MAX_BYTES:
                raise table_shape.BadTable(
                    N_("The file is too large: more than %(limit)s MB."),
                    params={"limit": table_shape.MAX_BYTES // 2**20},
                )
            out.write(part)
    if not size:
        raise table_shape.BadTable(N_("The file is empty."))
    return path


def files_of(store: Store, set_id: str) -> list[tuple[str, Path]]:
    """The tables of a set of this point: name as sent, file on this computer.

    NotFound when the set was confirmed, swept away or never there.
    """
    upload, place = _upload(store, set_id), folder(store.settings) / set_id
    if not (place / MANIFEST).is_file():
        try:
            _lay_out(store.settings, upload, place)
        except Lost as error:
            raise _gone() from error
    said = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    return [(name, place / path) for name, path in said["tables"]]


def _upload(store: Store, set_id: str) -> PlanUpload:
    with store.read() as uow:
        found = uow.session.get(PlanUpload, set_id) if _SET.fullmatch(set_id) else None
        if found is None or found.at < uow.now() - KEEP:
            raise _gone()
        return found


def _gone() -> NotFound:
    return NotFound(
        N_("This file is not here any more."),
        advice=N_("Send the file again. Nothing was changed."),
    )


def _lay_out(settings: Settings, upload: PlanUpload, place: Path) -> None:
    """Bring a set onto this computer: it may have been sent to another web server."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".set-", dir=place.parent) as name,
        uploads(settings).as_file(upload.sha256) as packed,
    ):
        work = Path(name) / upload.id
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(work)
        # Another request may have been faster.
        with suppress(OSError):
            os.rename(work, place)


def forget(store: Store, set_id: str) -> None:
    """Take the set away: after confirmation, or when somebody gives it up."""
    upload = _upload(store, set_id)
    _remove(store, [upload])


def sweep(store: Store) -> None:
    """Remove uploads that nobody confirmed within a day: they hold personal data for nothing."""
    with store.read() as uow:
        old = uow.now() - KEEP
        late = list(uow.session.scalars(select(PlanUpload).where(PlanUpload.at < old)))
        _sweep_folder(folder(store.settings), old.timestamp())
    _remove(store, late)


def _remove(store: Store, some: Iterable[PlanUpload]) -> None:
    for upload in some:
        shutil.rmtree(folder(store.settings) / upload.id, ignore_errors=True)
        uploads(store.settings).remove(upload.sha256)
        with store.begin(WORKER) as uow:
            uow.session.execute(delete(PlanUpload).where(PlanUpload.id == upload.id))


def _sweep_folder(place: Path, before: float) -> None:
    """What this computer has laid out of sets that others may have forgotten."""
    for path in place.glob("*"):
        if path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
