"""`make bench`: what it costs to take in the bundle of a day at the centre.

A ratio of one run, as the machine's load meets both alike: what `examday receive` takes, against copying
and hashing the bytes of the bundle and bare inserts of its rows. The table goes into `docs/benchmarks.md`.
"""

import argparse
import datetime as dt
import hashlib
import io
import os
import re
import shutil
import statistics
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from history import History, Unit
from sqlalchemy import create_engine, insert, select
from sqlalchemy.engine import Connection

from examday.domain.people.roles import Actor
from examday.domain.travel.spoken import fingerprint
from examday.services.people.sites import add_site
from examday.services.travel import enrolment, inviting, joining
from examday.services.travel.incoming import taking_in
from examday.services.travel.outgoing import sending
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.base import Base
from examday.storage.database import migrate
from examday.storage.objects.opened import originals
from examday.storage.tables import EventRow

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "fixtures" / "midday" / "midday.tar.xz"
WORKS, ORIGINAL, TIMES = 200, 950_000, 5
"""Works of a day, bytes of one original (an A4 sheet in grey at 300 dpi), and turns: one turn alone
is noise."""
BLOCK = 1 << 20
POINT = "770412"
BENCH = Actor.system("command-line")
NOON = dt.datetime(2026, 11, 27, 11, 5, tzinfo=dt.UTC)


class Day(History):
    """Works each of which has pictures of its own."""

    def _copies(self, number: int, site: str) -> Iterator[Unit]:
        kept = originals(self._store.settings)
        for unit in super()._copies(number, site):
            for row in unit.rows.get("scan_file", []):
                stored = kept.put(io.BytesIO(os.urandom(ORIGINAL)))
                row.update(sha256=stored.sha256, size=stored.size)
            yield unit


def main() -> None:
    """Measure, write the table."""
    words = argparse.ArgumentParser()
    words.add_argument("--data", help="unused: the day lies in the tests")
    words.add_argument("--works", type=int, default=WORKS)
    with tempfile.TemporaryDirectory() as folder:
        lines = list(_measure(Path(folder), words.parse_args().works))
    path = ROOT / "docs" / "benchmarks.md"
    old = path.read_text(encoding="utf-8")
    rest = re.sub(r"\n<!-- travel: begin.*?<!-- travel: end -->\n", "", old, flags=re.DOTALL)
    head = ["<!-- travel: begin, written by tools/bench_travel.py -->", "## A day travels", ""]
    written = "\n".join([*head, *lines, "<!-- travel: end -->", ""])
    path.write_text(f"{rest.rstrip()}\n\n{written}", encoding="utf-8")


def _measure(folder: Path, works: int) -> Iterator[str]:
    centre = _centre(folder / "centre")
    station = _station(folder / "station")
    _enrol(centre, station)
    Day(station).grow(works)
    stick = folder / "day.zip"
    began = time.perf_counter()
    sending.send(station, BENCH, stick)
    sent = time.perf_counter() - began
    station.close()
    centre.close()
    taken, bare = list[float](), list[float]()
    for turn in range(TIMES):
        here = folder / f"centre-{turn}"
        shutil.copytree(folder / "centre", here)
        store = Store(_settings(here), lambda: NOON)
        began = time.perf_counter()
        told = taking_in.take_in(store, BENCH, stick)
        taken.append(time.perf_counter() - began)
        tables = _tables(store)
        bare.append(_bare(folder / f"bare-{turn}", stick, tables))
        store.close()
        shutil.rmtree(here)
    rows = sum(map(len, tables.values()))
    yield (
        f"A bundle of {len(tables['booklet'])} works, {stick.stat().st_size / 1e6:.0f} MB in {told.scans} originals, "
        f"{len(tables['event']):,} entries, {rows - len(tables['event']):,} rows; SQLite, median of {TIMES}, "
        f"both in turns, load of the machine at the end {os.getloadavg()[0]:.1f}. Bar: at most 3 ×, aim 1.5 ×."
    )
    yield ""
    yield "| | seconds |"
    yield "| --- | --- |"
    floor, whole = statistics.median(bare), statistics.median(taken)
    yield f"| copying and hashing the bytes, bare inserts of the rows | {floor:.2f} |"
    yield f"| taking in | {whole:.2f} |"
    yield f"| ratio | {statistics.median(t / b for t, b in zip(taken, bare, strict=True)):.2f} × |"
    yield f"| writing the bundle at the station | {sent:.2f} |"


def _settings(folder: Path) -> Settings:
    return Settings.from_env({}, data=folder, argon2_cost=1, reserve_mb=20)


def _centre(folder: Path) -> Store:
    settings = _settings(folder)
    settings.make_folders()
    migrate(settings.database_url)
    store = Store(settings, lambda: NOON)
    with store.begin(BENCH) as uow:
        add_site(uow, POINT, f"Школа {POINT}", "Europe/Moscow")
    return store


def _station(folder: Path) -> Store:
    """The day of the tests."""
    with tarfile.open(KEPT) as archive:
        archive.extractall(folder, [m for m in archive if m.name.startswith("data")])
    settings = _settings(folder / "data")
    migrate(settings.database_url)
    return Store(settings, lambda: NOON)


def _enrol(centre: Store, station: Store) -> None:
    with centre.begin(BENCH) as uow:
        letter = inviting.invite(uow, POINT)
    with station.begin(BENCH) as uow:
        answer = joining.join(uow, letter)
    with centre.begin(BENCH) as uow:
        enrolment.confirm(uow, answer, " ".join(fingerprint(str(answer["public_key"]))))


def _tables(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All rows of the point as they lie at the centre."""
    with store.engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    return {name: rows for name, rows in found.items() if rows}


def _bare(folder: Path, stick: Path, tables: dict[str, list[dict[str, Any]]]) -> float:
    """Seconds to copy and hash a file, and to insert rows into empty tables of the same form."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'bare.sqlite'}"
    migrate(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        _empty(connection)
    began = time.perf_counter()
    hasher = hashlib.sha256()
    with stick.open("rb") as source, (folder / "copy").open("wb") as target:
        while block := source.read(BLOCK):
            hasher.update(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if rows := tables.get(table.name):
                connection.execute(insert(table), rows)
    took = time.perf_counter() - began
    engine.dispose()
    shutil.rmtree(folder)
    return took


def _empty(connection: Connection) -> None:
    """Nothing is there that the tables are created with."""
    for table in reversed(Base.metadata.sorted_tables):
        if table is not EventRow.__table__:
            connection.execute(table.delete())


if __name__ == "__main__":
    main()
