"""Engines and migrations: SQLite (WAL, FULL, BEGIN IMMEDIATE) on a laptop, PostgreSQL in a region."""

import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError, TimeoutError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from examday.domain.errors import Busy
from examday.storage.row_security import SETTING
from examday.storage.troubles import translate

if TYPE_CHECKING:
    from alembic.config import Config


PATIENCE_S = 20.0
"""How long a writer waits for its turn before the person is told that it is busy: longer, and
people press again."""
REST_S = 1.0
"""A connection that was in use within this time is not tried first: of a busy writer that is one
trip to the server in seven. Where the server was started anew meanwhile, its step is refused as one
that was under way is."""


class Connections(QueuePool):
    """The connections of a process. Raises Busy where all are lent out for longer than its patience:
    where many wait for one work, that many connections wait with them.
    """

    def connect(self) -> PoolProxiedConnection:
        """Lend out a connection."""
        try:
            return super().connect()
        except TimeoutError as error:
            raise Busy() from error


def make_engine(url: str) -> Engine:
    """An engine with the promises of this project: a committed row survives power loss, writers
    queue up, and what the database cannot do now is said in our own words (`troubles`).
    """
    engine = _sqlite(url) if url.startswith("sqlite") else create_engine(url, poolclass=Connections)
    translate(engine)
    if not url.startswith("sqlite"):
        _ask_after_rest(engine)

        @event.listens_for(engine, "connect")
        def _patience(connection: Any, _record: Any) -> None:
            # A lock that nobody gives back must not hold a page for ever.
            connection.execute(f"SET lock_timeout = {int(PATIENCE_S * 1000)}")
            # Of the installation until a session says of which site it is: left over from the one
            # before, it could be another's.
            connection.execute(f"SET {SETTING} = ''")
            connection.commit()

    return engine


def _ask_after_rest(engine: Engine) -> None:
    """Try a connection that has rested in the pool before it is used again.

    A server that was started anew has left dead ones there.
    """

    @event.listens_for(engine, "checkin")
    def _back(_connection: Any, record: Any) -> None:
        record.info["back"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _try(connection: Any, record: Any, _fairy: Any) -> None:
        if time.monotonic() - record.info.get("back", time.monotonic()) < REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError() from error


def _sqlite(url: str) -> Engine:
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    # The pool lends a connection to one thread at a time; SQLite's own check would forbid even
    # that.
    options = {"timeout": PATIENCE_S, "check_same_thread": False}
    engine = create_engine(url, connect_args=options, poolclass=Connections)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = (
            None  # SQLAlchemy would otherwise begin deferred transactions behind our back
        )
        patience = int(PATIENCE_S * 1000)
        for pragma in (
            f"busy_timeout={patience}",
            # Readers go on while somebody writes.
            "journal_mode=WAL",
            # WAL alone may lose the last commits at a power cut, and a signature must not vanish.
            "synchronous=FULL",
            # SQLite ignores them unless asked.
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    _stand_in_line(engine)
    return engine


def _stand_in_line(engine: Engine) -> None:
    """Begin writers with BEGIN IMMEDIATE, one at a time.

    SQLite lets waiting writers look again now and then, and who comes last may win each time: in
    one process they stand in line, so that only one of them competes with the other processes. A
    line that does not move is no reason to refuse: the database itself has the last word.
    """
    writers = threading.Lock()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # Readers do not stand in line: pages must open while a scan is written.
        if connection.get_execution_options().get("read_only"):
            connection.exec_driver_sql("BEGIN DEFERRED")
            return
        # Without the turn the writer still tries: see the last sentence above.
        if writers.acquire(timeout=PATIENCE_S):
            connection.info["turn"] = True
        try:
            # A deferred transaction that reads first fails with SQLITE_BUSY whatever the timeout.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            _give_way(connection.info)
            raise

    def _give_way(info: Any) -> None:
        if info.pop("turn", False):
            writers.release()

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def _done(connection: Any) -> None:
        _give_way(connection.info)

    # A connection may come back without commit or rollback, for example after a cut-off request.
    @event.listens_for(engine, "checkin")
    def _back(_connection: Any, record: Any) -> None:
        _give_way(record.info)


def alembic_config(url: str) -> "Config":
    """The migrations of this project for `url`."""
    from alembic.config import Config  # not loaded above: half a second that only a migration needs

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def form_of(connection: Connection) -> str | None:
    """The form that the database has; None: none of ours."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_form() -> str | None:
    """The form that this program makes (`migrate`)."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def migrate(url: str) -> None:
    """Bring the database to the newest form; harmless when it is there already."""
    from alembic import command

    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(
            mode=0o700,
            parents=True,
            exist_ok=True,
        )
        path.touch(mode=0o600)  # SQLite gives the two files beside it the same mode
    command.upgrade(alembic_config(url), "head")
