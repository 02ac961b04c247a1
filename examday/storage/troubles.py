"""What the database says when it cannot work, in the words of the program: one tree of errors
(`Unavailable`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from examday.domain.errors import (
    Busy,
    CannotWrite,
    DiskTrouble,
    DomainError,
    NoRoom,
    Unavailable,
    Unreachable,
)

SQLITE: tuple[tuple[str, type[Unavailable]], ...] = (
    ("SQLITE_BUSY", Busy),
    ("SQLITE_LOCKED", Busy),
    ("SQLITE_FULL", NoRoom),
    ("SQLITE_READONLY", CannotWrite),
    ("SQLITE_IOERR", DiskTrouble),
    ("SQLITE_CANTOPEN", DiskTrouble),
    ("SQLITE_CORRUPT", DiskTrouble),
    ("SQLITE_NOTADB", DiskTrouble),
    # The race for the lock of the WAL was lost too often.
    ("SQLITE_PROTOCOL", Busy),
)
"""Beginnings of SQLite's names for its errors: extended codes add a second word."""
POSTGRES: tuple[tuple[str, type[DomainError]], ...] = (
    ("40", Busy),
    ("55P03", Busy),
    ("57014", Busy),
    ("53100", NoRoom),
    # After 53100: the narrower beginning has to come first.
    ("53", Busy),
    ("25006", CannotWrite),
    ("58", DiskTrouble),
    ("57P", Unreachable),
    ("08", Unreachable),
    ("XX001", DiskTrouble),
    ("XX002", DiskTrouble),
)
"""Beginnings of SQLSTATE: the server's sentences depend on its language. Each class needs another
act of people."""


def explain(error: BaseException | None, lost: bool = False) -> DomainError | None:
    """The error of a driver in our words.

    None when it is a fault of the program (no such table) or a broken rule of the data (a unique
    place is taken), which are said elsewhere. `lost`: the connection is gone.
    """
    # Names and codes and not sentences: those change with version and language of the server.
    name, state = (
        str(getattr(error, "sqlite_errorname", "")),
        str(getattr(error, "sqlstate", None) or ""),
    )
    for start, kind in SQLITE:
        if name.startswith(start):
            return kind()
    for begin, told in POSTGRES:
        if state.startswith(begin):
            return told()
    if lost or (
        type(error).__module__.startswith("psycopg") and type(error).__name__ == "OperationalError"
    ):
        return Unreachable()
    return None


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise our errors in place of SQLite's where a file is opened without an engine."""
    try:
        yield
    except sqlite3.Error as error:
        told = explain(error)
        if told is None:
            raise
        raise told from error


def translate(engine: Engine) -> None:
    """Let the engine raise our errors in place of the driver's, wherever it is used."""

    @event.listens_for(engine, "handle_error")
    def _told(context: ExceptionContext) -> Any:
        return explain(context.original_exception, context.is_disconnect)
