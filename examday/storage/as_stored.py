"""Reads rows as they lie in the database, whatever stands in them: a check must survive what it
looks for.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, Date, Float, Table, bindparam, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from examday.domain.errors import DiskTrouble
from examday.domain.ledger import canonical
from examday.storage.base import UTCDateTime, plain

BLOCK = 2000
"""Rows fetched at once: a ledger of a million entries must not stand in memory."""


@dataclass(frozen=True)
class StoredRow:
    """One row.

    `values`: column → plain JSON value. `unreadable`: columns that hold what the program never
    writes (malformed date, foreign type, broken text); they have no entry in `values`.
    """

    key: str
    values: dict[str, Any]
    """Without its site, which belongs to no digest: a station does not know under what name the
    centre keeps it."""
    unreadable: tuple[str, ...]
    """Columns whose content is none of their type; a verifier must survive them."""
    site: str = ""
    """The site, of rows that tables keep by site: it belongs to no digest, and has to be compared
    all the same."""
    chain: str = ""
    """The station that it came in from: of two rows with one key it tells which is meant."""


class TableBroken(Exception):
    """A table could not be read to its end: it is gone, lacks columns, or its pages are damaged."""


def stored_rows(
    connection: Connection,
    table: Table,
    order: str = "",
    beyond: int = 0,
    only: Mapping[str, str | Sequence[str]] = MappingProxyType({}),
) -> Iterator[StoredRow]:
    """Every row of `table`, streamed; sorted by the column `order` when one is given, and `only`
    those with these values (site, chain; several of one column as a list).

    `beyond`: of a sorted table those rows alone whose number is larger.

    Raises `TableBroken` as soon as the database itself cannot go on; rows given before are good.
    """
    # Both, because SQLite stops at text that is no UTF-8, and PostgreSQL at its first error.
    with _any_text(connection), _own_savepoint(connection):
        try:
            for row in _select(connection, table, order, beyond, only):
                yield _stored(connection, table, tuple(row))
        except (SQLAlchemyError, DiskTrouble, ValueError, OverflowError) as error:
            # A busy or lost database says nothing about the table: that goes on to the caller.
            raise TableBroken(table.name) from error


def _select(
    connection: Connection,
    table: Table,
    order: str,
    beyond: int,
    only: Mapping[str, str | Sequence[str]],
) -> Any:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    sorting = f" ORDER BY {quote(order)}" if order else ""
    several = [name for name, wanted in only.items() if not isinstance(wanted, str)]
    tests = [f"{quote(name)} {'IN' if name in several else '='} :{name}" for name in only]
    tests += [f"{quote(order)} > :beyond"] if beyond else []
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    # The names come from our own models, never from outside.
    statement = text(f"SELECT {columns} FROM {quote(table.name)}{where}{sorting}")  # noqa: S608
    statement = statement.bindparams(*(bindparam(name, expanding=True) for name in several))
    values = {**only, **({"beyond": beyond} if beyond else {})}
    return connection.execute(statement, values, execution_options={"yield_per": BLOCK})


def _stored(connection: Connection, table: Table, row: tuple[Any, ...]) -> StoredRow:
    values: dict[str, Any] = {}
    unreadable: list[str] = []
    for column, raw in zip(table.columns, row, strict=True):
        try:
            values[column.name] = _meaning(connection, column.type, raw)
        # Whatever a converter raises at a value that the program never writes: the row counts as
        # unreadable and the check goes on.
        except Exception:
            unreadable.append(column.name)
    keys = [str(values.get(column.name, "?")) for column in table.primary_key]
    site, chain = (str(values.pop(name, "")) for name in ("site", "chain"))
    # The first keys of an entry are site and chain: "" at a station, and then not said.
    key = "/".join(part for part in keys if part)
    return StoredRow(f"{table.name}:{key}", values, tuple(unreadable), site, chain)


def _meaning(connection: Connection, kind: Any, raw: Any) -> Any:
    """The value that the program would see, or an exception where it would stumble or be deceived."""
    # SQLite stores any number in a column of truth values, and the program would read 2 as true.
    if isinstance(kind, Boolean) and raw not in (None, 0, 1):
        raise ValueError("neither true nor false")
    # Both drivers give fractions as they are; PostgreSQL's converter refuses one whose column type it
    # is not told, and every finding of a commission would be called unreadable.
    process = (
        None
        if isinstance(kind, Float)
        else kind.dialect_impl(connection.dialect).result_processor(connection.dialect, None)
    )
    value = plain(process(raw) if process else raw)
    # Another spelling of the same time has the same meaning and another digest: it was not written
    # here.
    if isinstance(kind, Date | UTCDateTime) and isinstance(raw, str) and value != raw:
        raise ValueError("not in the form in which the program writes times")
    # Half of a surrogate pair has no bytes: it fails here and not in the middle of a bundle.
    canonical(value).encode()
    return value


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """SQLite hands out text that is no UTF-8 instead of stopping; its value is then unreadable."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = (
        driver.text_factory,
        lambda raw: raw.decode("utf-8", "surrogateescape"),
    )
    try:
        yield
    finally:
        driver.text_factory = before


@contextmanager
def _own_savepoint(connection: Connection) -> Iterator[None]:
    """PostgreSQL ends a transaction at its first error; a savepoint lets the check go on."""
    if connection.dialect.name == "sqlite":
        yield
        return
    with connection.begin_nested():
        yield
