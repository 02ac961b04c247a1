"""A database that cannot work now: writers stand in line, and whoever does not get a turn is told
calmly."""

import contextlib
import errno
import http.client
import io
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text
from waitress import buffers
from waitress.channel import HTTPChannel

from examday import cli
from examday.domain.errors import Busy, CannotWrite, DiskTrouble, NoRoom, Unreachable
from examday.domain.people.roles import Actor, Role
from examday.services.jobs import outbox, saved_rows
from examday.services.unit_of_work import Store
from examday.storage import database
from examday.storage.tables import EventRow, Outbox, Person, ScanFile
from examday.storage.troubles import explain
from examday.web import no_room
from tests.served import served

TESTER = Actor.system("test")


def hold_the_file(store: Store) -> sqlite3.Connection:
    """Another program writes and does not end."""
    other = sqlite3.connect(
        store.settings.database_url.removeprefix("sqlite:///"), isolation_level=None
    )
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than a moment."""
    monkeypatch.setattr(database, "PATIENCE_S", 0.2)


def test_sixteen_writers_all_get_their_turn(each_store: Store) -> None:
    troubles: list[BaseException] = []

    def write(number: int) -> None:
        for step in range(8):
            try:
                with each_store.begin(TESTER) as uow:
                    uow.record("test:write", f"writer:{number}", step=step)
            except Exception as error:
                troubles.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    with each_store.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(EventRow)) == 128


def test_the_page_says_busy_and_keeps_everything(
    impatient: None, store: Store, browser: Callable[[], Any], add_person: Callable[..., Person]
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    one = browser()
    one.get("/login")
    other = hold_the_file(store)
    answer = one.post("/login", {"login": "head", "password": "слон жуёт сено"})
    other.execute("ROLLBACK")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "занято" in page and "Ничего не потеряно" in page and "locked" not in page
    assert one.enter("head").status_code == 303


def test_a_job_that_met_a_busy_database_is_put_off_and_not_given_up(
    store: Store, clock: Any
) -> None:
    with store.begin(TESTER) as uow:
        uow.enqueue("intake.process", "x")

    def busy(_store: Store, _arg: str) -> None:
        raise Busy()

    for _try in range(outbox.MOST_ATTEMPTS + 1):
        outbox.run(store, "intake.process", "x", busy, lambda *_: pytest.fail("given up"))
        clock.forward(hours=1)
    done: list[str] = []
    outbox.run(store, "intake.process", "x", lambda _store, arg: done.append(arg), lambda *_: None)
    assert done == ["x"]
    with store.read() as uow:
        assert uow.session.scalars(select(Outbox)).one().done_at is not None


def test_a_full_disk_is_said_in_words(store: Store) -> None:
    with pytest.raises(NoRoom), store.begin(TESTER) as uow:
        pages = uow.session.scalar(text("PRAGMA page_count"))
        uow.session.execute(text(f"PRAGMA max_page_count={pages}"))
        for n in range(200):
            uow.record("test:large", "x", text="y" * 4000, n=n)
    with store.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(EventRow)) == 0


def test_a_deadlock_and_a_lost_connection_are_said_in_words() -> None:
    assert isinstance(explain(psycopg.errors.DeadlockDetected()), Busy)
    assert isinstance(explain(psycopg.errors.LockNotAvailable()), Busy)
    assert isinstance(explain(psycopg.errors.DiskFull()), NoRoom)
    assert isinstance(explain(psycopg.errors.AdminShutdown()), Unreachable)
    assert isinstance(explain(psycopg.errors.ReadOnlySqlTransaction()), CannotWrite)
    assert isinstance(explain(psycopg.OperationalError("no route")), Unreachable)
    assert explain(psycopg.errors.UniqueViolation()) is None


def test_whoever_gets_no_connection_is_told_that_others_are_at_it(store: Store) -> None:
    store.engine.pool._timeout = 0.01
    with ExitStack() as all_lent_out:
        with pytest.raises(Busy):
            for _ in range(100):
                all_lent_out.enter_context(store.engine.connect())
        with pytest.raises(Busy), store.read() as uow:
            uow.session.scalar(select(func.count()).select_from(EventRow))
    assert store.last_seq() == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_BUSY_SNAPSHOT", Busy),
        ("SQLITE_IOERR_WRITE", DiskTrouble),
        ("SQLITE_READONLY_DIRECTORY", CannotWrite),
        ("SQLITE_CORRUPT", DiskTrouble),
        ("SQLITE_ERROR", type(None)),
    ],
)
def test_every_trouble_of_a_file_is_said_in_words(name: str, kind: type) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorname = name
    assert isinstance(explain(error), kind)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "Диск заполнен"),
        (errno.EROFS, "в его папку нельзя писать"),
        (errno.EIO, "Неисправен диск"),
    ],
)
def test_a_disk_that_refuses_a_scan_is_said_in_words_and_the_scan_comes_in_later(
    store: Store,
    browser: Callable[[], Any],
    add_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    words: str,
) -> None:
    add_person(store, "tech", Role.TECHNICAL_SPECIALIST)
    one = browser()
    one.log_in("tech")
    sent = lambda: {"files": [(io.BytesIO(b"\xff\xd8\xff\xe0 scan"), "a.jpg")]}  # noqa: E731
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", lambda _file: (_ for _ in ()).throw(OSError(number, "refused")))
        answer = one.post("/scans/upload", sent())
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503 and words in page and "ошибку" not in page, page
    with store.read() as uow:
        assert not uow.session.scalar(select(func.count()).select_from(ScanFile))
    assert not list(store.settings.objects.glob(".*.part"))
    assert one.post("/scans/upload", sent()).status_code == 303
    with store.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(ScanFile)) == 1


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize("what_fails", ["append", "open"])
def test_a_large_file_that_finds_no_room_before_any_page_is_asked_is_answered_in_words(
    monkeypatch: pytest.MonkeyPatch, what_fails: str, in_pieces: bool
) -> None:
    """The server keeps it in a temporary file first, and a laptop has one disk."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(HTTPChannel, "parser_class", no_room.Request)
    kept = buffers.TempfileBasedBuffer
    monkeypatch.setattr(kept, {"append": "append", "open": "newfile"}[what_fails], refuse)
    asked: list[object] = []

    def app(request: Any, start: Any) -> list[bytes]:
        asked.append(request["PATH_INFO"])
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    scan = b"\xff\xd8" * 2_000_000
    with served(app) as address:
        window = http.client.HTTPConnection("127.0.0.1", urlsplit(address).port or 0, timeout=20)
        if in_pieces:
            with contextlib.suppress(OSError):  # it is answered before all of it was sent
                window.request("POST", "/", iter([scan[:900_000]]), encode_chunked=True)
        else:
            window.request("POST", "/", scan)
        answer = window.getresponse()
        page = answer.read().decode()
        assert (answer.status, asked) == (503, []) and "Диск заполнен" in page, page
        window.request("GET", "/next")
        assert window.getresponse().read() == b"ok"
        window.close()


def test_a_command_says_a_full_disk_in_words(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(saved_rows, "_copy_database", full)
    order = ["backup", str(tmp_path / "stick"), "--data", str(store.settings.data)]
    said = CliRunner().invoke(cli.main, order)
    assert said.exit_code == 1 and "Traceback" not in said.output and "Errno" not in said.output
    assert "Диск заполнен" in said.output
