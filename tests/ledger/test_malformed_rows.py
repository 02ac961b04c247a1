"""Whatever stands in the database, the check goes to its end and names it: any value, any table,
broken locks."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from examday.cli import main
from examday.domain.people.roles import Actor, Role
from examday.services.ledger import audit, checkpoints
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.base import models, recorded_models
from examday.storage.tables import Person, PersonRole
from tests.signed import verified_work

Names = set[tuple[str, str]]
MALFORMED = {
    "a date that no calendar has": "2026-13-99",
    "text that is no UTF-8": b"\xff\xfe\x00",
    "half of a surrogate pair": '"\\ud800"',
    "the largest number": 2**63 - 1,
    "infinity": float("inf"),
    "nothing but brackets": "[" * 100_000,
    "broken JSON": '{"a": ',
    "an empty text": "",
}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """The folder of a station with a row in most tables, and with a checkpoint; made once."""
    settings = Settings.from_env({}, data=tmp_path_factory.mktemp("pattern"), argon2_cost=1)
    settings.make_folders()
    shutil.copy(migrated, settings.var / "examday.sqlite")
    store = Store(settings)
    verified_work(store, make_person)
    with store.begin(Actor("h", frozenset({Role.SITE_HEAD}))) as uow:
        checkpoints.checkpoint_now(uow)
    store.close()
    with sqlite3.connect(settings.var / "examday.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return settings.data


def make_person(store: Store, login: str, *roles: Role) -> Person:
    """An account that nobody logs in with."""
    with store.begin(Actor.system("test")) as uow:
        person = uow.add(
            Person(login=login, name=login.capitalize(), password_hash="-", pin_hash="-")
        )
        uow.session.flush()
        person.roles.extend(PersonRole(person_id=person.id, role=role.value) for role in roles)
        uow.record("person:add", f"person:{person.id}")
    return person


@pytest.fixture
def busy(pattern: Path, tmp_path: Path) -> Iterator[Store]:
    """That station in a folder of its own."""
    shutil.copytree(pattern, tmp_path / "station")
    made = Store(Settings.from_env({}, data=tmp_path / "station", argon2_cost=1))
    yield made
    made.close()


@pytest.fixture
def raw(busy: Store) -> sqlite3.Connection:
    """The file in the hands of somebody who has taken all locks off."""
    connection = sqlite3.connect(busy.settings.var / "examday.sqlite", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection


def named(store: Store) -> Names:
    return {(f.code, f.detail) for f in audit.verify(store).faults if f.code != "unsealed"}


def damage(raw: sqlite3.Connection, table: Any, value: Any) -> bool:
    """Put `value` into every column but the key that takes it, in the first row; False when the
    table has no row."""
    first = raw.execute(f"SELECT rowid FROM {table.name} LIMIT 1").fetchone()
    if first is None:
        return False
    changed = 0
    for column in table.columns:
        if not column.primary_key:
            try:
                changed += raw.execute(
                    f'UPDATE {table.name} SET "{column.name}" = ? WHERE rowid = ?'
                    f' AND "{column.name}" IS NOT ?',
                    (value, first[0], value),
                ).rowcount
            except (sqlite3.IntegrityError, OverflowError):
                continue  # this column cannot hold it
    return changed > 0


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_row_of_every_table_is_named_and_the_check_goes_on(
    busy: Store, raw: sqlite3.Connection, what: str
) -> None:
    damaged = {
        m.__tablename__ for m in recorded_models() if damage(raw, m.__table__, MALFORMED[what])
    }
    assert {"exam", "person", "booklet", "reading", "page", "candidate", "assignment"} <= damaged
    wrong = {
        detail.partition(":")[0]
        for code, detail in named(busy)
        if code in ("row-changed", "row-unreadable")
    }
    assert wrong == damaged


@pytest.mark.parametrize("model", recorded_models(), ids=lambda model: model.__tablename__)
def test_a_row_of_nonsense_put_into_any_table_is_named(
    busy: Store, raw: sqlite3.Connection, model: Any
) -> None:
    columns = [f'"{column.name}"' for column in model.__table__.columns]
    raw.execute(
        f"INSERT INTO {model.__tablename__} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [f"x{number}" for number, _name in enumerate(columns)],
    )
    raw.execute("UPDATE candidate SET surname = 'Другой' WHERE surname NOT LIKE 'x%'")
    found = named(busy)
    assert any(
        code == "row-unknown" and detail.startswith(model.__tablename__ + ":")
        for code, detail in found
    )
    assert any(code == "row-changed" and detail.startswith("candidate:") for code, detail in found)


@pytest.mark.parametrize(
    "column", ["at", "kind", "actor", "subject", "data", "rows", "prev", "hash"]
)
def test_a_malformed_entry_is_named_and_a_row_elsewhere_too(
    busy: Store, raw: sqlite3.Connection, column: str
) -> None:
    raw.execute("UPDATE candidate SET surname = 'Другой'")
    for value in MALFORMED.values():
        raw.execute(f"UPDATE event SET {column} = ? WHERE seq = 2", (value,))
        report = audit.verify(busy)
        assert any(
            f.seq == 2 and f.code in ("unreadable", "hash", "link") for f in report.faults
        ), value
        assert any(
            f.code == "row-changed" and f.detail.startswith("candidate:") for f in report.faults
        ), value


@pytest.mark.parametrize("column", ["seq", "root", "code", "signature", "purpose", "at"])
def test_a_malformed_checkpoint_is_named(busy: Store, raw: sqlite3.Connection, column: str) -> None:
    for value in MALFORMED.values():
        raw.execute(f"UPDATE checkpoint SET {column} = ?", (value,))
        found = {f.code for f in audit.verify(busy).faults}
        assert {"signature", "checkpoint-missing"} & found, value


def test_a_removed_checkpoint_is_missed_without_any_paper(
    busy: Store, raw: sqlite3.Connection
) -> None:
    raw.execute("DELETE FROM checkpoint")
    assert {code for code, _ in named(busy)} == {"checkpoint-missing"}


def test_a_checkpoint_made_by_the_schedule_is_missed_too(store: Store) -> None:
    with store.begin(Actor.system("test")) as uow:
        for _ in range(checkpoints.EVERY):
            uow.record("test:entry", "day:test")
    checkpoints.keep_checkpoints(store)
    assert audit.verify(store).ok
    with sqlite3.connect(store.settings.var / "examday.sqlite") as raw:
        raw.execute("DROP TRIGGER checkpoint_no_delete")
        raw.execute("DELETE FROM checkpoint")
    assert "checkpoint-missing" in {code for code, _ in named(store)}


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__tablename__)
def test_a_table_that_is_gone_is_named_and_the_others_are_read(
    busy: Store, raw: sqlite3.Connection, model: Any
) -> None:
    if not model.ledgered and model.__tablename__ not in ("event", "checkpoint"):
        raw.execute(f"ALTER TABLE {model.__tablename__} RENAME TO kept")
        assert named(busy) <= {
            ("table-broken", model.__tablename__)
        }  # nothing that has to be proven lay there
        return
    raw.execute(f"ALTER TABLE {model.__tablename__} RENAME TO kept")
    if model.__tablename__ != "person":
        raw.execute("UPDATE person SET name = 'Другой' WHERE login = 'member'")
    found = named(busy)
    assert ("table-broken", model.__tablename__) in found
    if model.__tablename__ not in ("person", "event"):
        assert "person" in {
            detail.partition(":")[0] for code, detail in found if code == "row-changed"
        }


def test_a_view_in_the_place_of_a_table_is_named(busy: Store, raw: sqlite3.Connection) -> None:
    raw.execute("ALTER TABLE candidate RENAME TO kept")
    raw.execute("CREATE VIEW candidate AS SELECT * FROM kept")
    assert named(busy) == {("table-broken", "candidate")}


@pytest.mark.parametrize("table", ["candidate", "room", "seat", "event"])
def test_a_file_with_a_broken_page_is_named(
    busy: Store, raw: sqlite3.Connection, table: str
) -> None:
    # refused: its place is told by room and seat
    raw.execute("UPDATE booklet SET state = 'certified'")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    busy.close()
    path = Path(busy.settings.var / "examday.sqlite")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xaa" * size)
    again = Store(busy.settings)
    assert ("table-broken", table) in named(again)
    again.close()


def locks(store: Store) -> set[str]:
    return {f.detail for f in audit.verify(store).faults if f.code == "unsealed"}


@pytest.mark.parametrize(
    "statements",
    [
        (
            "DROP TRIGGER signoff_no_update",
            "CREATE TRIGGER signoff_no_update BEFORE UPDATE ON signoff BEGIN SELECT 1; END",
        ),
        (
            "DROP TRIGGER signoff_no_update",
            "CREATE TRIGGER signoff_no_update BEFORE UPDATE ON signoff WHEN 0 "
            "BEGIN SELECT RAISE(ABORT, 'signoff is insert-only'); END",
        ),
        (
            "DROP TRIGGER signoff_no_update",
            "CREATE TRIGGER signoff_no_update BEFORE UPDATE ON outbox "
            "BEGIN SELECT RAISE(ABORT, 'signoff is insert-only'); END",
        ),
        ("CREATE TRIGGER helper AFTER INSERT ON reading BEGIN DELETE FROM draft; END",),
    ],
)
def test_a_lock_that_locks_nothing_is_named(store: Store, statements: tuple[str, ...]) -> None:
    assert locks(store) == set()
    with sqlite3.connect(store.settings.var / "examday.sqlite") as raw:
        for statement in statements:
            raw.execute(statement)
    assert locks(store) == {"helper" if "helper" in statements[0] else "signoff_no_update"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statements", "name"),
    [
        (
            (
                "CREATE OR REPLACE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            ),
            "signoff_insert_only",
        ),
        (("ALTER TABLE signoff DISABLE TRIGGER signoff_insert_only",), "signoff_insert_only"),
        (
            ("ALTER TABLE signoff ENABLE REPLICA TRIGGER signoff_insert_only",),
            "signoff_insert_only",
        ),
        (("DROP TRIGGER signoff_no_truncate ON signoff",), "signoff_no_truncate"),
        (("CREATE RULE quiet AS ON DELETE TO reading DO INSTEAD NOTHING",), "reading.quiet"),
    ],
)
def test_a_lock_that_locks_nothing_is_named_in_the_region_too(
    each_store: Store, statements: tuple[str, ...], name: str
) -> None:
    if each_store.engine.dialect.name == "sqlite":
        return  # held by the test before this one
    assert locks(each_store) == set()
    with each_store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    assert name in locks(each_store)


TRICKS = (
    "\x1b[2J\x1b[32mAll is true.",
    "\r\nAll is true.",
    "\x9b2J",
    "\u202eeurt",
    "\u2028",
    "\u200b",
)
"""Text that clears a screen, starts a line of its own, or hides and turns around other text: shown
raw, it would forge a report."""


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_nothing_in_the_database_reaches_the_screen_raw(
    busy: Store,
    raw: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    form: tuple[str, ...],
    language: str,
) -> None:
    monkeypatch.setenv("EXAMDAY_LANGUAGE", language)
    monkeypatch.delenv("EXAMDAY_DATABASE_URL", raising=False)
    columns = [f'"{column.name}"' for column in Person.__table__.columns]
    for number, trick in enumerate(TRICKS):
        raw.execute(
            f"INSERT INTO person ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [trick if name == '"id"' else f"x{number}" for name in columns],
        )
    raw.execute("UPDATE checkpoint SET code = ?", ("".join(TRICKS),))
    raw.execute("UPDATE room SET number = ?", ("".join(TRICKS),))
    raw.execute("UPDATE booklet SET state = 'certified'")
    done = CliRunner().invoke(
        main, ["ledger", "verify", *form, "--data", str(busy.settings.data)], color=True
    )
    assert done.exit_code == 1, done.output
    assert "person:" in done.output and "booklet:" in done.output
    assert all(sign.isprintable() or sign == "\n" for sign in done.output)
    assert "\nAll is true" not in done.output
