"""Rows of one database are put into another, of the same form and of either kind."""

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    bindparam,
    insert,
    inspect,
    select,
    update,
)

from examday.storage.base import Base, models
from examday.storage.database import form_of, newest_form

PIECE = 2000
"""Rows in memory at a time: the largest hold readings of some ten thousand characters."""


def tables() -> list[Table]:
    """All tables of the newest form, those that others point at first."""
    models()  # all of them: a command has loaded only the tables it uses
    return list(Base.metadata.sorted_tables)


def holds_rows(engine: Engine) -> bool:
    """Whether any table of ours, of whatever form, has a row."""
    with engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        return any(
            connection.execute(select(1).select_from(table).limit(1)).first() is not None
            for table in tables()
            if table.name in there
        )


def is_newest(engine: Engine) -> bool:
    """Whether the database has the form that `copy_rows` knows."""
    with engine.connect() as connection:
        return form_of(connection) == newest_form()


def copy_rows(source: Engine, target: Engine) -> None:
    """Put all rows of `source`, as they stand at one moment, into the empty `target`.

    Both have the newest form. All or nothing: the target is committed at the end.
    """
    reader = source.execution_options(read_only=True)
    if source.dialect.name == "postgresql":
        # One picture of all tables, while others go on working: rows that belong together must fit.
        reader = source.execution_options(isolation_level="REPEATABLE READ")
    with reader.connect() as here, target.begin() as there:
        for table in tables():
            _copy(table, here, there)
        here.rollback()


def _copy(table: Table, here: Connection, there: Connection) -> None:
    pointers = _within(table)
    empty = dict.fromkeys(column.name for column in pointers)
    rows = here.execution_options(yield_per=PIECE).execute(select(table))
    for piece in rows.mappings().partitions():
        there.execute(insert(table), [{**row, **empty} for row in piece])
    for column in pointers:
        _point(column, here, there)


def _within(table: Table) -> list[Column[Any]]:
    """Columns by which a row points at another of the same table.

    An envelope is older than the packet it lies in, so rows come before those they point at: such
    a column is filled in when all rows are there.
    """
    return [
        column
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def _point(column: Column[Any], here: Connection, there: Connection) -> None:
    table = column.table
    pointing = select(table.c.id.label("row"), column.label("at")).where(column.is_not(None))
    filled = update(table).where(table.c.id == bindparam("row")).values({column: bindparam("at")})
    rows = here.execution_options(yield_per=PIECE).execute(pointing)
    for piece in rows.mappings().partitions():
        there.execute(filled, [dict(row) for row in piece])
