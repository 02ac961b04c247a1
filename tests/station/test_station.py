"""kill -9 of everything on a real station: nothing lost, nothing doubled, no process left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from examday.doctor import running
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.broker import broker_url, connect, runtime_folder, socket_path
from examday.storage.tables import Booklet, EventRow, Outbox, Page, ScanFile
from tests import day, sheets
from tests.stations import TRAINING, Station, free_port, until

pytestmark = pytest.mark.slow
PARTS = (
    "valkey-server",
    "examday.web.serve",
    "worker --concurrency",
    "workers.relay",
    "workers.watcher",
    "beat --schedule",
)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A running station without the training day; whatever the test leaves of it is killed."""
    made = Station(tmp_path / "Точка 7701 с пробелом", "--no-demo").start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()
    for pid in made.processes():
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One station for the tests that leave it running."""
    made = Station(tmp_path_factory.mktemp("lasting") / "data", "--no-demo").start()
    yield made
    made.stop()


def drop(station: Station, number: int) -> str:
    """Scan one enlarged sheet into the hot folder, as scanners do: write, then rename."""
    code = sheets.kit_code(number)
    part = station.settings.inbox / f"{number}.jpg.part"
    sheets.draw(code, "A3").save(part, format="JPEG", dpi=(150, 150))
    part.rename(part.with_name(f"{number}.jpg"))
    return code


@pytest.mark.release
def test_nothing_is_lost_or_doubled_while_worker_and_broker_are_killed(station: Station) -> None:
    store = station.store()
    numbers = range(100, 112)
    booklets = [day.booklet(store, sheets.kit_code(number)) for number in numbers]
    for number in numbers:
        drop(station, number)
        if number == 102:
            until(lambda: bool(_files(store)), 20, "the first file is received")
            assert station.kill("worker --concurrency")
        if number == 105:
            assert station.kill("valkey-server")
        if number == 107:
            assert station.kill("workers.relay")
            assert station.kill("workers.watcher")
        if number == 109:
            until(lambda: _flushed(station), 20, "the broker is back")
    until(
        lambda: _files(store)["done"] == len(numbers) and not jobs_waiting(store),
        90,
        "all files are done",
    )
    with store.read() as uow:
        pages = uow.session.scalars(select(Page)).all()
        assert Counter(page.state for page in pages) == {"attached": len(numbers)}
        assert sorted(page.booklet_id or "" for page in pages) == sorted(booklets)
        assert {row.state for row in uow.session.scalars(select(Booklet))} == {"scanned"}
        moved = uow.session.scalar(
            select(func.count()).where(EventRow.kind == "booklet:scan_original")
        )
        assert moved == len(numbers)
    assert not [path for path in station.settings.inbox.iterdir() if path.suffix == ".jpg"]
    store.close()


def jobs_waiting(store: Store) -> int:
    """How many jobs are not done yet."""
    with store.read() as uow:
        waiting = select(func.count()).select_from(Outbox).where(Outbox.done_at.is_(None))
        return uow.session.scalar(waiting) or 0


def _files(store: object) -> Counter[str]:
    with store.read() as uow:  # type: ignore[attr-defined]
        return Counter(row.state for row in uow.session.scalars(select(ScanFile)))


def _flushed(station: Station) -> bool:
    try:
        with connect(broker_url(station.settings)) as client:
            return bool(client.flushall())
    except Exception:
        return False


@pytest.mark.release
def test_kill_nine_of_the_launcher_leaves_no_process_and_the_work_goes_on_after_a_restart(
    station: Station,
) -> None:
    store = station.store()
    day.booklet(store, sheets.kit_code(200))
    until(lambda: all(station.pids(part) for part in PARTS), 20, "all parts run")
    drop(station, 200)
    until(lambda: bool(_files(store)), 20, "the file is received")
    assert station.process is not None
    os.kill(station.process.pid, signal.SIGKILL)
    station.process.wait()
    until(lambda: not station.processes(), 5, "all parts are gone")
    begun = time.monotonic()
    station.start()
    assert time.monotonic() - begun < 30
    until(lambda: _files(store)["done"] == 1, 60, "the file is done")
    with store.read() as uow:
        assert [page.state for page in uow.session.scalars(select(Page))] == ["attached"]
    assert station.stop() < 12
    assert not station.processes()
    assert not socket_path(station.data).exists()
    store.close()


@pytest.mark.release
def test_a_dead_part_is_started_again_and_a_second_launcher_is_sent_away(lasting: Station) -> None:
    until(lambda: all(lasting.pids(part) for part in PARTS), 20, "all parts run")
    for part in PARTS:
        [first, *_rest] = lasting.kill(part)
        until(
            lambda part=part, first=first: any(pid != first for pid in lasting.pids(part)),
            20,
            f"{part} is back",
        )
    second = subprocess.run(
        [
            sys.executable,
            "-m",
            "examday.cli",
            "station",
            "--data",
            str(lasting.data),
            "--port",
            str(free_port()),
            "--no-demo",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **TRAINING},
    )
    assert second.returncode == 1
    assert f"http://127.0.0.1:{lasting.port}/" in second.stderr
    folder = runtime_folder(lasting.data)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not str(folder).startswith(str(lasting.data))


def test_the_doctor_and_the_launcher_know_whether_a_worker_answers(lasting: Station) -> None:
    until(lambda: "a worker has answered" in lasting.said(), 60, "the launcher says it")
    well = {"broker": "ok", "worker": "ok", "pages": "ok"}
    until(lambda: _levels(lasting) == well, 60, "every part answers the doctor")
    stopped = lasting.pids("worker --concurrency")
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert _levels(lasting)["worker"] == "off"
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def _levels(station: Station) -> dict[str, str]:
    """What the doctor finds of the parts that run; it is told the folder alone, not the port."""
    settings = Settings.from_env({}, data=station.data)
    checks = (running.broker, running.worker, running.pages)
    return {found.part: found.level for check in checks for found in check(settings)}


def test_logs_are_json_and_name_nobody(lasting: Station) -> None:
    (lasting.settings.inbox / "Иванов Иван.jpg").write_bytes(b"no image")
    store = lasting.store()
    until(lambda: _files(store)["quarantined"] == 1, 60, "the bad file is set aside")
    until(lambda: not jobs_waiting(store), 20, "the job is put down as done")
    store.close()
    for part in ("relay", "worker", "watcher"):
        text = (lasting.settings.var / "log" / f"{part}.log").read_text()
        assert "Иванов" not in text
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        assert all(line["part"] == part for line in lines)
    assert any(line["event"].endswith("ready.") for line in _worker_lines(lasting))


def _worker_lines(station: Station) -> list[dict[str, str]]:
    text = (station.settings.var / "log" / "worker.log").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "examday.cli",
                "station",
                "--data",
                str(tmp_path),
                "--port",
                str(port),
                "--no-demo",
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert str(port) in done.stderr and "--port" in done.stderr
    assert "Traceback" not in done.stderr
