"""The rows of a backup: one SQLite file, whatever keeps the records of the station."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import make_engine, migrate
from examday.storage.durable import put_in_place
from examday.storage.rows import copy_rows, holds_rows, is_newest
from examday.storage.troubles import in_our_words

Answer = TypeVar("Answer")


def _own_file(settings: Settings) -> Path | None:
    """The file of a database that is one; None for PostgreSQL."""
    url = settings.database_url
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def in_use(settings: Settings) -> bool:
    """Whether there is a database already; one without a row is none."""
    file = _own_file(settings)
    if file is not None:
        return file.exists()
    return _with_engine(settings.database_url, holds_rows)


def _with_engine(url: str, ask: Callable[[Engine], Answer]) -> Answer:
    engine = make_engine(url)
    try:
        return ask(engine)
    finally:
        engine.dispose()


def save(store: Store, target: Path) -> None:
    """Put the database into one file, as it stands at one moment.

    Conflict when it has the form of an earlier version of the program.
    """
    source = _own_file(store.settings)
    if source is not None:
        _copy_database(source, target)
        return
    if not is_newest(store.engine):
        raise Conflict(
            N_("The database has the form of an earlier version of the program."),
            code="old-form",
            advice=N_("Run `examday migrate` first. Nothing was changed."),
        )
    url = f"sqlite:///{target}"
    migrate(url)
    _with_engine(url, lambda engine: copy_rows(store.engine, engine))
    _as_one_file(target)


def bring_back(saved: Path, settings: Settings) -> None:
    """Make the database of a backup that of the station; it may be of an earlier version."""
    target = _own_file(settings)
    partial = (target or settings.var / "restored.sqlite").with_suffix(".part")
    shutil.copyfile(saved, partial)
    if target is not None:
        put_in_place(partial, target)
        migrate(settings.database_url)
        return
    try:
        url = f"sqlite:///{partial}"
        migrate(url)
        migrate(settings.database_url)

        def fill(there: Engine) -> None:
            _with_engine(url, lambda here: copy_rows(here, there))

        _with_engine(settings.database_url, fill)
    finally:
        for left in partial.parent.glob(f"{partial.name}*"):
            left.unlink()


def _copy_database(source: Path, target: Path) -> None:
    with (
        in_our_words(),
        closing(sqlite3.connect(source)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there, pages=2000, sleep=0.01)  # in small steps, so that writers get their turn
    _as_one_file(target)


def _as_one_file(database: Path) -> None:
    """A backup that is copied without its -wal file would lack the last commits."""
    with in_our_words(), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
