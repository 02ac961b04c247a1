"""Export: one zip that proves a booklet, or a whole day, without this program
(docs/ledger-format.md).

The ledger goes in whole: its entries hold ids, codes and digests and no names, and only the whole
chain leads to the signed root. Rows and scans are those of the booklet or the day. Names of
candidates stay out unless asked for.
"""

import datetime as dt
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection

from examday.domain import ledger
from examday.domain.errors import Broken, Forbidden, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor, Role
from examday.services.appeals.retention import destroyed
from examday.services.custody.booklets import require
from examday.services.ledger import checkpoints
from examday.services.ledger.audit import snapshot
from examday.services.unit_of_work import Store
from examday.storage.as_stored import BLOCK
from examday.storage.base import Base, plain
from examday.storage.durable import put_in_place
from examday.storage.objects import Objects
from examday.storage.tables import (
    Assignment,
    Booklet,
    Candidate,
    Checkpoint,
    Duty,
    EventRow,
    Exam,
    Handover,
    Item,
    Page,
    Person,
    PersonRole,
    Reading,
    Room,
    ScanFile,
    Seat,
    Signoff,
)
from examday.storage.tables_appeal import (
    Appeal,
    Attendance,
    CaseVote,
    Finding,
    Hearing,
    OrderStep,
    OwnWork,
    Protocol,
    ProtocolSignature,
)

FORMAT = "examday-bundle/1"
LONG_AGO = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest time a zip can hold: the same bundle has the same bytes
PEOPLE_COLUMNS = (
    "holder_id",
    "person_id",
    "decided_by",
    "recorded_by",
    "from_id",
    "to_id",
    "owner_id",
    "done_by",
)
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Made:
    """A finished bundle."""

    path: Path
    booklets: int
    entries: int
    scans: int
    code: str
    sha256: str


@dataclass
class _Contents:
    """What goes into a bundle."""

    kind: str
    subject: str
    rows: Rows = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    destroyed: set[str] = field(default_factory=set)

    def of(self, table: str) -> list[dict[str, Any]]:
        """The rows of one table."""
        return [row for key, row in self.rows.items() if key.startswith(table + ":")]

    def scans(self) -> list[str]:
        """Digests of the originals that are kept, each once."""
        return sorted(
            {row["sha256"] for row in self.of("scan_file") if row["sha256"]} - self.destroyed
        )


def export(store: Store, actor: Actor, what: str, target: Path, names: bool = False) -> Made:
    """Write the bundle of `what` (form code, booklet id, or day as YYYY-MM-DD) to `target`, then
    note it in the ledger.

    Errors: Forbidden (role), NotFound (no such booklet or day), Broken (an original is damaged).
    """
    with store.read(actor) as uow:
        require(uow, "ledger.export")
        if names and Role.SYSTEM not in actor.roles and not actor.may("names.see"):
            raise Forbidden()
        at, gone = uow.now(), destroyed(uow)
    partial = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("wb") as out, snapshot(store) as connection:
            contents = _gather(connection, what, names, store.settings.time_zone)
            contents.destroyed = gone
            said, signature = _write(connection, store, contents, at, out)
        put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    with store.begin(actor) as uow:
        uow.add(
            Checkpoint(
                seq=said["seq"],
                root=said["root"],
                code=said["code"],
                purpose=said["purpose"],
                at=at,
                signature=signature,
            )
        )
        uow.record(
            Event.LEDGER_EXPORT,
            f"{contents.kind}:{contents.subject}",
            code=said["code"],
            names=names,
        )
    with target.open("rb") as made:
        digest = hashlib.file_digest(made, "sha256").hexdigest()
    return Made(
        target,
        len(contents.of("booklet")),
        said["seq"],
        len(contents.scans()),
        said["code"],
        digest,
    )


def _gather(connection: Connection, what: str, names: bool, zone: dt.tzinfo) -> _Contents:
    day = _as_day(what)
    exams = _select(connection, Exam, Exam.date == day) if day else {}
    found = (
        _select(connection, Booklet, Booklet.exam_id.in_([row["id"] for row in exams.values()]))
        if day
        else _one_booklet(connection, what)
    )
    if not found and not exams:
        raise NotFound(
            N_("Nothing is known of «%(what)s»."),
            advice=N_("Give a form code, the id of a booklet, or a day as 2026-06-04."),
            params={"what": what},
        )
    contents = _Contents(
        "day" if day else "booklet",
        str(day) if day else next(iter(found.values()))["id"],
        {**found},
    )
    _add_papers(connection, contents, found)
    _add_case(connection, contents, found, names)
    _add_place(connection, contents, found, exams, names)
    if day:
        _add_day(connection, contents, [row["id"] for row in exams.values()], day, zone)
    contents.people = _people(connection, contents.rows.values())
    return contents


def _add_day(
    connection: Connection, contents: _Contents, exams: list[str], day: dt.date, zone: dt.tzinfo
) -> None:
    """What belongs to the day and to no single booklet: duties, packets, and scans that were never
    attached."""
    for model in (Duty, Item, Handover):
        contents.rows |= _select(connection, model, model.exam_id.in_(exams))
    start = dt.datetime.combine(day, dt.time(), zone)
    came = _select(
        connection, ScanFile, ScanFile.received_at.between(start, start + dt.timedelta(days=1))
    )
    contents.rows |= came | _select(
        connection,
        Page,
        Page.booklet_id.is_(None) & Page.scan_file_id.in_([row["id"] for row in came.values()]),
    )


def _as_day(what: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(what) if len(what) == 10 else None
    except ValueError:
        return None


def _one_booklet(connection: Connection, what: str) -> Rows:
    by_id = _select(connection, Booklet, Booklet.id == what)
    found = by_id or _select(connection, Booklet, Booklet.code == what)
    newest = sorted(found.items(), key=lambda pair: pair[1]["since"], reverse=True)[:1]
    return dict(newest)


def _add_papers(connection: Connection, contents: _Contents, found: Rows) -> None:
    """Everything that was made of the booklets: papers, scans, readings, signatures."""
    ids = [row["id"] for row in found.values()]
    for model in (Item, Handover, Page, Reading, Assignment, Signoff):
        contents.rows |= _select(connection, model, model.booklet_id.in_(ids))
    files = {row["scan_file_id"] for row in contents.of("page")}
    contents.rows |= _select(connection, ScanFile, ScanFile.id.in_(sorted(files)))


def _add_case(connection: Connection, contents: _Contents, found: Rows, names: bool) -> None:
    """The appeals on these works. Who filed, who came and the protocol name people: they go along
    only when asked."""
    cases = _select(
        connection, Appeal, Appeal.booklet_id.in_([row["id"] for row in found.values()])
    )
    ids = [row["id"] for row in cases.values()]
    hearings = _select(connection, Hearing, Hearing.appeal_id.in_(ids))
    meetings = [row["id"] for row in hearings.values()]
    contents.rows |= hearings | _select(connection, CaseVote, CaseVote.hearing_id.in_(meetings))
    for model in (Finding, OrderStep):
        contents.rows |= _select(connection, model, model.appeal_id.in_(ids))
    if names:
        protocols = _select(connection, Protocol, Protocol.appeal_id.in_(ids))
        contents.rows |= cases | protocols
        contents.rows |= _select(
            connection,
            ProtocolSignature,
            ProtocolSignature.protocol_id.in_([row["id"] for row in protocols.values()]),
        )
        for told in (Attendance, OwnWork):
            contents.rows |= _select(connection, told, told.hearing_id.in_(meetings))


def _add_place(
    connection: Connection, contents: _Contents, found: Rows, exams: Rows, names: bool
) -> None:
    """Exam, room and seat; the candidate only when names are asked for."""
    booklets = found.values()
    contents.rows |= exams or _select(
        connection, Exam, Exam.id.in_([row["exam_id"] for row in booklets])
    )
    seats = _select(connection, Seat, Seat.id.in_([row["seat_id"] for row in booklets]))
    contents.rows |= seats | _select(
        connection, Room, Room.id.in_([row["room_id"] for row in seats.values()])
    )
    if names:
        contents.rows |= _select(
            connection, Candidate, Candidate.id.in_([row["candidate_id"] for row in seats.values()])
        )


def _select(connection: Connection, model: type[Base], which: ColumnElement[bool]) -> Rows:
    table = model.__table__
    names = [column.name for column in table.columns]
    keys = [column.name for column in model.__mapper__.primary_key]
    rows = {}
    for row in connection.execute(select(table).where(which)):
        values = dict(zip(names, map(plain, row), strict=True))
        rows[f"{model.__tablename__}:" + "/".join(str(values[key]) for key in keys)] = values
    return rows


def _people(connection: Connection, rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Names and roles of the staff whom the rows name, without secrets."""
    ids = sorted({row[column] for row in rows for column in PEOPLE_COLUMNS if row.get(column)})
    roles: dict[str, list[str]] = {}
    for person_id, role in connection.execute(
        select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_(ids))
    ):
        roles.setdefault(person_id, []).append(role)
    return {
        row.id: {"login": row.login, "name": row.name, "roles": sorted(roles.get(row.id, []))}
        for row in connection.execute(
            select(Person.id, Person.login, Person.name).where(Person.id.in_(ids))
        )
    }


def _write(
    connection: Connection, store: Store, contents: _Contents, at: dt.datetime, out: BinaryIO
) -> tuple[dict[str, Any], str]:
    """The zip; returns the checkpoint statement of the last entry and its signature."""
    keys = store.settings.keys
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        files = {
            "data.json": _put(
                bundle,
                "data.json",
                _lines([ledger.canonical({"rows": contents.rows, "people": contents.people})]),
            )
        }
        last = _Last()
        files["ledger.jsonl"] = _put(bundle, "ledger.jsonl", last.watch(_entries(connection)))
        said = checkpoints.statement(last.seq, last.root, plain(at), "export")
        signature = checkpoints.sign_statement(keys, said)
        marks = [*_marks(connection, last.seq), {**said, "signature": signature}]
        files["checkpoints.json"] = _put(
            bundle, "checkpoints.json", _lines([ledger.canonical(marks)])
        )
        for sha256 in contents.scans():
            files[f"scans/{sha256}"] = _put_scan(bundle, store, sha256)
        manifest = ledger.canonical(
            {
                "format": FORMAT,
                "kind": contents.kind,
                "subject": contents.subject,
                "made_at": plain(at),
                "entries": last.seq,
                "code": said["code"],
                "public_key": checkpoints.public_key(keys),
                "files": files,
                "destroyed": sorted(
                    contents.destroyed & {row["sha256"] for row in contents.of("scan_file")}
                ),
            }
        )
        _put(bundle, "manifest.json", [manifest.encode()])
        _put(
            bundle,
            "signature.txt",
            [(checkpoints.sign_bytes(keys, manifest.encode()) + "\n").encode()],
        )
    return said, signature


@dataclass
class _Last:
    """Remembers the last entry that was written."""

    seq: int = 0
    root: str = ledger.GENESIS

    def watch(self, lines: Iterable[tuple[int, str, bytes]]) -> Iterator[bytes]:
        for self.seq, self.root, line in lines:
            yield line


def _entries(connection: Connection) -> Iterator[tuple[int, str, bytes]]:
    table = EventRow.__table__
    for row in connection.execution_options(yield_per=BLOCK).execute(
        select(table).order_by(table.c.seq)
    ):
        said = {**row._mapping, "data": json.loads(row.data), "rows": json.loads(row.rows)}
        yield row.seq, row.hash, (ledger.canonical(said) + "\n").encode()


def _marks(connection: Connection, last: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(Checkpoint.__table__)
        .where(Checkpoint.seq <= last)
        .order_by(Checkpoint.seq, Checkpoint.at, Checkpoint.id)
    )
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


def _lines(lines: Iterable[str]) -> Iterator[bytes]:
    return (line.encode() for line in lines)


def _put(bundle: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> str:
    """Write one member; its SHA-256."""
    hasher = hashlib.sha256()
    with bundle.open(_info(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as member:
        for block in blocks:
            hasher.update(block)
            member.write(block)
    return hasher.hexdigest()


def _put_scan(bundle: zipfile.ZipFile, store: Store, sha256: str) -> str:
    objects = Objects(store.settings.objects)
    if not objects.intact(sha256):
        raise Broken(N_("The stored scan %(sha256)s is damaged."), params={"sha256": sha256[:12]})
    with (
        objects.path(sha256).open("rb") as source,
        bundle.open(_info(f"scans/{sha256}", zipfile.ZIP_STORED), "w", force_zip64=True) as member,
    ):
        shutil.copyfileobj(source, member, 1 << 20)
    return sha256


def _info(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type, info.external_attr = method, 0o644 << 16
    return info
