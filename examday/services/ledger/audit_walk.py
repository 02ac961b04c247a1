"""One pass over the entries of the ledger, as they lie in the database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from examday.domain import ledger
from examday.domain.ledger import GENESIS, Entry, Fault
from examday.services.ledger.audit_tables import table_of
from examday.storage.as_stored import StoredRow, TableBroken, stored_rows
from examday.storage.tables import EventRow

TEXTS = ("at", "kind", "actor", "subject", "prev", "hash")
"""Columns of an entry that hold plain text: anything else in them the program did not write."""


@dataclass
class Walk:
    """One pass over the entries.

    Keeps the hashes of the numbers asked for, the last digest of each row, and the checkpoint codes
    that entries speak of.
    """

    chain: str
    """Whose entries they are."""
    wanted: frozenset[int]
    """Only hashes that a checkpoint asks for are kept: a full ledger has a hundred thousand."""
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The last digest of each row, and the entry that wrote it, to be named when it differs."""
    hashes: dict[int, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    """Of checkpoints that entries speak of: one whose row is gone is missed by its entry."""
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    seq: int = 0
    """Beside `count`: the two differ when entries are missing."""
    root: str = GENESIS

    def entries(self, connection: Connection) -> Iterator[Entry]:
        """The entries in order, streamed.

        A table that ends in an error is a fault; what came before counts.
        """
        try:
            for row in stored_rows(connection, table_of(EventRow), "seq", self.chain):
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
