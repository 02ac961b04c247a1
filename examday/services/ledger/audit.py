"""`ledger verify`: the chain, every recorded row of every table, the checkpoints, the code on
paper, the originals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from examday.domain import ledger
from examday.domain.errors import DiskTrouble
from examday.domain.ledger import GENESIS, Entry, Fault
from examday.services.ledger import checkpoints as proof
from examday.services.unit_of_work import Store
from examday.storage.as_stored import StoredRow, TableBroken, stored_rows
from examday.storage.base import models, recorded_models, sealed_tables
from examday.storage.objects import Objects
from examday.storage.sealing import wrong_seals
from examday.storage.tables import Booklet, Checkpoint, EventRow, Room, ScanFile, Seat
from examday.storage.tables_appeal import Destruction

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
    """One pass over the entries; keeps the hashes of the numbers asked for, the last digest of
    each row, and the checkpoint codes that entries speak of."""

    wanted: frozenset[int]
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    seq: int = 0
    root: str = GENESIS

    def entries(self, connection: Connection) -> Iterator[Entry]:
        """The entries in order, streamed. A table that ends in an error is a fault; what came
        before counts."""
        try:
            for row in stored_rows(connection, table_of(EventRow), "seq"):
                entry = self._entry(row)
                if entry is not None:
                    self._note(entry)
                    yield entry
        except TableBroken:
            self.faults.append(Fault(self.seq + 1, "table-broken", "event"))

    def _note(self, entry: Entry) -> None:
        self.count, self.seq, self.root = self.count + 1, entry.seq, entry.hash
        for key, value in entry.rows.items():
            self.rows[key] = (value, entry.seq)
        if entry.seq in self.wanted:
            self.hashes[entry.seq] = entry.hash
        code = entry.data.get("code")
        if ledger.speaks_of_checkpoint(entry.kind) and isinstance(code, str):
            self.codes[code] = entry.seq

    def _entry(self, row: StoredRow) -> Entry | None:
        """The entry of this row; with empty contents when they cannot be read, None when not even
        the number can."""
        values = row.values
        seq = values.get("seq")
        if not isinstance(seq, int):
            self.faults.append(Fault(self.seq + 1, "unreadable", row.key))
            return None
        data, rows = _contents(values.get("data")), _contents(values.get("rows"))
        texts = {
            name: values.get(name) for name in ("at", "kind", "actor", "subject", "prev", "hash")
        }
        if (
            data is None
            or rows is None
            or not all(isinstance(text, str) for text in texts.values())
        ):
            self.faults.append(Fault(seq, "unreadable", ""))
        said = {name: str(text) for name, text in texts.items()}
        return Entry(
            seq,
            said["at"],
            said["kind"],
            said["actor"],
            said["subject"],
            data or {},
            rows or {},
            said["prev"],
            said["hash"],
        )


def _contents(text: Any) -> dict[str, Any] | None:
    """An object in canonical JSON; None when the text is anything else."""
    try:
        found = json.loads(text)
        good = isinstance(found, dict) and ledger.canonical(found) == text
    except (ValueError, TypeError, RecursionError):
        return None
    return found if good else None


def table_of(model: Any) -> Any:
    """The table of a model."""
    return model.__table__


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """One consistent look at the whole database while others go on writing."""
    options: dict[str, Any] = {"read_only": True}
    if store.engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with store.engine.connect().execution_options(**options) as connection:
        yield connection


def verify(store: Store, code: str | None = None, scans: bool = False) -> Report:
    """Check everything against the ledger. `code`: a checkpoint code from paper. `scans`: read the
    originals too.

    A chain alone does not notice a cut-off tail or a chain computed anew; the signed checkpoints
    do as long as one is left in the database, and the code on paper does always. Invalid when
    `code` is no checkpoint code.
    """
    on_paper = ledger.parse_code(code) if code else None
    objects = Objects(store.settings.objects)
    with snapshot(store) as connection:
        look = _Look(connection)
        marks = look.rows(Checkpoint)
        walk = _Walk(_numbers_of(marks) | ({on_paper[0]} if on_paper else set()))
        faults = ledger.verify_chain(walk.entries(connection)) + walk.faults
        present = look.recorded()
        faults += look.judge(ledger.compare_rows(walk.rows, present))
        faults += _checkpoint_faults(marks, walk, proof.public_key(store.settings.keys))
        faults += _code_faults(*on_paper, walk) if on_paper else []
        faults += [Fault(0, "unsealed", name) for name in wrong_seals(connection, sealed_tables())]
        originals = look.scans()
        if scans:
            originals -= look.destroyed()
        faults += look.faults
    notes: list[Fault] = []
    if scans:
        faults += _original_faults(objects, originals)
        notes = [Fault(0, "scan-unknown", name) for name in objects.all() if name not in originals]
    ordered = tuple(sorted(faults, key=lambda f: (f.seq or 10**12, f.code, f.detail)))
    return Report(
        walk.count,
        len(present),
        len(marks),
        len(originals) if scans else None,
        walk.root,
        _code_or_none(walk),
        ordered,
        tuple(notes),
        _places(store, ordered[:NAMED]),
    )


def _numbers_of(marks: Sequence[StoredRow]) -> frozenset[int]:
    """Numbers of the entries that checkpoints speak of."""
    numbers = (mark.values.get("seq") for mark in marks)
    return frozenset(number for number in numbers if isinstance(number, int))


def _original_faults(objects: Objects, known: set[str]) -> list[Fault]:
    """The originals that are missing or no longer what was received."""
    return [Fault(0, "scan", sha256) for sha256 in sorted(known) if not _intact(objects, sha256)]


@dataclass
class _Look:
    """Reads tables one by one; a table that cannot be read is a fault, and the next one is read
    all the same."""

    connection: Connection
    faults: list[Fault] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Each table must be a table: a view in its place shows whatever its maker wants."""
        views = set(inspect(self.connection).get_view_names())
        for name in sorted(views & {table_of(model).name for model in models()}):
            self._break(name)

    def rows(self, model: Any) -> list[StoredRow]:
        """The rows that can be read."""
        found: list[StoredRow] = []
        try:
            found.extend(stored_rows(self.connection, table_of(model)))
        except TableBroken:
            self._break(table_of(model).name)
        return found

    def recorded(self) -> dict[str, str]:
        """Key and digest of every row of every recorded table as it is now; "?" for rows that
        cannot be read."""
        present: dict[str, str] = {}
        for model in recorded_models():
            try:
                for row in stored_rows(self.connection, table_of(model)):
                    self.unreadable |= {row.key} if row.unreadable else set()
                    present[row.key] = UNREADABLE if row.unreadable else ledger.digest(row.values)
            except TableBroken:
                self._break(table_of(model).name)
        return present

    def judge(self, found: list[Fault]) -> list[Fault]:
        """The differences of rows, named truly: unreadable instead of changed, and not one line
        for each row of a table that could not be read."""
        kept = [
            f
            for f in found
            if f.code != "row-missing" or f.detail.partition(":")[0] not in self.broken
        ]
        return [
            Fault(f.seq, "row-unreadable", f.detail)
            if f.code == "row-changed" and f.detail in self.unreadable
            else f
            for f in kept
        ]

    def scans(self) -> set[str]:
        """Digests of all originals that rows speak of."""
        found = (row.values.get("sha256") for row in self.rows(ScanFile))
        return {sha256 for sha256 in found if isinstance(sha256, str) and sha256}

    def destroyed(self) -> set[str]:
        """Digests of the originals that were destroyed by act."""
        lists = (row.values.get("hashes") for row in self.rows(Destruction))
        return {
            sha256
            for some in lists
            if isinstance(some, list)
            for sha256 in some
            if isinstance(sha256, str)
        }

    def _break(self, table: str) -> None:
        if table not in self.broken:
            self.broken.add(table)
            self.faults.append(Fault(0, "table-broken", table))


UNREADABLE = "?"  # no digest looks like this


def _intact(objects: Objects, sha256: str) -> bool:
    try:
        return objects.intact(sha256)
    except ValueError:  # a digest of another form names no file
        return False


def _code_or_none(walk: _Walk) -> str:
    """The code of the last entry; none when its hash is no hash."""
    try:
        return ledger.checkpoint_code(walk.seq, walk.root)
    except ValueError:
        return "—"


def _places(store: Store, faults: Sequence[Fault]) -> dict[str, str]:
    """Room, place and form code of the work that a wrong row belongs to; rows of no work are left
    out. Only plain text columns are read: the row itself may hold anything."""
    tables = {model.__tablename__: model.__table__ for model in recorded_models()}
    found: dict[str, str] = {}
    for fault in faults:
        name, _sep, key = fault.detail.partition(":")
        column = "id" if name == "booklet" else "booklet_id"
        if name not in tables or "id" not in tables[name].c or column not in tables[name].c:
            continue
        try:
            with snapshot(store) as connection:
                row = connection.execute(
                    select(Room.number, Seat.place, Booklet.code)
                    .select_from(Booklet)
                    .join(Seat, Seat.id == Booklet.seat_id)
                    .join(Room, Room.id == Seat.room_id)
                    .where(Booklet.id == _only(tables[name], column, key))
                ).first()
        except (
            SQLAlchemyError,
            DiskTrouble,
        ):  # the row, or one it leads to, cannot be read: it is named without its place
            continue
        if row is not None:
            found[fault.detail] = f"{row.number}-{row.place} · {row.code or '—'}"
    return found


def _only(table: Any, column: str, key: str) -> Any:
    """One column of the row with this id, as a part of another query."""
    return select(table.c[column]).where(table.c.id == key).scalar_subquery()


def _checkpoint_faults(marks: Sequence[StoredRow], walk: _Walk, key: str) -> list[Fault]:
    faults = [
        Fault(seq, "checkpoint-missing", code)
        for code, seq in walk.codes.items()
        if code not in {mark.values.get("code") for mark in marks}
    ]
    for mark in marks:
        faults += _mark_faults(mark.values, walk, key)
    return faults


def _mark_faults(mark: Mapping[str, Any], walk: _Walk, key: str) -> list[Fault]:
    """What is wrong with one checkpoint; whatever is malformed in it makes its signature wrong."""
    try:
        seq, code, root = int(mark["seq"]), str(mark["code"]), str(mark["root"])
        said = proof.statement(seq, root, mark["at"], mark["purpose"])
        good = said["code"] == code and proof.signature_holds(key, said, mark["signature"])
    except (KeyError, ValueError, TypeError, AttributeError):
        seq = mark["seq"] if isinstance(mark.get("seq"), int) else 0
        return [Fault(seq, "signature", str(mark.get("code", "?")))]
    if not good:
        return [Fault(seq, "signature", code)]
    if seq > walk.seq:
        return [Fault(seq, "tail-cut", code)]
    return [Fault(seq, "checkpoint", code)] if walk.hashes.get(seq, GENESIS) != root else []


def _code_faults(seq: int, code: str, walk: _Walk) -> list[Fault]:
    if seq > walk.seq:
        return [Fault(seq, "tail-cut", code)]
    try:
        same = ledger.checkpoint_code(seq, walk.hashes.get(seq, GENESIS)) == code
    except ValueError:  # the entry's hash is no hash
        same = False
    return [] if same else [Fault(seq, "checkpoint", code)]
