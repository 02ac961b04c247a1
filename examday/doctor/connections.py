"""What an installation is connected with: does it answer, let the program write, is it new enough,
and does its clock go with ours?
"""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from examday.doctor.findings import Finding, Level
from examday.domain.errors import CannotWrite, DomainError, StoreRefuses
from examday.domain.messages import N_
from examday.settings import Settings
from examday.storage.row_security import is_bound, wrong_tables

CLOCK_S = 5.0
"""Seconds that two clocks may differ: order and terms are told by them, and a bucket refuses a
request whose clock is a quarter of an hour off."""
OLDEST_POSTGRES = 14
"""The oldest that its makers still mend: an older one keeps its known holes for good."""
OLDEST_BROKER = 6
"""Redis 6.2 is the oldest that its makers still mend; Valkey begins at 7."""
NO_RIGHT = "42501"
"""PostgreSQL's SQLSTATE for what the account may not do: its words depend on the language of the
server."""
DATABASE_ADVICE = N_(
    "See that the server runs and that EXAMDAY_DATABASE_URL and its password are right; the account "
    "must own the database."
)
LATER = N_("Set both clocks by one time server (chrony, systemd-timesyncd).")
"""Entries and receipts carry both clocks: of two that disagree nobody can say which was right."""
NEWER = N_("Put in a newer version.")


def database_server(settings: Settings) -> Iterable[Finding]:
    """A database of its own server: version, right to write, clock. SQLite is looked at elsewhere."""
    from examday.storage.database import make_engine

    if settings.database_url.startswith("sqlite"):
        return
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            version = str(connection.scalar(text("SHOW server_version")))
            theirs = connection.scalar(text("SELECT clock_timestamp()"))
            ours = dt.datetime.now(dt.UTC)
            _try_to_write(connection)
            bound = is_bound(connection)
            open_to_all = _unguarded(connection)
    except DomainError as error:
        yield _refused("postgresql", error, DATABASE_ADVICE)
        return
    finally:
        engine.dispose()
    yield _versioned("postgresql", N_("PostgreSQL %(version)s"), version, OLDEST_POSTGRES)
    yield from _clock("postgresql", "PostgreSQL", theirs, ours)
    yield from _guards(open_to_all)
    if not bound:
        yield Finding(
            "postgresql",
            Level.OFF,
            N_(
                "The account of the database sees the rows of every point, whatever the program asks."
            ),
            N_(
                "Give the program an account of its own that owns the database and is no superuser."
            ),
        )


def _unguarded(connection: Connection) -> list[str] | None:
    """Tables that PostgreSQL does not guard between points as it should; None: nobody could look."""
    from examday.storage.database import form_of, newest_form

    if form_of(connection) != newest_form():
        return []  # an update makes the guards
    try:
        return wrong_tables(connection)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") == NO_RIGHT:
            return None
        raise
    finally:
        connection.rollback()


def _guards(tables: list[str] | None) -> Iterable[Finding]:
    if tables:
        yield Finding(
            "postgresql",
            Level.OFF,
            N_("The database does not hold back rows of other points in these tables: %(tables)s."),
            N_(
                "Somebody has changed the guards (policies) of the database. Restore a backup, or call "
                "the developers."
            ),
            {"tables": ", ".join(tables)},
        )
    if tables is None:
        yield Finding(
            "postgresql",
            Level.OFF,
            N_("Whether the database holds rows of other points back was not looked at."),
            N_("Give the account of the program the right TEMPORARY on the database."),
        )


def _try_to_write(connection: Connection) -> None:
    """CannotWrite where the account has no right to. Tables that are not made yet prove nothing."""
    try:
        # No row has this key: the right to delete is asked for all the same.
        connection.execute(text("DELETE FROM web_session WHERE key = ''"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") == NO_RIGHT:
            raise CannotWrite from error
    finally:
        connection.rollback()


def broker_server(settings: Settings) -> Iterable[Finding]:
    """A broker of its own server: version, right to write, whether it throws jobs away, clock."""
    import redis

    from examday.storage import broker

    if not settings.broker_url:
        return
    try:
        with broker.connect(settings.broker_url) as client:
            told = broker.describe(client)
    except (redis.RedisError, OSError) as error:
        yield Finding(
            "broker-server",
            Level.FAIL,
            N_("The broker does not take a job: %(error)s."),
            N_("See that the server runs, is no replica, and lets this account read and write."),
            {"error": type(error).__name__},
        )
        return
    yield _versioned("broker-server", N_("Broker %(version)s"), told.version, OLDEST_BROKER)
    if not told.keeps_all:
        yield Finding(
            "broker-server",
            Level.OFF,
            N_("The broker throws jobs away when its memory is full."),
            N_("Start it with --maxmemory-policy noeviction. Until then they are only sent again."),
        )
    yield from _clock("broker-server", "Redis", told.clock, dt.datetime.now(dt.UTC))


def objects(settings: Settings) -> Iterable[Finding]:
    """The bucket of scans, pictures and print-outs, and the keys that lie sealed in it."""
    from examday.storage.objects.opened import place_of
    from examday.storage.objects.trial import try_out

    place = place_of(settings)
    if place is None:
        return
    try:
        tried = try_out(place)
    except StoreRefuses as error:
        yield _refused(
            "objects",
            error,
            N_(
                "Give the key of EXAMDAY_OBJECTS_KEY the right to read, write, list and delete in this "
                "bucket; look at the secret, and at the clock of this computer."
            ),
        )
        return
    except DomainError as error:
        yield _refused(
            "objects",
            error,
            N_(
                "See that the server runs, that the bucket of EXAMDAY_OBJECTS_URL is there, and that "
                "EXAMDAY_OBJECTS_ENDPOINT is its address."
            ),
        )
        return
    yield Finding(
        "objects",
        Level.OK,
        N_("The bucket %(bucket)s can be written and read."),
        "",
        {"bucket": place.bucket},
    )
    yield from _habits(tried.refuses_a_second, tried.keeps_versions)
    yield from _clock("objects", "S3", tried.clock, dt.datetime.now(dt.UTC))
    yield from _keys(settings)


def _habits(refuses_a_second: bool, keeps_versions: bool) -> Iterable[Finding]:
    """What a bucket does that a region should know of."""
    if not refuses_a_second:
        yield Finding(
            "objects",
            Level.OFF,
            N_("The bucket writes over what lies there, although it is asked not to."),
            N_(
                "Nothing changes unseen, for names are digests. Start the first part alone, so that there is "
                "one set of keys."
            ),
        )
    if keeps_versions:
        yield Finding(
            "objects",
            Level.OFF,
            N_("The bucket keeps older versions: what an act of destruction removes stays there."),
            N_("Switch versions off, or let older ones be deleted after a day."),
        )


def _keys(settings: Settings) -> Iterable[Finding]:
    from examday.storage.objects import shared_keys

    try:
        shared_keys.bring(settings)
    except DomainError as error:
        yield _refused("keys", error, error.advice)
    else:
        yield Finding("keys", Level.OK, N_("The keys of the installation open."))


def _refused(part: str, error: DomainError, advice: str) -> Finding:
    return Finding(
        part,
        Level.FAIL,
        error.message,
        advice,
        dict(error.params),
    )


def _versioned(
    part: str,
    message: str,
    version: str,
    oldest: int,
) -> Finding:
    """The version of a server, against the oldest that will do."""
    number = version.partition(".")[0].split()[0]
    old = number.isdigit() and int(number) < oldest
    return Finding(
        part,
        Level.FAIL if old else Level.OK,
        message,
        NEWER if old else "",
        {"version": version},
    )


def _clock(
    part: str,
    what: str,
    theirs: dt.datetime,
    ours: dt.datetime,
) -> Iterable[Finding]:
    """A finding where two clocks differ too much."""
    off = (theirs - ours).total_seconds()
    if abs(off) > CLOCK_S:
        yield Finding(
            part,
            Level.OFF,
            N_(
                "The clock of the server (%(what)s) differs from that of this computer by %(seconds)s s."
            ),
            LATER,
            {"what": what, "seconds": round(off)},
        )
