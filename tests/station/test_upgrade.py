"""An upgrade on the morning of an exam: a day in use of the first version, with jobs that wait and people
who are logged in, is opened by today's station, which does all that waited, once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examday.services.ledger import audit
from examday.storage.database import newest_form
from tests.ledger.test_midday import recorded, table, unpack
from tests.stations import Station, until

pytestmark = [pytest.mark.slow, pytest.mark.release]
OPEN = "SELECT task, arg FROM outbox WHERE done_at IS NULL"
SIGNED = "SELECT id, content_sha256 FROM signoff ORDER BY id"


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Station]:
    """The folder as the first version left it; the station is stopped afterwards."""
    made = Station(unpack(tmp_path, "data"), "--no-demo")
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


def held(data: Path) -> dict[str, object]:
    """What must not be touched: works, signatures, readings, people."""
    return {
        "works": table(data, "SELECT id, state, version, code FROM booklet ORDER BY id"),
        "signed": table(data, SIGNED),
        "read": table(data, "SELECT id, sha256 FROM reading WHERE source NOT LIKE 'machine:%' ORDER BY id"),
        "people": table(data, "SELECT id, login, password_hash, pin_hash FROM person ORDER BY id"),
        "sessions": table(data, "SELECT key, person_id FROM web_session ORDER BY key"),
    }  # fmt: skip


def test_nothing_is_lost_and_what_waited_is_done_once(morning: Station) -> None:
    data = morning.data
    with closing(sqlite3.connect(data / "var" / "examday.sqlite")) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    before, waiting = held(data), table(data, OPEN)
    pages = table(data, "SELECT id, scan_file_id, number FROM page ORDER BY id")
    assert len(waiting) > 40
    morning.start()
    until(lambda: not table(data, OPEN), 240, "all that waited is done")
    morning.stop()
    assert table(data, "SELECT version_num FROM alembic_version") == [(newest_form(),)]
    assert held(data) == before
    assert table(data, "SELECT id, scan_file_id, number FROM page ORDER BY id") == pages
    assert table(data, "SELECT count(*) FROM outbox WHERE error <> ''") == [(0,)]
    store = morning.store()
    for code in recorded()["codes"][:3]:
        report = audit.verify(store, code)
        assert report.ok, report.faults[:3]
    store.close()
