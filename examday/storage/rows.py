"""Rows of one database are put into another, of the same form and of either kind."""

from sqlalchemy import Connection, Engine, Table, insert, inspect, select

from examday.storage.base import Base, models
from examday.storage.database import form_of, newest_form

PIECE = 2000
"""Rows in memory at a time: the largest hold readings of some ten thousand characters."""


def tables() -> list[Table]:
    """All tables of the newest form, those that others point at first."""
    models()  # a command has loaded only the tables it uses
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
        # One picture of all tables, while others go on working.
        reader = source.execution_options(isolation_level="REPEATABLE READ")
    with reader.connect() as here, target.begin() as there:
        for table in tables():
            _copy(table, here, there)
        here.rollback()


def _copy(table: Table, here: Connection, there: Connection) -> None:
    rows = here.execution_options(yield_per=PIECE).execute(select(table))
    for piece in rows.mappings().partitions():
        there.execute(insert(table), [dict(row) for row in piece])
