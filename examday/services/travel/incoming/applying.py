"""Puts the rows of a bundle into the tables of the centre, in one transaction with its entries."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict, Invalid
from examday.domain.ledger import Subject, canonical
from examday.domain.messages import N_
from examday.domain.travel.manifest import not_a_bundle
from examday.services.ledger.checking.tables import table_of
from examday.services.travel.incoming.opened import Opened, place
from examday.storage.base import JsonObject, OfSite, UTCDateTime, digested, models, plain
from examday.storage.keepers import CENTRE
from examday.storage.rows import tables
from examday.storage.tables_travel import WorkKeeper, travels

PIECE = 500
"""Rows in memory at a time: a station's whole day comes in one bundle."""
Words = Mapping[str, tuple[str, int]]
"""Row → the digest that the entries recorded last, and the entry, to be named where the row says
something else."""


def apply(
    connection: Connection,
    bundle: Opened,
    words: Words,
    site: str,
) -> int:
    """Write the rows whose last word is in `words`, and remove those that are gone; return how many.

    Invalid where a row is not what the entries recorded, or one is missing; Conflict where a row is
    another site's.
    """
    wanted = {row: said for row, (said, _seq) in words.items() if travels(Subject.parse(row).kind)}
    known = {table.name: table for table in tables()}
    left, kept = {row for row, said in wanted.items() if said}, _kept(connection, site)
    count, pointing = len(left), dict[str, list[JsonObject]]()
    _remove(connection, known, _keys(wanted.keys() - left), site, kept)
    keys = _keys(left)
    for table in known.values():
        _park(connection, table, keys.get(table.name, []))
    for table, rows in _pieces(_sound_rows(bundle, wanted, known)):
        left -= {f"{table.name}:{row[_key(table).name]}" for row in rows}
        _require_free(table, rows, kept)
        pointing.setdefault(table.name, []).extend(_pointers(table, rows))
        empty = dict.fromkeys(_within(table))
        alone = [row | empty for row in rows]
        with _fitting(table):
            _write(connection, table, alone, site)
        _require_own(connection, table, alone, site)
    if left:
        raise not_a_bundle("rows.jsonl")
    for table in known.values():
        _point(connection, table, pointing.get(table.name, []), site)
    return count


@contextmanager
def _fitting(table: Table) -> Iterator[None]:
    """Conflict where the database does not take a row of the table."""
    try:
        yield
    except IntegrityError as error:
        raise _taken(table) from error


def _sound_rows(
    bundle: Opened,
    wanted: Mapping[str, str],
    known: Mapping[str, Table],
) -> Iterator[tuple[Table, JsonObject]]:
    """The rows to be written, each as its last entry recorded it."""
    for line in bundle.lines("rows.jsonl"):
        with place("rows.jsonl"):
            try:
                said = json.loads(line.decode())
                row, values = said["row"], said["values"]
                written = canonical(values).encode()
                same = b'{"row":%s,"values":%s}\n' % (canonical(row).encode(), written)
                sound = line == same and isinstance(row, str) and isinstance(values, dict)
            except (ValueError, TypeError, KeyError, RecursionError):
                sound = False
        if not sound:
            raise not_a_bundle("rows.jsonl")
        if row not in wanted:
            # A row that was here before: its last word came with an earlier bundle, and was
            # compared then.
            continue
        table = known.get(Subject.parse(row).kind)
        # The ledger's digest (`domain.ledger.digest`) of bytes that are there: half the time went into them.
        if table is None or hashlib.sha256(written).hexdigest() != wanted[row]:
            raise _not_recorded(row)
        stored = _stored(table, row, values)
        _require_named(table, stored, bundle)
        yield table, stored


def _require_named(table: Table, row: JsonObject, bundle: Opened) -> None:
    """An original that a row names stands in the manifest: nobody would miss it otherwise."""
    said, sha256 = bundle.manifest, row.get("sha256") if table.name == "scan_file" else ""
    if sha256 and sha256 not in said.destroyed and said.originals.get(sha256) != row["size"]:
        raise not_a_bundle("manifest.json")


def _not_recorded(row: str) -> Invalid:
    return Invalid(
        N_("The row %(row)s of the bundle is not what the station's ledger recorded."),
        code="row-changed",
        advice=N_("Nothing was taken in. Let the point check its ledger: examday ledger verify."),
        params={"row": row},
    )


def _stored(
    table: Table,
    row: str,
    values: JsonObject,
) -> JsonObject:
    """The values as the table takes them."""
    columns = digested(table)
    try:
        stored = {column.name: _value(column, values[column.name]) for column in columns}
    except (KeyError, ValueError, TypeError) as error:
        raise _not_recorded(row) from error
    sound = set(values) == set(stored) and f"{table.name}:{stored[_key(table).name]}" == row
    # A time must be written as the program writes it; all else stands as it came.
    if not sound or any(
        plain(stored[name]) != value for name, value in values.items() if stored[name] is not value
    ):
        raise _not_recorded(row)
    return stored


def _value(column: Column[Any], value: Any) -> object:
    if value is None:
        return None
    if isinstance(column.type, UTCDateTime):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(column.type, Date) else value


def _pieces(
    rows: Iterable[tuple[Table, JsonObject]],
) -> Iterator[tuple[Table, list[JsonObject]]]:
    """Rows of one table that follow each other, some at a time."""
    table: Table | None = None
    piece: list[JsonObject] = []
    for of, row in rows:
        if table is not None and (of is not table or len(piece) == PIECE):
            yield table, piece
            piece = []
        table = of
        piece.append(row)
    if table is not None:
        yield table, piece


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))


def _write(
    connection: Connection,
    table: Table,
    rows: list[JsonObject],
    site: str,
) -> None:
    key = _key(table)
    at = connection.execute(
        select(key, table.c.site).where(key.in_([row[key.name] for row in rows]))
    )
    there = {str(one): str(of) for one, of in at}
    if set(there.values()) - {site}:
        raise of_another(table.name, next(one for one, of in there.items() if of != site))
    new = [{**row, "site": site} for row in rows if row[key.name] not in there]
    old = [row for row in rows if row[key.name] in there]
    if old:
        names = [column.name for column in digested(table) if column is not key]
        _update(connection, table, old, names)
    if new:
        connection.execute(insert(table), new)


def _pointers(table: Table, rows: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """What the rows say of others of their table."""
    told = [_key(table).name, *_within(table)]
    for row in rows:
        if any(row[name] for name in told[1:]):
            yield {name: row[name] for name in told}


def _point(
    connection: Connection,
    table: Table,
    pointers: list[JsonObject],
    site: str,
) -> None:
    """Rows of one table may point at each other: the pointers are filled in when all are there."""
    for start in range(0, len(pointers), PIECE):
        piece = pointers[start : start + PIECE]
        with _fitting(table):
            _update(connection, table, piece, _within(table))
        _require_own(connection, table, piece, site)


def _require_own(
    connection: Connection,
    table: Table,
    rows: list[JsonObject],
    site: str,
) -> None:
    """Conflict where a row points at another point's: who looks at all points would see it there."""
    of_sites = {model.__tablename__ for model in models() if issubclass(model, OfSite)}
    for column in table.columns:
        for there in (key.column for key in column.foreign_keys):
            if there.table.name not in of_sites:
                continue
            told = {key for row in rows if (key := row.get(column.name)) is not None}
            # PostgreSQL hides the rows of other points: only those of this one can be asked for.
            own = select(there).where(there.in_(told), there.table.c.site == site)
            for key in told.difference(connection.scalars(own)):
                raise of_another(there.table.name, key)


def of_another(table: str, key: str) -> Conflict:
    """The refusal of a row that another point has here."""
    return Conflict(
        N_("The row %(row)s belongs to another point here."),
        code="other-points-row",
        advice=N_(
            "Nothing was taken in. A folder of one station was copied for another one: each begins in an "
            "empty folder."
        ),
        params={"row": f"{table}:{key}"},
    )


def _kept(connection: Connection, site: str) -> set[str]:
    """The works of the point that the centre keeps: nobody else writes them."""
    keeper = table_of(WorkKeeper)
    of = select(keeper.c.booklet_id).where(keeper.c.site == site, keeper.c.keeper == CENTRE)
    return set(connection.scalars(of))


def _require_free(
    table: Table,
    rows: Iterable[JsonObject],
    kept: set[str],
) -> None:
    column = "id" if table.name == "booklet" else "booklet_id"
    for row in rows:
        if row.get(column) in kept:
            raise Conflict(
                N_("The station has written the work %(work)s, which it had given to the centre."),
                code="kept-here",
                advice=N_(
                    "Nothing was taken in. Its program was changed, or a backup was brought back there. Keep the "
                    "file and call the point."
                ),
                params={"work": row[column]},
            )


def _taken(table: Table) -> Conflict:
    return Conflict(
        N_("A row of «%(table)s» does not fit beside what stands here for this point."),
        code="taken-place",
        advice=N_(
            "Nothing was taken in. Something of this point was entered at the centre: call the technical "
            "specialist, and keep the file."
        ),
        params={"table": table.name},
    )


def _keys(rows: Iterable[str]) -> dict[str, list[str]]:
    """The keys of rows by the name of their table, in order."""
    found: dict[str, list[str]] = {}
    for row in sorted(rows):
        table, key = Subject.parse(row)
        found.setdefault(table, []).append(key)
    return found


def _park(
    connection: Connection,
    table: Table,
    rows: list[str],
) -> None:
    """What two rows exchange is put aside first: no moment has the same place twice."""
    parked = _parked(table)
    for start in range(0, len(rows) if parked else 0, PIECE):
        here = _key(table).in_(rows[start : start + PIECE])
        there = enumerate(connection.scalars(select(_key(table)).where(here)), start)
        aside = [{_key(table).name: key, **_aside(parked, n)} for n, key in there]
        if aside:
            _update(connection, table, aside, parked)


def _aside(names: Iterable[str], number: int) -> dict[str, str]:
    # A spoiled kit stands in nobody's place.
    return {name: State.SPOILED if name == "state" else f"~{number:x}" for name in names}


def _update(
    connection: Connection,
    table: Table,
    rows: list[JsonObject],
    names: Iterable[str],
) -> None:
    key = _key(table)
    told = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    changed = update(table).where(key == bindparam("of_key")).values(told)
    connection.execute(
        changed,
        [{"of_key": row[key.name], **{f"new_{name}": row[name] for name in told}} for row in rows],
    )


def _within(table: Table) -> list[str]:
    columns = (c for c in table.columns if any(k.column.table is table for k in c.foreign_keys))
    return [column.name for column in columns]


def _parked(table: Table) -> list[str]:
    """A column of text of each thing that is unique in the table."""
    unique = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    unique += [list(index.columns) for index in table.indexes if index.unique]
    names = dict.fromkeys(
        name
        for columns in unique
        if (name := next((c.name for c in columns if _is_free_text(c)), None))
    )
    return [*names, *(["state"] if table.name == "booklet" else [])]


def _is_free_text(column: Column[Any]) -> bool:
    plain_text = not column.foreign_keys and column.name not in ("site", "kind")
    return (
        plain_text and column.type.python_type is str and not isinstance(column.type, UTCDateTime)
    )


def _remove(
    connection: Connection,
    known: Mapping[str, Table],
    gone: Mapping[str, list[str]],
    site: str,
    kept: set[str],
) -> None:
    """Those that point at others go first. Conflict where one is of a work that the centre keeps."""
    for table in reversed(list(known.values())):
        keys = gone.get(table.name, [])
        for start in range(0, len(keys), PIECE):
            these = (_key(table).in_(keys[start : start + PIECE]), table.c.site == site)
            there = connection.execute(select(table).where(*these)).mappings()
            _require_free(table, map(dict, there), kept)
            connection.execute(delete(table).where(*these))
