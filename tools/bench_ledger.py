"""`make bench`: what the bundle of one work costs at two lengths of the ledger, and how many entries
writers of many points write at once.

Ratios of one run: seconds are those of the machine at hand. The tables go into `docs/benchmarks.md`.
"""

import argparse
import datetime as dt
import hashlib
import multiprocessing
import os
import pwd
import re
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, select, text

from examday.domain.ledger import Entry, canonical
from examday.domain.people.roles import Actor
from examday.services.ledger import bundle, checkpoints, tree
from examday.services.people import sites
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet, EventRow

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "fixtures" / "midday" / "midday.tar.xz"
SIZES = (10_000, 1_000_000)
TIMES, SECONDS, WRITERS = 15, 8.0, 16
BATCH = 5000
BENCH = Actor.system("bench")
NOON = dt.datetime(2026, 11, 27, 11, 5, tzinfo=dt.UTC)


def main() -> None:
    """Measure both, write the tables."""
    words = argparse.ArgumentParser()
    words.add_argument("--data", help="unused: the day lies in the tests")
    words.add_argument("--entries", type=int, nargs=2, default=SIZES)
    sizes = words.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        lines = [*_exports(Path(folder), sizes), "", *_writers()]
    path = ROOT / "docs" / "benchmarks.md"
    old = path.read_text(encoding="utf-8")
    rest = re.sub(r"\n<!-- ledger: begin.*?<!-- ledger: end -->\n", "", old, flags=re.DOTALL)
    head = ["<!-- ledger: begin, written by tools/bench_ledger.py -->", "## Ledger", ""]
    written = "\n".join([*head, *lines, "<!-- ledger: end -->", ""])
    path.write_text(f"{rest.rstrip()}\n\n{written}", encoding="utf-8")


def _exports(folder: Path, sizes: Any) -> Iterator[str]:
    """One work's bundle at both lengths, in turns, so that the machine's load meets both alike."""
    stations = [_station(folder / str(size), size) for size in sizes]
    took: dict[int, list[float]] = {size: [] for size in sizes}
    cost: dict[int, list[float]] = {size: [] for size in sizes}
    held: dict[int, int] = {}
    for _ in range(TIMES):
        for size, (store, work, _kept) in zip(sizes, stations, strict=True):
            began, used = time.perf_counter(), time.process_time()
            bundle.export(store, BENCH, work, folder / "work.zip")
            took[size].append(time.perf_counter() - began)
            cost[size].append(time.process_time() - used)
            held[size] = (folder / "work.zip").stat().st_size
    yield f"Bundle of one work, SQLite, median of {TIMES}, both lengths in turns. Bar: at most 1.2 ×."
    yield ""
    yield f"| | {sizes[0]:,} entries | {sizes[1]:,} entries | ratio |"
    yield "| --- | --- | --- | --- |"
    small, large = sizes
    for name, told in (("seconds", took), ("seconds of the processor", cost)):
        a, b = statistics.median(told[small]), statistics.median(told[large])
        yield f"| {name} | {a:.3f} | {b:.3f} | {b / a:.2f} × |"
    a, b = held[small], held[large]
    yield f"| bytes | {a:,} | {b:,} | {b / a:.2f} × |"
    kept = [kept for _store, _work, kept in stations]
    yield f"| seconds to keep the tree of all entries, once | {kept[0]:.1f} | {kept[1]:.1f} | |"
    for store, _work, _kept in stations:
        store.close()


def _station(folder: Path, size: int) -> tuple[Store, str, float]:
    """The day of the tests with so many entries; a work that was handed over; seconds to keep the
    tree.
    """
    with tarfile.open(KEPT) as archive:
        archive.extractall(folder, [m for m in archive if m.name.startswith("data")])
    settings = Settings.from_env({}, data=folder / "data", argon2_cost=1, reserve_mb=20)
    migrate(settings.database_url)
    store = Store(settings, lambda: NOON)
    _lengthen(store, size)
    began = time.perf_counter()
    tree.keep_all(store)
    kept = time.perf_counter() - began
    with store.read() as uow:
        done = select(Booklet.id).where(Booklet.state == "handed_over").order_by(Booklet.id)
        work = uow.session.scalars(done.limit(1)).one()
    return store, work, kept


def _lengthen(store: Store, size: int) -> None:
    """Add entries of other works, each with two rows, until there are so many."""
    with store.read() as uow:
        seq, prev = checkpoints.last_entry(uow)
    while seq < size:
        rows = []
        for number in range(seq + 1, min(size, seq + BATCH) + 1):
            row = _other(number, prev)
            rows.append(row)
            seq, prev = number, row["hash"]
        with store.engine.begin() as connection:
            connection.execute(insert(EventRow), rows)


def _other(number: int, prev: str) -> dict[str, Any]:
    one = hashlib.blake2b(str(number // 20).encode(), digest_size=16).hexdigest()
    two = hashlib.blake2b(str(-number).encode(), digest_size=16).hexdigest()
    made = Entry(
        number,
        NOON.isoformat(timespec="microseconds"),
        "page:attached",
        "system:bench",
        f"booklet:{one}",
        {"version": 1},
        {f"booklet:{one}": one * 2, f"page:{two}": two * 2},
        prev,
    ).sealed()
    stored = {name: getattr(made, name) for name in ("seq", "at", "kind", "actor", "subject")}
    told = {"data": canonical(made.data), "rows": canonical(dict(made.rows))}
    return {"site": "", **stored, **told, "prev": prev, "hash": made.hash}


def _writers() -> Iterator[str]:
    """Entries a second of one writer, of sixteen at sixteen points, and of bare inserts."""
    with _cluster() as url:
        migrate(url)
        store = _store(url)
        with store.begin(BENCH) as uow:
            for number in range(WRITERS):
                sites.add_site(uow, f"77{number:02d}", "Школа", "Europe/Moscow")
            uow.session.execute(text("CREATE TABLE bare (LIKE event INCLUDING ALL)"))
        store.close()
        found = {
            (name, many): _speed(url, work, many)
            for many in (1, WRITERS)
            for name, work in (("bare", _insert_bare), ("ledger", _write_entry))
        }
    load = os.getloadavg()[0]
    yield (
        f"Entries of the ledger a second, PostgreSQL, each in a transaction of its own and each writer a process "
        f"with a point of its own; {os.cpu_count()} cores, load of the machine at the end {load:.1f}. Bars: ≥ 0.4 of bare "
        "inserts, sixteen ≥ 3 × one."
    )
    yield ""
    yield f"| | 1 writer | {WRITERS} writers | ratio |"
    yield "| --- | --- | --- | --- |"
    for name, called in (("bare", "bare inserts of such rows"), ("ledger", "entries")):
        one, many = found[name, 1], found[name, WRITERS]
        yield f"| {called} | {one:,.0f} | {many:,.0f} | {many / one:.1f} × |"
    shares = [found["ledger", many] / found["bare", many] for many in (1, WRITERS)]
    yield f"| entries of bare inserts | {shares[0]:.2f} | {shares[1]:.2f} | |"


def _store(url: str) -> Store:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    return Store(Settings.from_env({"EXAMDAY_DATABASE_URL": url}, data=folder, reserve_mb=20))


def _write_entry(url: str, number: int) -> Callable[[int], None]:
    store = _store(url).at(f"77{number:02d}")

    def write(turn: int) -> None:
        with store.begin(BENCH) as uow:
            uow.record("bench:entry", f"bench:{turn}")  # type: ignore[arg-type]

    return write


def _insert_bare(url: str, number: int) -> Callable[[int], None]:
    engine = create_engine(url)
    one = _other(number, "0" * 64)

    def write(turn: int) -> None:
        row = {**one, "site": f"77{number:02d}", "seq": turn, "hash": f"{turn:064d}"}
        with engine.begin() as connection:
            connection.execute(bare, row)

    names = ", ".join(one)
    bare = text(f"INSERT INTO bare ({names}) VALUES ({', '.join(':' + n for n in one)})")
    return write


def _speed(url: str, work: Callable[[str, int], Callable[[int], None]], many: int) -> float:
    """How often `many` processes do their work in a second, together."""
    context = multiprocessing.get_context("spawn")
    start, counts = context.Barrier(many), context.Queue()
    people = [
        context.Process(target=_repeat, args=(work, url, number, start, counts))
        for number in range(many)
    ]
    for one in people:
        one.start()
    total = sum(counts.get() for _one in people)
    for one in people:
        one.join()
    with create_engine(url).begin() as connection:
        connection.execute(text("TRUNCATE bare"))
    return float(total) / SECONDS


def _repeat(work: Any, url: str, number: int, start: Any, counts: Any) -> None:
    write = work(url, number)
    write(0)  # once before: the connection, and what SQLAlchemy compiles, are not measured
    start.wait()
    end, turn = time.perf_counter() + SECONDS, 0
    while time.perf_counter() < end:
        turn += 1
        write(turn)
    counts.put(turn)


@contextmanager
def _cluster() -> Iterator[str]:
    """A PostgreSQL of its own, as it is set up by itself; the address of an empty database."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user: list[str] = []
    if os.getuid() == 0:  # as another user, because initdb refuses root
        user = pwd.getpwnam("postgres")
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        shutil.chown(home, "postgres", "postgres")

    def run(name: str, *args: str) -> None:
        told = [*as_user, str(programs / name), "-D", str(home / "data"), *args]
        subprocess.run(told, check=True, capture_output=True, cwd=home)

    run("initdb", "-A", "trust", "-U", "examday", "-E", "UTF8", "--locale=C.UTF-8")
    quiet = f"-c listen_addresses='' -c unix_socket_directories={home} -c max_connections=60"
    run("pg_ctl", "-w", "-l", str(home / "log"), "-o", quiet, "start")
    try:
        yield f"postgresql+psycopg://examday@/postgres?host={home}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
