"""What stands in a bundle for the centre (docs/ledger-format.md)."""

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from examday.domain import ledger
from examday.services.ledger import bundle_zip
from examday.services.ledger.checking.tables import Look, snapshot
from examday.services.ledger.writing import hash_of
from examday.services.travel.outgoing import gathering
from examday.services.travel.outgoing.gathering import Part
from examday.services.unit_of_work import Store
from examday.storage.base import plain
from examday.storage.database import newest_form
from examday.storage.sites import of_site
from examday.storage.tables import Checkpoint
from examday.storage.tables_travel import Centre


def write(
    store: Store,
    centre: Centre,
    part: Part,
    with_originals: bool,
    out: BinaryIO,
) -> tuple[Part, int, int, int]:
    """Write one consistent look at chain and rows; return the part, its real works, those of training
    days, and the originals that it names.
    """
    with store.read() as uow:
        now = uow.now()
    with (
        snapshot(store) as connection,
        Session(connection) as session,
        # Nothing is packed: each byte of a member is one that its digest covers.
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle,
    ):
        of_site(session, store.site)
        part.prev = hash_of(session, "", part.first - 1)
        files = _put_parts(bundle, session, part)
        scans = gathering.scans(session, part)
        destroyed = sorted(map(str, Look(connection).destroyed() & set(scans)))
        kept = {sha256: scans[sha256] for sha256 in sorted(set(scans) - set(destroyed))}
        for sha256 in kept if with_originals else ():
            files[f"scans/{sha256}"] = bundle_zip.put_scan(bundle, store, sha256)
        real, training = gathering.days(session, part)
        manifest = _told(centre, part) | {
            "made_at": plain(now),
            "form": newest_form(),
            "originals": kept,
            "destroyed": destroyed,
            "days": _by_day(real),
            "training": _by_day(training),
            "files": files,
        }
        bundle_zip.put_manifest(bundle, store.settings.keys, manifest)
    return part, sum(real.values()), sum(training.values()), len(kept)


def _put_parts(
    bundle: zipfile.ZipFile,
    session: Session,
    part: Part,
) -> dict[str, str]:
    """Write entries, checkpoints, rows and people; their digests by name."""
    # First: the entries say which rows, checkpoints and people are wanted.
    files = {"ledger.jsonl": bundle_zip.put(bundle, "ledger.jsonl", _lines(session, part))}
    marks = select(Checkpoint).where(Checkpoint.code.in_(sorted(part.codes)))
    order = (Checkpoint.seq, Checkpoint.at, Checkpoint.id)
    told = bundle_zip.marks_told(session.scalars(marks.order_by(*order)))
    files["checkpoints.json"] = bundle_zip.put_json(bundle, "checkpoints.json", told)
    files["rows.jsonl"] = bundle_zip.put(bundle, "rows.jsonl", _rows(session, part))
    people = gathering.people(session, part)
    files["people.json"] = bundle_zip.put_json(bundle, "people.json", people)
    return files


def _told(centre: Centre, part: Part) -> dict[str, object]:
    """Whose entries these are, and which."""
    return {
        "format": bundle_zip.TRAVEL,
        "kind": "travel",
        "station": centre.id,
        "site": centre.point,
        "first": part.first,
        "last": part.last,
        "prev": part.prev,
        "root": part.root,
        "code": ledger.checkpoint_code(part.last, part.root),
    }


def _by_day(counts: Mapping[dt.date, int]) -> dict[str, int]:
    return {day.isoformat(): count for day, count in sorted(counts.items())}


def _lines(session: Session, part: Part) -> Iterator[bytes]:
    for entry in gathering.entries(session, part.first):
        part.note(entry)
        yield bundle_zip.line_of(entry)[2]


def _rows(session: Session, part: Part) -> Iterator[bytes]:
    for key, values in gathering.rows(session, part):
        yield (ledger.canonical({"row": key, "values": values}) + "\n").encode()
