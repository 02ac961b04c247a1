"""Years of history in a database, in minutes: works of a day that is there, copied by bulk inserts.

Each copy has ids, numbers, people's entries and a date of its own, and entries of the ledger that
record its rows, so that `ledger verify` holds. What grows with history is measured on it.
"""

import datetime as dt
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, RowMapping, Table, select, text
from sqlalchemy.engine import Connection

from examday.domain.custody.kit import Kind, ThingState
from examday.domain.custody.lifecycle import State
from examday.domain.custody.paper_codes import check_digit
from examday.domain.events import Event
from examday.domain.ledger import Entry, canonical, digest
from examday.domain.people.roles import Actor
from examday.services.ledger import checkpoints
from examday.services.unit_of_work import Store
from examday.storage.base import Base, models, plain

PER_DAY = 50
"""Works of one exam at one point: a full exam point has some hundred candidates in all."""
SITES = 500
"""Points of a large region: lists of all of them must stay readable."""
BATCH = 500
"""Works that are written in one go, some thousand rows of each table: more would not stay in
memory."""
ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
DAY = re.compile(r"(?<=\")20\d\d-\d\d-\d\d(?=[T\"])")
ROOTS = ("seat_id", "booklet_id", "appeal_id", "hearing_id", "protocol_id", "scan_file_id")
"""Columns that tie a row to a work, from near to far: the first that a table has leads there."""
Row = dict[str, Any]


@dataclass
class Unit:
    """What belongs to one work, or to one exam: rows by table, entries in their order."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    entries: list[Row] = field(default_factory=list)

    def ids(self) -> set[str]:
        """The ids of its rows."""
        return {row["id"] for rows in self.rows.values() for row in rows if "id" in row}


@dataclass(frozen=True)
class Pattern:
    """A work with its exam: what is copied."""

    work: Unit
    day: Unit
    code: str
    """The number of its form, which must differ from copy to copy."""


class History:
    """Grows the database of `store`, one batch after the other.

    `states`: works in these states are the patterns; by default those that were handed over, as
    works of days gone by are. `points`: the keys of a region's points, each of which gets rooms,
    days and entries of its own; the works that are copied are of the first.
    """

    def __init__(
        self,
        store: Store,
        states: Iterable[State] = (State.HANDED_OVER,),
        per_day: int = PER_DAY,
        points: Sequence[str] = (),
    ) -> None:
        self._store, self._per_day, self._days = store, per_day, set[str]()
        self._points, self._rooms = points, dict[str, dict[str, str]]()
        self._tables = {t.name: t for t in Base.metadata.sorted_tables}
        with store.engine.connect() as connection:
            wanted = {str(state) for state in states}
            self._patterns = list(_patterns(connection, self._tables, wanted))
            self._house = _rooms(connection, self._tables["room"])
            works = self._tables["booklet"]
            self._made = len(connection.execute(select(works.c.id)).all())

    def grow(self, works: int) -> None:
        """Add so many works."""
        end = self._made + works
        while self._made < end:
            until = min(end, self._made + BATCH)
            self._batch(range(self._made, until))
            self._made = until

    def _batch(self, numbers: range) -> None:
        chains: dict[str, _Chain] = {}
        rows: dict[str, list[Row]] = defaultdict(list)
        for number in numbers:
            site = self._site_of(number)
            chain = chains.get(site) or chains.setdefault(site, self._chain(site))
            for unit in self._copies(number, site):
                chain.add(unit)
                for name, some in unit.rows.items():
                    rows[name] += [{**row, "site": site} for row in some]
        for site, chain in chains.items():
            rows["event"] += [{**row, "site": site} for row in chain.events]
            rows["checkpoint"] += [{**row, "site": site} for row in chain.checkpoints]
        with self._store.engine.begin() as connection:
            for name, table in self._tables.items():
                _insert(connection, table, rows.get(name, []))

    def _site_of(self, number: int) -> str:
        day = number // self._per_day
        return self._points[day % len(self._points)] if self._points else ""

    def _chain(self, site: str) -> "_Chain":
        with self._store.at(site).begin(Actor.system("history")) as uow:
            uow.queue("history")
            seq, prev = checkpoints.last_entry(uow)
        return _Chain(site, seq, prev, self._store)

    def _copies(self, number: int, site: str) -> Iterator[Unit]:
        """The copy of one work, and of its exam when it is the first of its day."""
        pattern = self._patterns[number % len(self._patterns)]
        day, place = divmod(number, self._per_day)
        back = dt.timedelta(days=1 + day // SITES)
        name = f"{day} {pattern.day.rows['exam'][0]['id']}"
        if site not in self._rooms:
            yield from self._furnish(site)
        rooms = self._rooms[site]
        if name not in self._days:
            self._days.add(name)
            yield _copy(pattern.day, name, back, {"site": f"{1000 + day % SITES}"}, rooms)
        twelve = f"27{number:010d}"
        yield _copy(
            pattern.work,
            f"work {number}",
            back,
            {pattern.code: twelve + check_digit(twelve), "number": f"{number}"},
            rooms | {one: _new(name, one) for one in pattern.day.ids()},
            f"{place + 1}Б",
        )

    def _furnish(self, site: str) -> Iterator[Unit]:
        """The rooms of a point that has none yet."""
        self._rooms[site] = {}
        if self._points and site != self._points[0]:
            self._rooms[site] = {one: _new(f"room {site}", one) for one in self._house.ids()}
            yield _copy(self._house, f"room {site}", dt.timedelta(), {})


class _Chain:
    """Entries that follow the last one, with a checkpoint after each hundred."""

    def __init__(
        self,
        site: str,
        seq: int,
        prev: str,
        store: Store,
    ) -> None:
        self._site, self._settings, self._clock = site, store.settings, store.clock
        self._seq, self._prev = seq, prev
        self.events: list[Row] = []
        self.checkpoints: list[Row] = []
        if site and not seq:
            said = {"kind": str(Event.SITE_BEGIN), "subject": f"site:{site}", "data": {}}
            self._write(said, {})

    def add(self, unit: Unit) -> None:
        """Entries of a unit; the last one records all its rows."""
        recorded = {
            f"{name}:{row['id']}": digest(row) for name, rows in unit.rows.items() for row in rows
        }
        *before, last = unit.entries or [{"kind": "plan:import", "subject": "plan:day", "data": {}}]
        for entry in before:
            self._write(entry, {})
        self._write(last, recorded)

    def _write(self, entry: Mapping[str, Any], rows: Mapping[str, str]) -> None:
        at = entry.get("at") or plain(self._clock())
        actor = entry.get("actor", "system:history")
        made = Entry(
            self._seq + 1,
            at,
            entry["kind"],
            actor,
            entry["subject"],
            entry["data"],
            rows,
            self._prev,
        ).sealed()
        self.events.append(
            {
                "seq": made.seq,
                "at": at,
                "kind": made.kind,
                "actor": actor,
                "subject": made.subject,
                "data": canonical(entry["data"]),
                "rows": canonical(dict(rows)),
                "prev": self._prev,
                "hash": made.hash,
            }
        )
        self._seq, self._prev = made.seq, made.hash
        if self._seq % checkpoints.EVERY == 0:
            self._sign(at)

    def _sign(self, at: str) -> None:
        said = checkpoints.statement(self._seq, self._prev, at, f"every-{checkpoints.EVERY}")
        signature = checkpoints.sign_statement(self._settings.keys, said)
        row = {**said, "signature": signature, "id": _new("checkpoint", f"{self._site}{self._seq}")}
        self.checkpoints.append(row)
        self._write(
            {
                "kind": str(Event.LEDGER_CHECKPOINT),
                "subject": f"checkpoint:{row['seq']}",
                "data": {"code": row["code"]},
                "at": at,
            },
            {},
        )


def _rooms(connection: Connection, table: Table) -> Unit:
    """The rooms of the point whose works are copied."""
    house = Unit()
    house.rows["room"] += [_plain(row) for row in connection.execute(table.select()).mappings()]
    return house


def _patterns(
    connection: Connection, tables: Mapping[str, Table], states: set[str]
) -> Iterator[Pattern]:
    """Each work in one of these states, with all that is tied to it."""
    stored = {
        name: [_plain(row) for row in connection.execute(table.select()).mappings()]
        for name, table in tables.items()
    }
    entries = sorted(stored.pop("event"), key=lambda row: row["seq"])
    for booklet in stored["booklet"]:
        exam = next(row for row in stored["exam"] if row["id"] == booklet["exam_id"])
        # A rehearsal is no exam: its point is called 0000.
        if booklet["state"] in states and booklet["code"] and exam["site_code"] != "0000":
            work, day = _work(stored, booklet, entries), _day(stored, exam)
            if states == {str(State.HANDED_OVER)}:
                _packets_left(day)
            yield Pattern(work, day, booklet["code"])


def _packets_left(day: Unit) -> None:
    """Of a day gone by no packet is at the point any more; the day in hand may have open ones."""
    here = (ThingState.IN_USE, ThingState.SEALED)
    day.rows["item"] = [
        {**row, "state": str(ThingState.HANDED_OVER)}
        if row["kind"] == Kind.PACKET and row["state"] in here
        else row
        for row in day.rows["item"]
    ]


def _work(stored: Mapping[str, list[Row]], booklet: Row, entries: Iterable[Row]) -> Unit:
    unit = Unit()
    unit.rows["booklet"].append(booklet)
    unit.rows["seat"] += [row for row in stored["seat"] if row["id"] == booklet["seat_id"]]
    seat = unit.rows["seat"][0]
    unit.rows["candidate"] += [
        row for row in stored["candidate"] if row["id"] == seat["candidate_id"]
    ]
    files = {row["scan_file_id"] for row in stored["page"] if row["booklet_id"] == booklet["id"]}
    unit.rows["scan_file"] += [row for row in stored["scan_file"] if row["id"] in files]
    for root in ROOTS[1:]:
        for name, rows in stored.items():
            if name not in ("booklet", "seat", "scan_file") and rows and "id" in rows[0]:
                _add_those_of(unit, root, name, rows)
    unit.rows.pop("draft", None)
    known = unit.ids()
    unit.entries = [
        {**row, "data": json.loads(row["data"])}
        for row in entries
        if row["subject"].partition(":")[2] in known
    ]
    return unit


def _add_those_of(unit: Unit, root: str, name: str, rows: list[Row]) -> None:
    """Add the rows of a table that point at something of the unit by the column `root`."""
    there, known = {row["id"] for row in unit.rows[name]}, unit.ids()
    unit.rows[name] += [row for row in rows if row.get(root) in known and row["id"] not in there]


def _day(stored: Mapping[str, list[Row]], exam: Row) -> Unit:
    unit = Unit()
    unit.rows["exam"].append(exam)
    unit.rows["duty"] += [row for row in stored["duty"] if row["exam_id"] == exam["id"]]
    unit.rows["item"] += [
        row for row in stored["item"] if row["exam_id"] == exam["id"] and row["booklet_id"] is None
    ]
    return unit


def _copy(
    unit: Unit,
    name: str,
    back: dt.timedelta,
    other: Mapping[str, str],
    known: Mapping[str, str] | None = None,
    place: str = "",
) -> Unit:
    """The unit with ids of its own and all its days moved back; `other`: further texts that are put in place of what stands
    there; `known`: ids that lie outside and were copied already.
    """
    ids = {**(known or {}), **{one: _new(name, one) for one in unit.ids()}}
    whole = ID.sub(lambda m: ids.get(m[0], m[0]), json.dumps([unit.rows, unit.entries]))
    whole = DAY.sub(lambda m: (dt.date.fromisoformat(m[0]) - back).isoformat(), whole)
    for old, new in other.items():
        whole = whole.replace(old, new) if len(old) > 8 else whole
    rows, entries = json.loads(whole)
    made = Unit(rows, entries)
    _put_in_place(made, other, place)
    return made


def _put_in_place(made: Unit, other: Mapping[str, str], place: str) -> None:
    """Give the copy what tells it from the others: its point, seat and numbers."""
    number = other.get("number", "")
    for row in made.rows.get("exam", []):
        row["site_code"] = other["site"]
    for row in made.rows.get("seat", []):
        row["place"] = place
    for table, column in (("candidate", "code"), ("appeal", "number")):
        for row in made.rows.get(table, []):
            row[column] = f"{row[column][:8]}-{number}"
    for row in made.rows.get("item", []) if number else []:
        row["code"] = f"{row['code'][:28]}-{number}"


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Rows as plain JSON values into their table, those that others point to first."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = [column.name for column in table.columns if column.name in rows[0]]
    texts = {column.name for column in table.columns if isinstance(column.type, JSON)}
    columns = ", ".join(quote(name) for name in names)
    statement = text(
        f"INSERT INTO {quote(table.name)} ({columns}) VALUES "
        f"({', '.join(':' + name for name in names)})"
    )
    connection.execute(
        statement,
        [
            {name: json.dumps(row[name]) if name in texts else row[name] for name in names}
            for row in _parents_first(rows)
        ],
    )


def _parents_first(rows: list[Row]) -> list[Row]:
    if "parent_id" not in rows[0]:
        return rows
    by_id = {row["id"]: row for row in rows}

    def depth(row: Row) -> int:
        parent = by_id.get(row["parent_id"])
        return 0 if parent is None else 1 + depth(parent)

    return sorted(rows, key=depth)


def _plain(row: RowMapping) -> Row:
    return {str(name): plain(value) for name, value in row.items() if name != "site"}


def _new(name: str, old: str) -> str:
    """The id of a copy."""
    return hashlib.blake2b(f"{name} {old}".encode(), digest_size=16).hexdigest()


models()  # all of them: a command has loaded only the tables it uses
