"""Whatever is done to the ledger behind the program's back is noticed, given the last checkpoint
code on paper."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine

from examday.domain.ledger import GENESIS, Entry, checkpoint_code, parse_code, verify_chain
from examday.domain.people.roles import Actor
from examday.services.ledger import audit, checkpoints
from examday.services.unit_of_work import Store
from examday.storage.tables import EventRow
from tests import day


def chain(length: int, seed: str = "") -> list[Entry]:
    """A clean ledger."""
    entries, prev = [], GENESIS
    for seq in range(1, length + 1):
        entry = Entry(
            seq,
            f"2026-06-04T11:{seq % 60:02d}:00.000000+00:00",
            "booklet:collect",
            f"p{seq % 3}",
            f"booklet:{seed}{seq}",
            {"n": seq},
            {f"booklet:{seq}": "ab" * 32},
            prev,
        ).sealed()
        entries.append(entry)
        prev = entry.hash
    return entries


def entry_of(row: EventRow) -> Entry:
    """The ledger entry a stored row holds."""
    data, rows = json.loads(row.data), json.loads(row.rows)
    return Entry(row.seq, row.at, row.kind, row.actor, row.subject, data, rows, row.prev, row.hash)


def noticed(entries: list[Entry], code: str) -> bool:
    """What a verifier with the code from paper says."""
    seq, printed = parse_code(code)
    at = {e.seq: e.hash for e in entries}
    return bool(verify_chain(entries)) or checkpoint_code(seq, at.get(seq, GENESIS)) != printed


def tamper(entries: list[Entry], how: str, chance: random.Random) -> list[Entry]:
    """One edit of somebody who has the database but not the paper."""
    at = chance.randrange(len(entries))
    changed = list(entries)
    if how == "change":
        changed[at] = replace(
            entries[at],
            **chance.choice(
                [
                    {"kind": "booklet:spoil"},
                    {"actor": "nobody"},
                    {"at": "2026-06-05T00:00:00.000000+00:00"},
                    {"data": {"n": -1}},
                    {"rows": {}},
                    {"subject": "booklet:other"},
                ]
            ),
        )
    elif how == "delete":
        del changed[at]
    elif how == "swap":
        other = (at + 1 + chance.randrange(len(entries) - 1)) % len(entries)
        changed[at], changed[other] = changed[other], changed[at]
    elif how == "insert":
        changed.insert(at, replace(entries[at], subject="booklet:new").sealed())
    elif how == "cut":
        changed = changed[:at]
    elif how == "splice":
        foreign = chain(len(entries), "x")
        changed = changed[:at] + foreign[at:]
    else:  # the whole chain computed anew, as somebody with the program would
        changed = changed[:at] + [replace(e, subject=e.subject + "!") for e in changed[at:]]
        changed = rechain(changed)
    return changed


def rechain(entries: list[Entry]) -> list[Entry]:
    """All numbers, links and hashes made right again."""
    prev, right = GENESIS, []
    for seq, entry in enumerate(entries, 1):
        entry = replace(entry, seq=seq, prev=prev).sealed()
        right.append(entry)
        prev = entry.hash
    return right


WAYS = ("change", "delete", "swap", "insert", "cut", "splice", "anew")


@pytest.mark.parametrize("how", WAYS)
def test_each_of_many_random_edits_is_noticed(how: str) -> None:
    clean = chain(40)
    code = checkpoint_code(40, clean[-1].hash)
    missed = [
        seed
        for seed in range(200)
        if not noticed(tamper(clean, how, random.Random(f"{how} {seed}")), code)
    ]
    assert not missed


@given(st.integers(1, 60))
def test_a_clean_ledger_gives_no_alarm(length: int) -> None:
    clean = chain(length)
    assert not noticed(clean, checkpoint_code(length, clean[-1].hash))


def test_an_entry_with_half_a_character_is_a_wrong_entry_and_no_crash() -> None:
    entries = chain(3)
    entries[1] = replace(entries[1], subject="\ud800")
    assert [(fault.seq, fault.code) for fault in verify_chain(entries)][0] == (2, "hash")


@given(st.integers(1, 30), st.sampled_from(["kind", "actor", "subject", "at"]))
def test_the_first_wrong_entry_is_named(at: int, what: str) -> None:
    clean = chain(30)
    clean[at - 1] = replace(clean[at - 1], **{what: "tampered"})
    first = verify_chain(clean)[0]
    assert (first.seq, first.code) == (at, "hash")


@given(st.integers(0, 99999), st.binary(min_size=32, max_size=32))
def test_a_code_survives_paper_and_typing(seq: int, root: bytes) -> None:
    code = checkpoint_code(seq, root.hex())
    assert parse_code(code) == (seq, code)
    assert parse_code(f"  {code.replace('-', '–')} ") == (seq, code)
    assert parse_code(code.replace("-", " - ")) == (seq, code)


@pytest.fixture
def worked(store: Store) -> Iterator[tuple[Store, Engine, str]]:
    """A station with some work done, its database open to a thief, and the last code from paper."""
    for number in range(6):
        day.booklet(store, f"29900000000{number:02d}")
    with store.begin(Actor.system("test")) as uow:
        checkpoints.checkpoint(uow, "print:test")
    code = audit.verify(store).code
    thief = create_engine(store.settings.database_url)
    with thief.begin() as connection:  # the locks go first, as whoever tampers takes them off
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER event_no_{verb}")
            connection.exec_driver_sql(f"DROP TRIGGER checkpoint_no_{verb}")
    yield store, thief, code
    thief.dispose()


def findings(store: Store, code: str | None) -> list[tuple[str, int]]:
    """Everything but the missing locks."""
    return [(f.code, f.seq) for f in audit.verify(store, code).faults if f.code != "unsealed"]


def test_missing_locks_are_named(worked: tuple[Store, Engine, str]) -> None:
    store, _thief, code = worked
    assert [f.detail for f in audit.verify(store, code).faults] == [
        "checkpoint_no_delete",
        "checkpoint_no_update",
        "event_no_delete",
        "event_no_update",
    ]


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(how=st.sampled_from(WAYS), seed=st.integers(0, 10**6))
def test_edits_of_the_database_are_noticed(
    worked: tuple[Store, Engine, str], how: str, seed: int
) -> None:
    store, thief, code = worked
    with store.read() as uow:
        entries = [entry_of(row) for row in uow.session.query(EventRow).order_by(EventRow.seq)]
    edited = tamper(entries, how, random.Random(seed))
    if len({e.seq for e in edited}) < len(edited) or len({e.hash for e in edited}) < len(edited):
        return  # the database itself refuses two entries of one number
    write(thief, edited)
    try:
        swapped = how == "swap"  # a table has no order of its own: swapped rows are the same rows
        assert bool(findings(store, code)) is not swapped
        if how in ("cut", "anew"):  # without the checkpoints only paper can tell
            with thief.begin() as connection:
                marks = connection.exec_driver_sql("SELECT * FROM checkpoint").all()
                connection.exec_driver_sql("DELETE FROM checkpoint")
            assert {"tail-cut", "checkpoint"} & {found for found, _seq in findings(store, code)}
            with thief.begin() as connection:
                for mark in marks:
                    connection.exec_driver_sql(
                        f"INSERT INTO checkpoint VALUES ({', '.join('?' * len(mark))})", tuple(mark)
                    )
    finally:
        write(thief, entries)
    assert findings(store, code) == []


def write(thief: Engine, entries: list[Entry]) -> None:
    """Replace the whole ledger."""
    from examday.domain.ledger import canonical

    with thief.begin() as connection:
        connection.exec_driver_sql("DELETE FROM event")
        for e in entries:
            connection.exec_driver_sql(
                "INSERT INTO event (seq, at, kind, actor, subject, data, rows, prev, hash) VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    e.seq,
                    e.at,
                    e.kind,
                    e.actor,
                    e.subject,
                    canonical(dict(e.data)),
                    canonical(dict(e.rows)),
                    e.prev,
                    e.hash,
                ),
            )
