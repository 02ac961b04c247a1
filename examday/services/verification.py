"""`ledger verify`: the chain, every recorded row of every table, the checkpoints, the code on paper, the originals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from examday.domain import ledger
from examday.domain.ledger import GENESIS, Entry, Fault
from examday.services import proof
from examday.services.appeals.retention import destroyed
from examday.storage.base import plain, recorded_models, sealed_tables
from examday.storage.objects import Objects
from examday.storage.sealing import missing_seals
from examday.storage.tables import Booklet, Checkpoint, EventRow, Room, ScanFile, Seat
from examday.storage.uow import Store

BLOCK = 2000
NAMED = 50  # findings that are shown with the work they belong to


@dataclass(frozen=True)
class Report:
    """What a verification found; `faults` in the order of the ledger, the first wrong entry first; `notes` need no
    action. `places`: row → the work it belongs to, as people know it. `root` and `code` belong to the last entry;
    `scans` is None when the originals were not read."""

    entries: int
    rows: int
    checkpoints: int
    scans: int | None
    root: str
    code: str
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Everything is as it was written."""
        return not self.faults


@dataclass
class _Walk:
    """One pass over the entries; keeps the hashes of the numbers asked for and the last digest of each row."""

    wanted: frozenset[int]
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    seq: int = 0
    root: str = GENESIS

    def entries(self, connection: Connection) -> Iterator[Entry]:
        """The entries in order, streamed."""
        table = EventRow.__table__
        for row in connection.execution_options(yield_per=BLOCK).execute(select(table).order_by(table.c.seq)):
            entry = self._entry(row)
            self.count, self.seq, self.root = self.count + 1, entry.seq, entry.hash
            for key, value in entry.rows.items():
                self.rows[key] = (value, entry.seq)
            if entry.seq in self.wanted:
                self.hashes[entry.seq] = entry.hash
            yield entry

    def _entry(self, row: Row[Any]) -> Entry:
        try:
            data, rows = json.loads(row.data), json.loads(row.rows)
            written = ledger.canonical(data) == row.data and ledger.canonical(rows) == row.rows
        except ValueError:
            written = False
        if not written or not isinstance(data, dict) or not isinstance(rows, dict):
            self.faults.append(Fault(row.seq, "unreadable", ""))
            data, rows = {}, {}
        return Entry(row.seq, row.at, row.kind, row.actor, row.subject, data, rows, row.prev, row.hash)


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """One consistent look at the whole database while others go on writing."""
    options: dict[str, Any] = {"read_only": True}
    if store.engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with store.engine.connect().execution_options(**options) as connection:
        yield connection


def verify(store: Store, code: str | None = None, scans: bool = False) -> Report:
    """Check everything against the ledger. `code`: a checkpoint code from paper. `scans`: read the originals too.

    A chain alone does not notice a cut-off tail or a chain computed anew; the signed checkpoints do as long as one is
    left in the database, and the code on paper does always. Invalid when `code` is no checkpoint code.
    """
    on_paper = ledger.parse_code(code) if code else None
    with snapshot(store) as connection:
        marks = connection.execute(select(Checkpoint.__table__).order_by(Checkpoint.seq)).all()
        walk = _Walk(frozenset(m.seq for m in marks) | ({on_paper[0]} if on_paper else frozenset()))
        faults = ledger.verify_chain(walk.entries(connection)) + walk.faults
        present = dict(present_rows(connection))
        faults += ledger.compare_rows(walk.rows, present)
        faults += _checkpoint_faults(marks, walk, proof.public_key(store.settings.keys))
        faults += _code_faults(*on_paper, walk) if on_paper else []
        faults += [Fault(0, "unsealed", name) for name in missing_seals(connection, sealed_tables())]
        known = set(connection.scalars(select(ScanFile.sha256).where(ScanFile.sha256 != "").distinct()))
    objects = Objects(store.settings.objects)
    if scans:
        with store.read() as uow:
            known -= destroyed(uow)
        faults += [Fault(0, "scan", sha256) for sha256 in sorted(known) if not objects.intact(sha256)]
    notes = [Fault(0, "scan-unknown", name) for name in objects.all() if name not in known] if scans else []
    ordered = tuple(sorted(faults, key=lambda f: (f.seq or 10**12, f.code, f.detail)))
    return Report(walk.count, len(present), len(marks), len(known) if scans else None, walk.root,
                  ledger.checkpoint_code(walk.seq, walk.root), ordered, tuple(notes), _places(store, ordered[:NAMED]))


def _places(store: Store, faults: Sequence[Fault]) -> dict[str, str]:
    """Room, place and form code of the work that a wrong row belongs to; rows of no work are left out. Only plain text
    columns are read: the row itself may hold anything."""
    tables = {model.__tablename__: model.__table__ for model in recorded_models()}
    found: dict[str, str] = {}
    with snapshot(store) as connection:
        for fault in faults:
            name, _sep, key = fault.detail.partition(":")
            column = "id" if name == "booklet" else "booklet_id"
            if name not in tables or "id" not in tables[name].c or column not in tables[name].c:
                continue
            booklet = connection.scalar(select(tables[name].c[column]).where(tables[name].c.id == key))
            row = connection.execute(select(Room.number, Seat.place, Booklet.code).select_from(Booklet).join(
                Seat, Seat.id == Booklet.seat_id).join(Room, Room.id == Seat.room_id).where(
                    Booklet.id == booklet)).first()
            if row is not None:
                found[fault.detail] = f"{row.number}-{row.place} · {row.code or '—'}"
    return found


def present_rows(connection: Connection) -> Iterator[tuple[str, str]]:
    """Key and digest of every row of every recorded table as it is now."""
    for model in recorded_models():
        table = model.__table__
        keys = [column.name for column in model.__mapper__.primary_key]
        names = [column.name for column in table.columns]
        for row in connection.execution_options(yield_per=BLOCK).execute(select(table)):
            values = dict(zip(names, map(plain, row), strict=True))
            yield f"{model.__tablename__}:" + "/".join(str(values[key]) for key in keys), ledger.digest(values)


def _checkpoint_faults(marks: Sequence[Row[Any]], walk: _Walk, key: str) -> list[Fault]:
    faults = []
    for mark in marks:
        said = proof.statement(mark.seq, mark.root, plain(mark.at), mark.purpose)
        if said["code"] != mark.code or not proof.signature_holds(key, said, mark.signature):
            faults.append(Fault(mark.seq, "signature", mark.code))
        elif mark.seq > walk.seq:
            faults.append(Fault(mark.seq, "tail-cut", mark.code))
        elif walk.hashes.get(mark.seq, GENESIS) != mark.root:
            faults.append(Fault(mark.seq, "checkpoint", mark.code))
    return faults


def _code_faults(seq: int, code: str, walk: _Walk) -> list[Fault]:
    if seq > walk.seq:
        return [Fault(seq, "tail-cut", code)]
    if ledger.checkpoint_code(seq, walk.hashes.get(seq, GENESIS)) != code:
        return [Fault(seq, "checkpoint", code)]
    return []
