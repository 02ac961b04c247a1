"""The members of a bundle: rows, ledger, checkpoints, scans, manifest (docs/ledger-format.md)."""

import base64
import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from examday.domain import ledger
from examday.services.ledger import checkpoints
from examday.services.ledger.bundle_proof import Proof
from examday.services.ledger.bundle_rows import Contents
from examday.services.ledger.checkpoints import Statement
from examday.services.ledger.own_keys import earlier
from examday.services.ledger.writing import of_chain
from examday.services.unit_of_work import Store
from examday.storage.as_stored import BLOCK
from examday.storage.base import digested, plain
from examday.storage.objects.opened import originals
from examday.storage.tables import Checkpoint, EventRow

WHOLE, SHORT, TRAVEL = "examday-bundle/1", "examday-bundle/2", "examday-bundle/3"
CAME_IN = "examday-bundle/4"
"""Names of the formats: with the whole ledger, with a proof, with a part of the ledger for the centre,
with proofs from the ledgers of both ends.
"""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The oldest time a zip can hold: the same bundle has the same bytes."""


def write_whole(
    session: Session,
    store: Store,
    contents: Contents,
    at: dt.datetime,
    out: BinaryIO,
) -> tuple[Statement, str]:
    """Write a bundle with the whole chain; return the checkpoint statement of the last entry and
    its signature.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        last = _Last()
        lines = last.watch(_entries(session, contents.site))
        files = {"ledger.jsonl": put(bundle, "ledger.jsonl", lines)}
        own = select(Checkpoint).where(
            of_chain(Checkpoint, contents.site), Checkpoint.seq <= last.seq
        )
        marks = session.scalars(own.order_by(Checkpoint.seq, Checkpoint.at, Checkpoint.id))
        end = _signed(store, last.seq, last.root, at)
        files["checkpoints.json"] = put_json(bundle, "checkpoints.json", _with_end(marks, end))
        _put_rest(bundle, store, contents, files, _manifest(contents, end[0], at, WHOLE))
    return end


class Short(NamedTuple):
    """What goes into the bundle of one work."""

    contents: Contents
    proof: Proof
    anchor: EventRow
    """The entry that names the root of the tree: every proof of the bundle ends there."""
    others: Mapping[str, Proof]
    """Of a work that came in: folder in the bundle → what the chain of another end says of it."""


def write_short(
    store: Store,
    short: Short,
    at: dt.datetime,
    out: BinaryIO,
) -> tuple[Statement, str]:
    """Write a bundle with the entries of one work and their proof; return as `write_whole` does."""
    contents, proof, anchor, others = short
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        end = _signed(store, anchor.seq, anchor.hash, at)
        entries = [*_in_order(proof), anchor]
        files = _put_chain(bundle, "", proof, entries, _with_end(proof.marks, end))
        for folder, part in others.items():
            marks = marks_told(part.marks)
            files |= _put_chain(bundle, folder, part, _in_order(part), marks)
        form = CAME_IN if others else SHORT
        manifest = _manifest(contents, end[0], at, form) | {"site": contents.site}
        _put_rest(bundle, store, contents, files, manifest)
    return end


def _in_order(proof: Proof) -> list[EventRow]:
    return [proof.entries[number] for number in sorted(proof.entries)]


def _put_chain(
    bundle: zipfile.ZipFile,
    folder: str,
    proof: Proof,
    entries: Iterable[EventRow],
    marks: list[dict[str, object]],
) -> dict[str, str]:
    """Write what goes along of one chain; the digests of its members."""
    ledger_name, proof_name = f"{folder}ledger.jsonl", f"{folder}proof.json"
    marks_name = f"{folder}checkpoints.json"
    return {
        ledger_name: put(bundle, ledger_name, (line_of(entry)[2] for entry in entries)),
        proof_name: put_json(bundle, proof_name, proof.told),
        marks_name: put_json(bundle, marks_name, marks),
    }


def _signed(
    store: Store,
    seq: int,
    root: str,
    at: dt.datetime,
) -> tuple[Statement, str]:
    """The statement about the last entry of the bundle, and its signature."""
    said = checkpoints.statement(seq, root, plain(at), "export")
    return said, checkpoints.sign_statement(store.settings.keys, said)


def _put_rest(
    bundle: zipfile.ZipFile,
    store: Store,
    contents: Contents,
    files: dict[str, str],
    manifest: dict[str, object],
) -> None:
    """Rows, scans, and the manifest of all files."""
    data = {"rows": contents.rows, "people": contents.people}
    files["data.json"] = put_json(bundle, "data.json", data)
    for sha256 in contents.scans():
        files[f"scans/{sha256}"] = put_scan(bundle, store, sha256)
    # Signed with the present key: it vouches for those before it, which signed older checkpoints.
    before = earlier(store)
    keys = {"earlier_keys": before} if before else {}
    put_manifest(bundle, store.settings.keys, manifest | {"files": files, **keys})


def _manifest(
    contents: Contents,
    said: Statement,
    at: dt.datetime,
    form: str,
) -> dict[str, object]:
    """What the bundle is of, when it was made, and what was destroyed by act and is not in it."""
    known = {row["sha256"] for row in contents.of("scan_file")}
    return {
        "format": form,
        "kind": contents.kind,
        "subject": contents.subject,
        "names": contents.names,
        "made_at": plain(at),
        "entries": said["seq"],
        "code": said["code"],
        "destroyed": sorted(contents.destroyed & known),
    }


def put_manifest(bundle: zipfile.ZipFile, keys: Path, manifest: dict[str, object]) -> str:
    """Write the manifest with the public key of the station, and its signature; its SHA-256."""
    # Read once: where the key is changed meanwhile, the bundle names the one that has signed it.
    key = checkpoints.signing_key(keys)
    public = key.public_key().public_bytes_raw().hex()
    written = ledger.canonical(manifest | {"public_key": public}).encode()
    sha256 = put(bundle, "manifest.json", [written])
    put(bundle, "signature.txt", [base64.b64encode(key.sign(written)) + b"\n"])
    return sha256


@dataclass
class _Last:
    """Remembers the last entry that was written."""

    seq: int = 0
    root: str = ledger.GENESIS

    def watch(self, lines: Iterable[tuple[int, str, bytes]]) -> Iterator[bytes]:
        # Remembered while writing: the ledger is streamed and never stands in memory.
        for self.seq, self.root, line in lines:
            yield line


def _entries(session: Session, site: str) -> Iterator[tuple[int, str, bytes]]:
    told = [getattr(EventRow, column.name) for column in digested(EventRow.__table__)]
    entries = select(*told).where(of_chain(EventRow, site)).order_by(EventRow.seq)
    for row in session.execute(entries, execution_options={"yield_per": BLOCK}):
        yield line_of(row)


def line_of(row: Any) -> tuple[int, str, bytes]:
    """Number, hash and line of an entry."""
    said = {column.name: getattr(row, column.name) for column in digested(EventRow.__table__)}
    said |= {"data": json.loads(row.data), "rows": json.loads(row.rows)}
    return row.seq, row.hash, (ledger.canonical(said) + "\n").encode()


def marks_told(rows: Iterable[Checkpoint]) -> list[dict[str, object]]:
    """Checkpoints as a bundle has them."""
    return [
        {
            "seq": r.seq,
            "root": r.root,
            "code": r.code,
            "at": plain(r.at),
            "purpose": r.purpose,
            "signature": r.signature,
        }
        for r in rows
    ]


def _with_end(rows: Iterable[Checkpoint], last: tuple[Statement, str]) -> list[dict[str, object]]:
    """And the one that was made for the bundle."""
    return [*marks_told(rows), {**last[0], "signature": last[1]}]


def put_json(bundle: zipfile.ZipFile, name: str, value: object) -> str:
    """Write one member in canonical JSON; its SHA-256."""
    return put(bundle, name, [ledger.canonical(value).encode()])


def put(bundle: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> str:
    """Write one member; its SHA-256."""
    hasher = hashlib.sha256()
    # The size is not known yet: without zip64 a member above 2 GiB would fail at its end.
    with bundle.open(_info(name, bundle.compression), "w", force_zip64=True) as member:
        for block in blocks:
            hasher.update(block)
            member.write(block)
    return hasher.hexdigest()


def put_scan(bundle: zipfile.ZipFile, store: Store, sha256: str) -> str:
    """Write one original; its SHA-256. Lost where it is gone or damaged."""
    info = _info(f"scans/{sha256}", zipfile.ZIP_STORED)
    with bundle.open(info, "w", force_zip64=True) as member:
        # Checked by it: a bundle with a damaged scan would prove the wrong thing.
        originals(store.settings).copy(sha256, member)
    return sha256


def _info(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type, info.external_attr = method, 0o644 << 16
    return info
