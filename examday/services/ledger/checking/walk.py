"""One pass over the entries of the ledger, as they lie in the database."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from examday.domain import ledger
from examday.domain.errors import Broken, DiskTrouble
from examday.domain.events import Event
from examday.domain.hash_tree import BLOCK, Growing
from examday.domain.ledger import GENESIS, Entry, Fault, Subject
from examday.services.ledger import tree, writing
from examday.services.ledger.checking.tables import Look, table_of
from examday.storage.as_stored import StoredRow, TableBroken, stored_rows
from examday.storage.tables import EventRow
from examday.storage.tables_tree import RowEntry, TreeBlock

TEXTS = ("at", "kind", "actor", "subject", "prev", "hash")
"""Columns of an entry that hold plain text: anything else in them the program did not write."""


class Start(NamedTuple):
    """The entry behind which a check begins: its number and its hash."""

    seq: int = 0
    root: str = GENESIS


class Came(NamedTuple):
    """What an entry says of a bundle that was taken in."""

    seq: int
    """Of the entry, so that a fault can be looked up."""
    station: str
    last: object
    root: object


@dataclass
class Walk:
    """One pass over the entries.

    Keeps the hashes of the numbers asked for, the last digest of each row, and the checkpoint codes
    that entries speak of.
    """

    chain: str
    """Whose entries they are (`writing.chain_of`): numbers repeat from chain to chain."""
    wanted: frozenset[int]
    """Only hashes that a checkpoint asks for are kept: a full ledger has a hundred thousand."""
    start: Start = Start()
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The last digest of each row, because only that one must fit; and the entry that wrote it, to
    be named when it does not."""
    hashes: dict[int, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    """Of checkpoints that entries speak of: one whose row is gone is missed by its entry."""
    arrivals: list[Came] = field(default_factory=list)
    """What entries say that came in from stations, to be held against the rows that are here."""
    new_keys: list[Mapping[str, object]] = field(default_factory=list)
    """What entries say of changes of key: a signature counts by the key of its own time."""
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    seq: int = 0
    """Beside `count`: the two differ when entries are missing."""
    root: str = GENESIS

    def __post_init__(self) -> None:
        """What the start says is believed."""
        self.seq, self.root = self.start
        if self.start.seq:
            self.hashes[self.seq] = self.root

    def remember(self, connection: Connection) -> None:
        """Take what entries up to the start say of arrivals and of changes of key; it is believed,
        and holds for what comes later.
        """
        whose = dict(zip(("site", "chain"), writing.parts_of(self.chain), strict=True))
        told = (Event.TRAVEL_RECEIVE, Event.CENTRE_NEW_KEY)
        if not self.start.seq:
            return
        # Sorted here: asked for an order, a database goes through all entries in that order.
        rows = stored_rows(connection, table_of(EventRow), only={**whose, "kind": told})
        found = [entry for entry in map(self._entry, rows) if entry is not None]
        for entry in sorted(found, key=lambda one: one.seq):
            if entry.seq <= self.start.seq:
                self._note_others(entry)

    def entries(self, connection: Connection) -> Iterator[Entry]:
        """The entries in order, streamed.

        A table that ends in an error is a fault; what came before counts.
        """
        whose = dict(zip(("site", "chain"), writing.parts_of(self.chain), strict=True))
        try:
            self.remember(connection)
            for row in stored_rows(connection, table_of(EventRow), "seq", self.start.seq, whose):
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
        self._note_others(entry)

    def _note_others(self, entry: Entry) -> None:
        if entry.kind == Event.CENTRE_NEW_KEY:
            self.new_keys.append(entry.data)
        if entry.kind == Event.TRAVEL_RECEIVE:
            told = (entry.data.get(name) for name in ("last", "root"))
            self.arrivals.append(Came(entry.seq, Subject.parse(entry.subject).key, *told))

    def _entry(self, row: StoredRow) -> Entry | None:
        """The entry of this row.

        With empty contents when they cannot be read, None when not even the number can.
        """
        values = row.values
        seq = values.get("seq")
        if not isinstance(seq, int):
            # Its number is unknown; the next one is the best that can be said.
            self.faults.append(Fault(self.seq + 1, "unreadable", row.key))
            return None
        data, rows = _contents(values.get("data")), _contents(values.get("rows"))
        texts = [values.get(name) for name in TEXTS]
        if data is None or rows is None or not all(isinstance(text, str) for text in texts):
            self.faults.append(Fault(seq, "unreadable", ""))
        at, kind, actor, subject, prev, root = map(str, texts)
        return Entry(seq, at, kind, actor, subject, data or {}, rows or {}, prev, root)


def _contents(text: object) -> dict[str, Any] | None:
    """An object in canonical JSON; None when the text is anything else."""
    try:
        found = json.loads(str(text))
        # Another spelling of the same JSON was not written by the program, and its hash would be
        # another.
        good = isinstance(found, dict) and ledger.canonical(found) == text
    except (ValueError, TypeError, RecursionError):
        return None
    return found if good else None


class TreeWalk:
    """Compares what entries and tables say of a chain's hash tree with its entries, in the same pass."""

    def __init__(self, look: Look, walk: Walk) -> None:
        self._look, self._chain, self._start = look, walk.chain, walk.start.seq
        self._kept = {
            row.values.get("number"): row.values.get("hash")
            for row in look.rows(TreeBlock)
            if writing.chain_of(row.site, row.chain) == walk.chain
        }
        self._tree = self._grown()
        self._sizes = self._named_sizes()
        self._roots = {self._tree.size: self._tree.root().hex()}
        self._named: list[tuple[int, object, object]] = []
        self._index = [0, 0]
        """How many rows the entries of kept blocks recorded, and the sum over them."""
        self._new_rows = set[int]()
        self._whole = self._tree.size == self._start
        self._faults = [] if self._whole else [Fault(self._start, "tree-block", str(BLOCK))]

    def _grown(self) -> Growing:
        """The tree up to the start, of kept blocks and of the entries behind them; of another size
        where blocks or entries are none.
        """
        tree_then, blocks = Growing(), 0
        try:
            while (blocks + 1) * BLOCK <= self._start and blocks in self._kept:
                tree_then.add_block(bytes.fromhex(str(self._kept[blocks])))
                blocks += 1
            hashes = (
                select(EventRow.hash)
                .where(
                    writing.of_chain(EventRow, self._chain),
                    EventRow.seq > blocks * BLOCK,
                    EventRow.seq <= self._start,
                )
                .order_by(EventRow.seq)
            )
            for one in self._look.connection.scalars(hashes) if self._start else ():
                tree_then.add(tree.leaf_of(one))
        except (Broken, ValueError, SQLAlchemyError, DiskTrouble):
            return Growing()
        return tree_then

    def watch(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """The entries as they come."""
        for entry in entries:
            # Where an entry is missing all that follows is shifted: the gap is named already.
            self._whole = self._whole and entry.seq == self._tree.size + 1
            if self._whole:
                self._add(entry)
            yield entry

    def faults(self) -> list[Fault]:
        """What is wrong; asked for when all entries were seen."""
        if not self._whole:
            return self._faults
        for seq, size, root in self._named:
            # One that was counted while somebody else wrote names a tree from before the start.
            if isinstance(size, int) and size < self._start:
                continue
            if not isinstance(size, int) or self._roots.get(size) != root:
                self._faults.append(Fault(seq, "tree", ""))
        blocks = range(len(self._kept))
        if set(self._kept) != set(blocks) or len(blocks) > self._tree.size // BLOCK:
            self._faults.append(Fault(0, "tree-block", str(BLOCK)))
        if self._kept_index() not in (None, self._index):
            self._faults.append(Fault(0, "row-entries", ""))
        return self._faults

    def _add(self, entry: Entry) -> None:
        try:
            block = self._tree.add(tree.leaf_of(entry.hash))
        except Broken:
            self._whole = False
            return
        number = self._tree.size // BLOCK - 1
        if block and self._kept.get(number, block.hex()) != block.hex():
            self._faults.append(Fault(entry.seq, "tree-block", str(BLOCK)))
        if self._tree.size in self._sizes:
            self._roots[self._tree.size] = self._tree.root().hex()
        if ledger.names_a_tree(entry.kind, entry.data):
            self._named.append((entry.seq, entry.data.get("size"), entry.data["tree"]))
        if entry.seq <= len(self._kept) * BLOCK:
            for number in {tree.number_of(row) for row in entry.rows}:
                _count(self._index, number, entry.seq)
                self._new_rows |= {number} if self._start else set()

    def _kept_index(self) -> list[int] | None:
        """The same of the table; None when it cannot be read."""
        kept = [0, 0]
        rows = select(RowEntry.row, RowEntry.seq).where(writing.of_chain(RowEntry, self._chain))
        new = rows.where(RowEntry.seq > self._start)
        # Of a check that begins later those alone that its entries recorded: to look for all of
        # them would be to read what is kept of every entry there ever was.
        numbers = sorted(self._new_rows)
        some = (numbers[n : n + BLOCK] for n in range(0, len(numbers), BLOCK))
        asked = [new.where(RowEntry.row.in_(part)) for part in some] if self._start else [rows]
        streamed = {"yield_per": BLOCK}
        try:
            for query in asked:
                for row, seq in self._look.connection.execute(query, execution_options=streamed):
                    _count(kept, row, seq)
        except (SQLAlchemyError, DiskTrouble):
            self._look.name_broken(table_of(RowEntry).name)
            return None
        return kept

    def _named_sizes(self) -> set[object]:
        """The sizes of trees that entries name: their roots are kept when the walk comes there."""
        kinds = (Event.LEDGER_TREE, Event.LEDGER_CHECKPOINT)
        named = select(EventRow.data).where(
            writing.of_chain(EventRow, self._chain),
            EventRow.kind.in_(kinds),
            EventRow.seq > self._start,
            EventRow.data.contains("tree"),
        )
        try:
            told = [_contents(data) or {} for data in self._look.connection.scalars(named)]
        except (SQLAlchemyError, DiskTrouble):
            return set()  # said once: the walk names the table
        return {data.get("size") for data in told if isinstance(data.get("size"), int)}


def _count(index: list[int], row: int, seq: int) -> None:
    index[0] += 1
    index[1] = (index[1] + hash((row, seq))) % 2**64
