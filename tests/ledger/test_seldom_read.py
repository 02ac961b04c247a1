"""An entry without a number, a hash that is none, a name that is no file: the check names it and goes on."""

import sqlite3

import pytest

from examday.domain.ledger import checkpoint_code
from examday.domain.people.roles import Actor
from examday.services.ledger import audit, bundle_rows
from examday.services.unit_of_work import Store
from examday.storage.tables import ScanFile
from tests import day


@pytest.fixture
def raw(store: Store) -> sqlite3.Connection:
    """The database behind the program's back, without its locks."""
    day.booklet(store, None)
    connection = sqlite3.connect(store.settings.var / "examday.sqlite", isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f'DROP TRIGGER "{name}"')
    return connection


def codes(store: Store) -> set[str]:
    return {fault.code for fault in audit.verify(store, scans=True).faults}


def test_an_original_whose_digest_names_no_file_is_missing(store: Store) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.add(
            ScanFile(
                name="a.jpg",
                source="upload",
                sha256="../../etc/passwd",
                size=1,
                state="done",
                received_at=uow.now(),
            )
        )
        uow.record("test:scan", "day:test")
    assert "scan" in codes(store)


def test_the_last_entry_with_a_hash_that_is_none_gives_no_code(
    store: Store, raw: sqlite3.Connection
) -> None:
    raw.execute("UPDATE event SET hash = 'broken' WHERE seq = (SELECT max(seq) FROM event)")
    report = audit.verify(store)
    assert report.code == "—" and not report.ok
    sealed = next(iter(report.faults)).seq
    paper = checkpoint_code(sealed, "0" * 64)
    assert "checkpoint" in {fault.code for fault in audit.verify(store, paper).faults}


@pytest.mark.parametrize(
    "what", ["2026-13-99", "2610114090", "завтра", "31.06.2026", "2026-06-04", "04.06.2026"]
)
def test_what_is_no_day_is_looked_for_as_a_work(store: Store, what: str) -> None:
    day.booklet(store, None)
    found = bundle_rows.as_day(what)
    assert (found is not None) is (what in ("2026-06-04", "04.06.2026"))
