"""The outbox and its relay: what is to be done is sent, sent again when the broker lost it, and
done once."""

import errno
import fcntl
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from examday import turns
from examday.domain.errors import MachineTrouble
from examday.domain.jobs import Queue, Task
from examday.services.jobs import handing_out, outbox
from examday.services.jobs.backlog import backlog
from examday.services.unit_of_work import WORKER, Store
from examday.settings import Settings
from examday.station import broker
from examday.storage.broker import runtime_folder
from tests.conftest import Clock
from tests.open_jobs import open_jobs


def ask(store: Store, *args: str) -> None:
    """Work to be done, as a use case asks for it."""
    with store.begin(WORKER) as uow:
        for arg in args:
            uow.enqueue("test.work", arg)


def test_a_failure_is_tried_again_later_each_time(store: Store, clock: Clock) -> None:
    def fail(_store: Store, _arg: str) -> None:
        raise ValueError

    ask(store, "a")
    pauses = []
    for _ in range(2):
        outbox.run(store, "test.work", "a", fail, lambda _s, _a: None)
        waited = 0
        while not handing_out.due(store):
            clock.forward(seconds=1)
            waited += 1
        pauses.append(waited)
    assert 0 < pauses[0] < pauses[1]


def nothing(_store: Store, _arg: str) -> None:
    """Nobody is asked."""


def test_what_the_computer_could_not_do_is_done_later_and_alone(store: Store, clock: Clock) -> None:
    pauses, alone = [], []
    ask(store, "a")

    def cannot(store: Store, _arg: str) -> None:
        with (store.settings.var / "turn" / "work.lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                alone.append(False)
            except BlockingIOError:
                alone.append(True)
        raise MachineTrouble

    for _ in range(4):
        outbox.run(store, "test.work", "a", cannot, nothing)
        outbox.run(
            store, "test.work", "a", cannot, nothing
        )  # the pause holds, whatever the broker delivers
        handing_out.lost(store, handing_out.unbegun(store))  # and whatever it forgets
        waited = 0
        while not handing_out.due(store):
            clock.forward(seconds=1)
            waited += 1
        pauses.append(waited)
    assert alone == [False, True, True, True]
    assert pauses == sorted(set(pauses)) and pauses[0] >= 5


def test_a_person_is_asked_after_the_computer_could_not_and_given_up_is_what_the_program_cannot(
    store: Store, clock: Clock
) -> None:
    said: list[str] = []

    def often(task: str, error: Exception) -> None:
        with store.begin(WORKER) as uow:
            uow.enqueue(task, "a")

        def fail(_store: Store, _arg: str) -> None:
            raise error

        for _ in range(12):
            outbox.run(
                store,
                task,
                "a",
                fail,
                lambda _s, _a: said.append("given up"),
                lambda _s, _a: said.append("asked"),
            )
            clock.forward(seconds=outbox.LONGEST_PAUSE_S)

    often("test.disk", OSError(errno.ENOSPC, "full"))
    often("test.memory", MemoryError())
    often("test.locked", OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked")))
    often("test.bug", ValueError())
    assert said == ["asked", "asked", "asked", "given up"]


def test_work_that_must_be_alone_does_not_wait_for_a_check_of_hours(store: Store) -> None:
    with store.begin(WORKER) as uow:
        uow.enqueue(Task.CHECK_LEDGER, "check")
    ended = []

    def check(store: Store, _arg: str) -> None:
        with turns.turn(store.settings.var / "turn", alone=True):
            ended.append("scan")
        ended.append("check")

    outbox.run(store, Task.CHECK_LEDGER, "check", check, nothing)
    assert ended == ["scan", "check"]


def test_a_second_delivery_while_a_worker_is_at_it_does_nothing(
    each_store: Store, clock: Clock
) -> None:
    ask(each_store, "a")
    done: list[str] = []

    def long_work(store: Store, arg: str) -> None:
        for _ in range(2 * outbox.MOST_ATTEMPTS):
            outbox.run(
                store,
                "test.work",
                arg,
                lambda _s, _a: done.append("second"),
                lambda _s, _a: done.append("gave up"),
            )
        assert not handing_out.due(store), "nor is it sent again"
        done.append("first")

    outbox.run(each_store, "test.work", "a", long_work, nothing)
    assert done == ["first"]


def test_a_job_whose_worker_died_is_sent_again_soon_and_is_not_the_jobs_fault(
    store: Store, clock: Clock
) -> None:
    class Killed(BaseException):
        pass

    def die(_store: Store, _arg: str) -> None:
        raise Killed

    done: list[str] = []
    ask(store, "a")
    for _ in range(outbox.MOST_ATTEMPTS + 1):
        assert handing_out.take(store, Queue.READING, 9)
        with pytest.raises(Killed):
            outbox.run(store, "test.work", "a", die, nothing)
        assert not handing_out.due(store)
        clock.forward(seconds=outbox.LEASE.total_seconds() + 1)
        assert handing_out.due(store)
    outbox.run(
        store,
        "test.work",
        "a",
        lambda _s, arg: done.append(arg),
        lambda _s, _a: done.append("gave up"),
    )
    assert done == ["a"]


def test_a_worker_that_lives_keeps_its_job(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BEAT_S", 0.01)
    ask(store, "a")

    def slow(store: Store, _arg: str) -> None:
        clock.forward(seconds=outbox.LEASE.total_seconds() + 1)
        for _ in range(1000):
            if not handing_out.due(store):
                return
            threading.Event().wait(0.01)
        pytest.fail("the hold was not renewed")

    outbox.run(store, "test.work", "a", slow, nothing)
    assert open_jobs(store) == 0


def test_what_is_asked_for_while_the_same_work_goes_on_is_done_after_it(store: Store) -> None:
    ask(store, "a")
    outbox.run(store, "test.work", "a", lambda store, arg: ask(store, arg), nothing)
    assert len(handing_out.due(store)) == 1


@pytest.mark.parametrize("came", [True, False])
def test_its_message_is_sent_again_only_when_it_came_while_the_first_work_went_on(
    store: Store, came: bool
) -> None:
    def asked_again(store: Store, arg: str) -> None:
        ask(store, arg)
        handing_out.take(store, Queue.READING, 9)
        if came:
            outbox.run(store, "test.work", arg, nothing, nothing)
            assert not handing_out.due(store), "while the first goes on it would be used up again"

    ask(store, "a")
    outbox.run(store, "test.work", "a", asked_again, nothing)
    assert len(handing_out.due(store)) == came
    assert open_jobs(store) == 1


def test_a_done_job_is_not_done_twice(each_store: Store) -> None:
    done: list[str] = []
    ask(each_store, "a")
    for _ in range(2):
        outbox.run(
            each_store, "test.work", "a", lambda _s, arg: done.append(arg), lambda _s, _a: None
        )
    assert done == ["a"]
    assert open_jobs(each_store) == 0


def test_old_done_jobs_are_tidied_away_and_open_ones_kept(store: Store, clock: Clock) -> None:
    ask(store, "a", "b")
    outbox.run(store, "test.work", "a", lambda _s, _a: None, lambda _s, _a: None)
    clock.forward(days=30)
    outbox.tidy(store)
    assert open_jobs(store) == 1


def test_the_socket_lies_in_a_short_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("очень длинная папка " * 5)
    folder = runtime_folder(deep)
    assert len(bytes(folder / "broker.sock")) <= 107
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder != runtime_folder(tmp_path)


def test_a_runtime_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    from examday.storage.broker import NoBroker

    folder = runtime_folder(tmp_path)
    folder.chmod(0o755)
    with pytest.raises(NoBroker):
        runtime_folder(tmp_path)
    folder.rmdir()


def test_broker_files_that_are_damaged_are_set_aside(settings: Settings) -> None:
    broker.command(settings)
    (settings.var / "broker" / "appendonlydir").mkdir()
    aside = broker.set_aside(settings)
    assert aside is not None and (aside / "appendonlydir").exists()
    assert not (settings.var / "broker").exists()


def test_the_server_program_may_be_named_and_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    from examday.storage.broker import NoBroker

    assert broker.find_server().name.startswith("valkey-server")
    monkeypatch.setenv("EXAMDAY_REDIS_BIN", "/nonexistent")
    with pytest.raises(NoBroker):
        broker.find_server()


def test_what_waits_is_counted_by_queue_with_the_age_of_the_oldest(
    store: Store, clock: Clock
) -> None:
    ask(store, "a")
    with store.begin(WORKER) as uow:
        uow.enqueue(Task.TIDY, "")
    clock.forward(seconds=90)
    ask(store, "b", "c")
    outbox.run(store, "test.work", "c", nothing, nothing)
    now = backlog(store)
    assert now.waiting == {Queue.READING: 2, Queue.UPKEEP: 1}
    assert (now.oldest.seconds, now.given_up) == (90, 0)
