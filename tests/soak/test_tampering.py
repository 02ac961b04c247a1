"""Random edits behind the program's back, on every recorded table and on the originals."""

import datetime as dt
import json
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from examday.domain.events import Event
from examday.domain.ledger import Entry, canonical, checkpoint_code
from examday.domain.people.roles import Actor
from examday.services.ledger import audit, checkpoints
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.base import recorded_models
from examday.storage.database import migrate
from examday.storage.objects.folder import Folder
from tests.conftest import Clock
from tests.ledger.test_ledger_tampering import WAYS as CHAIN_WAYS
from tests.ledger.test_ledger_tampering import chain, noticed, tamper
from tests.ledger.test_midday import unpack
from tests.ledger.test_page_costs import NOW

TABLES = sorted({model.__tablename__ for model in recorded_models()} | {"event"})
"""Checkpoints are cut off and left out by `_rewrite`; the id of their row says nothing and is signed by nobody."""
WAYS = ("cell", "cell", "cell", "delete", "twice", "swap", "tail", "anew", "stolen key")
STATED = ("at", "kind", "actor", "subject", "data")
"""What an entry says: each of these is changed in turn, and each must be found."""


@pytest.fixture
def day(tmp_path: Path) -> Iterator[tuple[Store, str, Path]]:
    """A day in use, left by an earlier program, its code on paper, and the file as it was."""
    settings = Settings.from_env({}, data=unpack(tmp_path, "data"), argon2_cost=1, reserve_mb=20)
    migrate(settings.database_url)
    store = Store(settings, Clock(NOW))
    with store.begin(Actor.system("test")) as uow:
        made = checkpoints.checkpoint(uow, "by-hand")
        # Named by an entry, as every checkpoint of the program is: one that is removed is missed.
        uow.record(Event.LEDGER_CHECKPOINT, f"checkpoint:{made.seq}", code=made.code)
    report = audit.verify(store, scans=True)
    assert report.ok
    path = Path(store.settings.database_url.removeprefix("sqlite:///"))
    store.close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.execute("PRAGMA journal_mode=DELETE")
    yield store, report.code, path
    store.close()


def test_every_edit_of_the_database_is_named(
    day: tuple[Store, str, Path], dice: random.Random, seconds: float
) -> None:
    store, code, path = day
    before = path.read_bytes()
    end, tried = time.monotonic() + seconds, Counter[str]()
    while not tried or time.monotonic() < end:
        path.write_bytes(before)
        how = dice.choice(WAYS)
        with closing(sqlite3.connect(path)) as thief:
            what = edit(thief, how, dice, store.settings.keys)
            thief.commit()
        if not what:
            continue
        faults = audit.verify(store, code).faults
        store.close()
        _forget_wal(path)
        assert [f for f in faults if f.code != "unsealed"], f"{how}: {what} was not noticed"
        assert not [f for f in faults if f.code == "unsealed"], "the locks are as they were"
        if how in ("cell", "delete", "swap") and what.split(":")[0] not in ("event", "checkpoint"):
            named = [f.detail for f in faults if f.detail.startswith(what.split(":")[0])]
            assert named, f"{how}: {what} is not named: {faults[:3]}"
        tried[how] += 1
    path.write_bytes(before)
    assert audit.verify(store, code, scans=True).ok
    print(f"\n{sum(tried.values())} edits, all named: {dict(tried)}")


def _forget_wal(path: Path) -> None:
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def edit(thief: sqlite3.Connection, how: str, dice: random.Random, keys: Path) -> str:
    """One edit with the locks taken off and put back as they were; table and row, "" for none."""
    locks = thief.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in locks:
        thief.execute(f"DROP TRIGGER {name}")
    table = dice.choice(TABLES)
    rows = thief.execute(f"SELECT rowid, * FROM {table}").fetchall()
    if how == "stolen key":
        what = _with_the_key(thief, keys, dice)
    else:
        what = _do(thief, how, table, rows, dice) if rows or how in ("tail", "anew") else ""
    for _name, sql in locks:
        thief.execute(sql)
    return what


def _do(
    thief: sqlite3.Connection, how: str, table: str, rows: list[Any], dice: random.Random
) -> str:
    columns = [row[1] for row in thief.execute(f"PRAGMA table_info({table})")]
    if how == "cell":
        row, at = dice.choice(rows), dice.randrange(len(columns))
        value = changed(row[at + 1], dice)
        sql = f'UPDATE OR IGNORE {table} SET "{columns[at]}" = ? WHERE rowid = ?'
        return f"{table}:{columns[at]}" if thief.execute(sql, (value, row[0])).rowcount else ""
    if how == "delete":
        thief.execute(f"DELETE FROM {table} WHERE rowid = ?", (dice.choice(rows)[0],))
        return f"{table}:row"
    if how == "twice":
        row = list(dice.choice(rows)[1:])
        row[0] = changed(row[0], dice)
        marks = ", ".join("?" * len(row))
        done = thief.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)
        return f"{table}:new" if done.rowcount > 0 else ""
    if how == "swap":
        return _swap(thief, table, rows, columns, dice)
    return _rewrite(thief, how, dice)


def _swap(
    thief: sqlite3.Connection, table: str, rows: list[Any], columns: list[str], dice: random.Random
) -> str:
    one, other, at = dice.choice(rows), dice.choice(rows), dice.randrange(1, len(columns))
    if one[at + 1] == other[at + 1]:
        return ""
    sql = f'UPDATE OR IGNORE {table} SET "{columns[at]}" = ? WHERE rowid = ?'
    done = thief.execute(sql, (other[at + 1], one[0])).rowcount
    return f"{table}:{columns[at]}" if done else ""


def _rewrite(thief: sqlite3.Connection, how: str, dice: random.Random) -> str:
    """The end cut off, or an entry changed and the chain computed anew behind it; no checkpoint left."""
    last = thief.execute("SELECT max(seq) FROM event").fetchone()[0]
    at = dice.randrange(max(1, last - 60), last + 1)
    thief.execute("DELETE FROM checkpoint WHERE seq >= ?", (at,))
    if how == "tail":
        thief.execute("DELETE FROM event WHERE seq >= ?", (at,))
        return "event:tail"
    sql = "SELECT seq, at, kind, actor, subject, data, rows, prev FROM event WHERE seq >= ? ORDER BY seq"
    prev = ""
    for seq, when, kind, actor, subject, data, rows, before in thief.execute(sql, (at,)).fetchall():
        told = json.loads(data) | ({"reason": "-"} if seq == at else {})
        entry = Entry(
            seq, when, kind, actor, subject, told, json.loads(rows), prev or before
        ).sealed()
        thief.execute(
            "UPDATE event SET data = ?, prev = ?, hash = ? WHERE seq = ?",
            (canonical(told), entry.prev, entry.hash, seq),
        )
        prev = entry.hash
    return "event:anew"


def _with_the_key(thief: sqlite3.Connection, keys: Path, dice: random.Random) -> str:
    """One entry changed, taken out or said twice; all hashes and all checkpoints are made anew, with the
    station's own key. Nothing but the paper speaks against it."""
    last = thief.execute("SELECT max(seq) FROM event").fetchone()[0]
    at, how = dice.randrange(1, last), dice.choice(("changed", "taken out", "said twice"))
    if how == "changed":
        column = dice.choice(STATED)
        said = thief.execute(f"SELECT {column} FROM event WHERE seq = ?", (at,)).fetchone()[0]
        other = canonical(json.loads(said) | {"reason": "-"}) if column == "data" else said + "1"
        thief.execute(f"UPDATE event SET {column} = ? WHERE seq = ?", (other, at))
    else:
        if how == "taken out":
            thief.execute("DELETE FROM event WHERE seq = ?", (at,))
        step = -1 if how == "taken out" else 1
        later = thief.execute("SELECT seq FROM event WHERE seq > ? ORDER BY seq", (at,)).fetchall()
        for (seq,) in later[::-step]:
            thief.execute("UPDATE event SET seq = ? WHERE seq = ?", (seq + step, seq))
        if how == "said twice":
            columns = [row[1] for row in thief.execute("PRAGMA table_info(event)")]
            # The hash is made anew below; until then no two entries may have the same.
            other = {"seq": "seq + 1", "hash": "hash || '2'"}
            again = ", ".join(other.get(name, name) for name in columns)
            thief.execute(f"INSERT INTO event SELECT {again} FROM event WHERE seq = ?", (at,))
    _all_anew(thief, keys)
    return "event:stolen key"


def _all_anew(thief: sqlite3.Connection, keys: Path) -> None:
    """The whole chain computed anew, and each checkpoint signed anew."""
    prev, hashes = "", {}
    sql = "SELECT seq, at, kind, actor, subject, data, rows, prev FROM event ORDER BY seq"
    for seq, when, kind, actor, subject, data, rows, before in thief.execute(sql).fetchall():
        told = json.loads(data)
        entry = Entry(
            seq, when, kind, actor, subject, told, json.loads(rows), prev or before
        ).sealed()
        thief.execute(
            "UPDATE event SET prev = ?, hash = ? WHERE seq = ?", (entry.prev, entry.hash, seq)
        )
        prev = hashes[seq] = entry.hash
    marks = thief.execute("SELECT id, seq, at, purpose FROM checkpoint").fetchall()
    for key, seq, when, purpose in marks:
        if seq not in hashes:
            thief.execute("DELETE FROM checkpoint WHERE id = ?", (key,))
            continue
        moment = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC)
        said = checkpoints.statement(
            seq, hashes[seq], moment.isoformat(timespec="microseconds"), purpose
        )
        thief.execute(
            "UPDATE checkpoint SET root = ?, code = ?, signature = ? WHERE id = ?",
            (said["root"], said["code"], checkpoints.sign_statement(keys, said), key),
        )


def changed(value: Any, dice: random.Random) -> Any:
    """Another value of the same kind."""
    if value is None:
        return dice.choice(["x", 1])
    if isinstance(value, (int, float)):
        return value + dice.choice([-1, 1, 1000])
    if isinstance(value, bytes):
        return value + b"x"
    if not value:
        return "x"
    at = dice.randrange(len(value))
    other = dice.choice([c for c in "0123456789abcxyzЖ" if c != value[at]])
    return value[:at] + other + value[at + 1 :]


def test_every_edit_of_a_chain_is_noticed(dice: random.Random, seconds: float) -> None:
    """Thousands of edits of bare chains, without a database around them."""
    end, tried = time.monotonic() + seconds, Counter[str]()
    while not tried or time.monotonic() < end:
        clean = chain(dice.randint(2, 60), f"{dice.random()}")
        code = checkpoint_code(len(clean), clean[-1].hash)
        assert not noticed(clean, code), "a false alarm"
        for how in CHAIN_WAYS:
            hurt = tamper(clean, how, dice)
            assert hurt == clean or noticed(hurt, code), how
            tried[how] += hurt != clean
    print(f"\n{tried.total()} edits of chains, all noticed: {dict(tried)}")


def test_every_flipped_bit_of_an_original_is_named(
    day: tuple[Store, str, Path], dice: random.Random, seconds: float
) -> None:
    store, code, _path = day
    objects = Folder(store.settings.objects)
    names, end, tried = list(objects.all()), time.monotonic() + seconds, 0
    while not tried or time.monotonic() < end:
        name = dice.choice(names)
        path = objects.path(name)
        kept = path.with_suffix(".kept")
        shutil.copy2(path, kept)
        content = bytearray(path.read_bytes())
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        path.chmod(0o600)
        path.write_bytes(content)
        found = [f.detail for f in audit.verify(store, code, scans=True).faults]
        assert found == [name], f"{tried}: {found}"
        path.unlink()
        kept.rename(path)
        tried += 1
    print(f"\n{tried} flipped bits, each named alone")
