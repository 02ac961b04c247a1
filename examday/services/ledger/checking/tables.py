"""The tables as they lie in the database, for the check of the ledger: whatever stands in them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ScalarSelect, Table, func, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from examday.domain import ledger
from examday.domain.errors import DiskTrouble
from examday.domain.ledger import Entry, Fault, Subject
from examday.services.ledger.writing import chain_of, of_chain, parts_of
from examday.services.unit_of_work import Store
from examday.storage.as_stored import StoredRow, TableBroken, stored_rows
from examday.storage.base import Base, models, recorded_models
from examday.storage.tables import Booklet, Checkpoint, EventRow, Page, Room, ScanFile, Seat
from examday.storage.tables_appeal import Destruction
from examday.storage.tables_travel import Station, StationKey

AT_ONCE = 500
"""Rows that are asked for by their keys in one statement."""
TOLD = 1000
"""Entries between two words about how far the check is."""
Tell = Callable[[int, int], None]
"""Is told how many entries of how many were read."""
UNREADABLE = "?"
"""In place of a digest, which never looks like this: the row cannot be read."""


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return Base.metadata.tables[model.__tablename__]


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """One consistent look at the whole database while others go on writing."""
    postgresql = store.engine.dialect.name == "postgresql"
    with store.engine.connect() as connection:
        yield (
            connection.execution_options(
                # Without it each statement sees another moment, and rows written meanwhile look
                # foreign.
                isolation_level="REPEATABLE READ",
                postgresql_readonly=True,
            )
            if postgresql
            else connection.execution_options(read_only=True)
        )


class Present(NamedTuple):
    """A row that is there: its site and its digest."""

    site: str
    digest: str


@dataclass
class Look:
    """Reads tables one by one.

    A table that cannot be read is a fault, and the next one is read all the same.
    """

    connection: Connection
    """One snapshot for everything: people go on working meanwhile."""
    faults: list[Fault] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Tables that could not be read: their rows are not called missing one by one."""
    unreadable: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Each table must be a table: a view in its place shows whatever its maker wants."""
        views = set(inspect(self.connection).get_view_names())
        for name in sorted(views & {table_of(model).name for model in models()}):
            self.name_broken(name)

    site: str | None = None
    """The site whose rows are read; None for all. A point must not be told of rows that it may not
    see."""
    tell: Tell | None = None
    seen: int = 0

    @property
    def _only(self) -> dict[str, str]:
        return {} if self.site is None else {"site": self.site}

    def watched(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """The entries as they come; now and then is told how many were read."""
        for entry in entries:
            self.seen += 1
            if self.tell and self.seen % TOLD == 0:
                self.tell(self.seen, self._entries)
            yield entry

    @cached_property
    def _entries(self) -> int:
        """How many entries there are."""
        every = select(func.count()).select_from(EventRow)
        of_site = every if self.site is None else every.where(EventRow.site == self.site)
        return self.connection.scalar(of_site) or 0

    def rows(self, model: type[Base]) -> list[StoredRow]:
        """The rows that can be read."""
        found: list[StoredRow] = []
        try:
            found.extend(stored_rows(self.connection, table_of(model), only=self._only))
        except TableBroken:
            self.name_broken(table_of(model).name)
        return found

    def recorded(self, keys: Collection[str] | None = None) -> dict[str, Present]:
        """Return every row of every recorded table as it is now, by its key; with `keys` those
        alone.

        The digest is "?" for rows that cannot be read.
        """
        present: dict[str, Present] = {}
        for model in self._recorded():
            try:
                for row in self._wanted(table_of(model), keys):
                    self.unreadable |= {row.key} if row.unreadable else set()
                    # A row that cannot be read is there all the same, and must not be told as
                    # removed.
                    said = UNREADABLE if row.unreadable else ledger.digest(row.values)
                    present[row.key] = Present(row.site, said)
            except TableBroken:
                self.name_broken(table_of(model).name)
        return present

    def _wanted(self, table: Table, keys: Collection[str] | None) -> Iterator[StoredRow]:
        if keys is None:
            yield from stored_rows(self.connection, table, only=self._only)
            return
        mine = sorted(key for key in keys if Subject.parse(key).kind == table.name)
        column, *more = (column.name for column in table.primary_key)
        if more:  # tables of a few rows for each person
            found = stored_rows(self.connection, table, only=self._only) if mine else ()
            yield from (row for row in found if row.key in keys)
            return
        for first in range(0, len(mine), AT_ONCE):
            some = [Subject.parse(key).key for key in mine[first : first + AT_ONCE]]
            yield from stored_rows(self.connection, table, only={**self._only, column: some})

    def marks(self, starts: Mapping[str, int]) -> list[StoredRow]:
        """The checkpoints; with `starts` (chain → entry) those of these chains alone that speak of
        that entry or of a later one.
        """
        found: list[StoredRow] = []
        try:
            if not starts:
                return self.rows(Checkpoint)
            for chain, seq in starts.items():
                whose = dict(zip(("site", "chain"), parts_of(chain), strict=True))
                # The entry itself too: its checkpoint is named by the one after it.
                found += stored_rows(self.connection, table_of(Checkpoint), "seq", seq - 1, whose)
        except TableBroken:
            self.name_broken(table_of(Checkpoint).name)
        return found

    def codes(self, chain: str, asked: Sequence[str]) -> set[str]:
        """Those of these codes of which the chain has a checkpoint."""
        here = select(Checkpoint.code).where(
            of_chain(Checkpoint, chain), Checkpoint.code.in_(asked)
        )
        try:
            return set(self.connection.scalars(here))
        except (SQLAlchemyError, DiskTrouble):
            return set()  # who reads the checkpoints names the table

    def chains(self) -> set[str]:
        """The chains that entries or checkpoints are of: also such as nobody knows of."""
        return self._chains_of_entries() | self._chains_of_checkpoints()

    def _chains_of_entries(self) -> set[str]:
        found = set[str]()
        every = (
            select(EventRow.site, EventRow.chain).order_by(EventRow.site, EventRow.chain).limit(1)
        )
        # From chain to chain along the primary key, and not through the entries of each.
        steps = [every if self.site is None else every.where(EventRow.site == self.site)]
        try:
            while steps:
                row = self.connection.execute(steps.pop()).first()
                if row is None:
                    continue
                found.add(chain_of(*row))
                steps = [every.where(EventRow.site > row.site)] if self.site is None else []
                steps.append(every.where(EventRow.site == row.site, EventRow.chain > row.chain))
        except (SQLAlchemyError, DiskTrouble):
            return found  # said once: the walk names the table
        return found

    def _chains_of_checkpoints(self) -> set[str]:
        every = select(Checkpoint.site, Checkpoint.chain).distinct()
        mine = every if self.site is None else every.where(Checkpoint.site == self.site)
        try:
            return {chain_of(*row) for row in self.connection.execute(mine)}
        except (SQLAlchemyError, DiskTrouble):
            return set()  # who reads the checkpoints names the table

    def station_keys(self) -> dict[str, list[str]]:
        """The public keys of each station that sends here."""
        found = dict[str, list[str]]()
        try:
            for row in stored_rows(self.connection, table_of(StationKey)):
                station = str(row.values.get("station_id"))
                found.setdefault(station, []).append(str(row.values.get("public_key")))
        except TableBroken:
            self.name_broken(table_of(StationKey).name)
        return found

    def stations(self) -> dict[str, str]:
        """The stations whose entries may be here, and their points: confirmed, and not revoked."""
        found = dict[str, str]()
        try:
            for row in stored_rows(self.connection, table_of(Station)):
                of = str(row.values.get("point"))
                trusted = row.values.get("confirmed_at") and not row.values.get("revoked_at")
                if trusted and self.site in (None, of):
                    found[str(row.values.get("id"))] = of
        except TableBroken:
            self.name_broken(table_of(Station).name)
        return found

    def _recorded(self) -> list[type[Base]]:
        """The tables to compare; the list of sites itself is the installation's."""
        return [
            model
            for model in recorded_models()
            if self.site is None or "site" in table_of(model).columns
        ]

    def judge(self, found: list[Fault]) -> list[Fault]:
        """Return the differences of rows, named truly.

        A row that cannot be read is called unreadable instead of changed. The rows of a table that
        could not be read have no line each.
        """
        kept = [
            f
            for f in found
            # The table itself is named once; its rows would bury every other finding.
            if f.code != "row-missing" or Subject.parse(f.detail).kind not in self.broken
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
        """Digests of the originals that were destroyed by act.

        Not of a file that holds works of two exams while an act names one of them: it stays.
        """
        acts = self.rows(Destruction)
        lists = (act.values.get("hashes") for act in acts)
        gone = {
            sha256
            for some in lists
            if isinstance(some, list)
            for sha256 in some
            if isinstance(sha256, str)
        }
        return gone - self._needed({act.values.get("exam_id") for act in acts}) if gone else gone

    def _needed(self, destroyed: set[object]) -> set[object]:
        """Digests of the files with a page of a work whose exam no act names."""
        works = {
            row.values.get("id")
            for row in self.rows(Booklet)
            if row.values.get("exam_id") not in destroyed
        }
        pages = (row.values for row in self.rows(Page))
        files = {page.get("scan_file_id") for page in pages if page.get("booklet_id") in works}
        scans = (row.values for row in self.rows(ScanFile))
        return {scan.get("sha256") for scan in scans if scan.get("id") in files}

    def name_broken(self, table: str) -> None:
        """Name a table that could not be read, once."""
        if table not in self.broken:
            self.broken.add(table)
            self.faults.append(Fault(0, "table-broken", table))


def places(store: Store, faults: Sequence[Fault]) -> dict[str, str]:
    """Room, place and form code of the work that a wrong row belongs to.

    Rows of no work are left out. Only plain text columns are read: the row itself may hold
    anything.
    """
    tables = {model.__tablename__: table_of(model) for model in recorded_models()}
    found: dict[str, str] = {}
    for fault in faults:
        name, key = Subject.parse(fault.detail)
        column = "id" if name == "booklet" else "booklet_id"
        if name in tables and {"id", column} <= set(tables[name].c.keys()):
            place = _place(store, _only(tables[name], column, key))
            found |= {fault.detail: place} if place else {}
    return found


def _place(store: Store, booklet_id: ScalarSelect[str]) -> str:
    """Return the place of one work.

    "" where there is none, or where the row or one that it leads to cannot be read.
    """
    try:
        with snapshot(store) as connection:
            row = connection.execute(
                select(Room.number, Seat.place, Booklet.code)
                .select_from(Booklet)
                .join(Seat, Seat.id == Booklet.seat_id)
                .join(Room, Room.id == Seat.room_id)
                .where(Booklet.id == booklet_id)
            ).first()
    except (SQLAlchemyError, DiskTrouble):
        return ""
    return f"{row.number}-{row.place} · {row.code or '—'}" if row else ""


def _only(table: Table, column: str, key: str) -> ScalarSelect[str]:
    """One column of the row with this id, as a part of another query."""
    return select(table.c[column]).where(table.c.id == key).scalar_subquery()
