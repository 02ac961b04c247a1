"""Jobs on their way through a real broker: each sent once for each lease, each done once, whatever
is killed or emptied, however many relays and clocks there are."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from celery.signals import heartbeat_sent
from kombu import pools
from kombu.exceptions import OperationalError as BrokerError

from examday.domain.jobs import Queue, Task
from examday.services.jobs import handing_out, health, outbox
from examday.services.unit_of_work import WORKER, Store
from examday.settings import Settings
from examday.storage.broker import broker_url, connect, messages
from examday.storage.broker import waiting as messages_in
from tests.conftest import Clock
from tests.jobs.counting import SLOW, TASK
from tests.open_jobs import open_jobs
from tests.stations import private_broker, until
from workers import relay as relays
from workers.app import app
from workers.clock import FULL
from workers.clock import Clock as Beat
from workers.relay import WINDOW, Relay
from workers.schedule import SCHEDULE

pytestmark = pytest.mark.slow
LATER = handing_out.ON_THE_WAY.total_seconds() + 1


def ask(store: Store, *args: str, task: str = TASK) -> None:
    """Work to be done, as a use case asks for it."""
    with store.begin(WORKER) as uow:
        for arg in args:
            uow.enqueue(task, arg)


def _forget_connections() -> None:
    """The application keeps open what it once sent through; each test has another broker."""
    pools.reset()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def carrier(settings: Settings) -> Iterator["redis.Redis"]:
    """A real broker of this test's own, to which the application of this process sends too."""
    with private_broker(settings) as url:
        app.conf.broker_url = url
        _forget_connections()
        with connect(url) as client:
            yield client
        _forget_connections()


@pytest.fixture
def sent() -> list[str]:
    """The arguments of all messages, in the order of sending."""
    return []


@pytest.fixture
def send(sent: list[str]) -> relays.Send:
    """Send to the real broker, and count."""

    def counting(task: str, arg: str, outbox_id: str) -> None:
        relays.send(task, arg, outbox_id)
        sent.append(arg)

    return counting


def test_what_was_asked_for_is_sent_once(
    store: Store, carrier: "redis.Redis", send: relays.Send, sent: list[str], clock: Clock
) -> None:
    relay = Relay(store, carrier, send, look_s=0)
    ask(store, "a", "b")
    for _ in range(4):
        relay.turn()
        clock.forward(hours=3)  # however long they wait: age alone loses no message
    assert sent == ["a", "b"]


@pytest.mark.parametrize("queues", [list(Queue), [Queue.UPKEEP]])
def test_a_worker_stands_under_each_queue_that_it_serves(
    store: Store, carrier: "redis.Redis", queues: list[Queue]
) -> None:
    """The one worker of a laptop serves all: none of them is said to have nobody."""
    app.amqp.queues.select(queues)
    try:
        heartbeat_sent.send(sender=None)
    finally:
        app.amqp.queues.select(None)
    assert health.workers(store) == dict.fromkeys(queues, 1)


def test_an_emptied_broker_gets_everything_unfinished_again(
    store: Store, carrier: "redis.Redis", send: relays.Send, sent: list[str], clock: Clock
) -> None:
    relay = Relay(store, carrier, send, look_s=0)
    ask(store, "a", "b")
    relay.turn()
    outbox.run(store, TASK, "a", lambda _s, _a: None, lambda _s, _a: None)
    carrier.flushall()
    clock.forward(seconds=LATER)
    relay.turn()
    assert sent == ["a", "b"], "one look may have missed a message that a worker was just taking"
    relay.turn()
    relay.turn()
    assert sent == ["a", "b", "b"]


def test_what_a_relay_leased_and_never_sent_is_sent_by_another(
    store: Store, carrier: "redis.Redis", send: relays.Send, sent: list[str], clock: Clock
) -> None:
    ask(store, "a")
    # taken and never begun, as by a worker that died
    assert handing_out.take(store, Queue.READING, 9)
    relay = Relay(store, carrier, send, look_s=0)
    relay.turn()
    assert sent == [], "it may still be on its way"
    clock.forward(seconds=LATER)
    for _ in range(3):
        relay.turn()
    assert sent == ["a"]


def test_what_a_slow_relay_calls_lost_after_another_has_sent_it_anew_is_sent_no_third_time(
    store: Store, clock: Clock
) -> None:
    ask(store, "a")
    assert handing_out.take(store, Queue.READING, 9)
    clock.forward(seconds=LATER)
    missed_by_both = handing_out.unbegun(store)
    handing_out.lost(store, missed_by_both)
    assert [job.arg for job in handing_out.take(store, Queue.READING, 9)] == ["a"]
    handing_out.lost(store, missed_by_both)
    assert handing_out.take(store, Queue.READING, 9) == []


def test_a_send_that_fails_leaves_the_job_due(store: Store, carrier: "redis.Redis") -> None:
    def broken(_task: str, arg: str, _id: str) -> None:
        if arg == "b":
            raise BrokerError("gone")

    ask(store, "a", "b")
    with pytest.raises(BrokerError):
        Relay(store, carrier, broken).turn()
    assert [arg for _id, _task, arg in handing_out.due(store)] == ["b"]


def test_a_long_backlog_stays_in_the_outbox_and_upkeep_does_not_wait_behind_it(
    store: Store, carrier: "redis.Redis", send: relays.Send, clock: Clock
) -> None:
    ask(store, *(f"{n}" for n in range(WINDOW + 50)))
    ask(store, "act", task=Task.REMOVE_DESTROYED)
    relay = Relay(store, carrier, send, look_s=0)
    for _ in range(5):
        relay.turn()
        clock.forward(minutes=10)
    assert messages_in(carrier, Queue.READING) == WINDOW
    assert messages_in(carrier, Queue.UPKEEP) == 1
    assert len(messages(carrier).waiting) == WINDOW + 1


def test_relays_at_once_get_different_jobs(each_store: Store) -> None:
    wanted = [f"{n}" for n in range(300)]
    ask(each_store, *wanted)
    got: list[str] = []

    def one() -> None:
        while jobs := handing_out.take(each_store, Queue.READING, 7):
            got.extend(job.arg for job in jobs)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # A relay that finds everything leased by others may stop early; nothing is leased twice.
    assert sorted(got) == sorted(wanted)


def test_two_clocks_start_a_task_once_and_none_where_nobody_takes_messages(
    settings: Settings, carrier: "redis.Redis", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXAMDAY_DATA", str(settings.data))
    app.loader.import_default_modules()
    clocks = [Beat(app, schedule_filename=str(tmp_path / f"clock {n}")) for n in range(2)]
    for clock in clocks:
        for entry in clock.schedule.values():
            if entry.name in SCHEDULE:
                clock.apply_async(entry, advance=False)
    assert messages_in(carrier, Queue.UPKEEP) == len(SCHEDULE)

    for key in carrier.scan_iter("examday:once:*"):
        carrier.delete(key)
    carrier.lpush(Queue.UPKEEP, *["{}"] * FULL)
    before = messages_in(carrier, Queue.UPKEEP)
    for entry in clocks[0].schedule.values():
        clocks[0].apply_async(entry, advance=False)
    assert messages_in(carrier, Queue.UPKEEP) == before
    for clock in clocks:
        clock.close()


class Workers:
    """Real Celery workers on `store`; each may be killed."""

    def __init__(self, store: Store, count: Path) -> None:
        self.count, self._store, self._running = count, store, list[subprocess.Popen[bytes]]()
        count.touch()

    def start(self) -> None:
        """One more worker with two processes."""
        settings = self._store.settings
        env = {
            **os.environ,
            "EXAMDAY_DATA": str(settings.data),
            "EXAMDAY_DATABASE_URL": settings.database_url,
            "EXAMDAY_BROKER_URL": broker_url(settings),
            "EXAMDAY_COUNT": str(self.count),
        }
        argv = "-m celery --quiet --app tests.jobs.counting worker --concurrency 2 --queues reading,upkeep"
        argv += " --without-gossip --without-mingle --loglevel error"
        self._running.append(
            subprocess.Popen([sys.executable, *argv.split()], env=env, start_new_session=True)
        )

    def kill(self) -> None:
        """kill -9 of all workers and their processes."""
        for process in self._running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def done(self) -> Counter[str]:
        """How often each was done."""
        return Counter(self.count.read_text().split())


@pytest.fixture
def workers(each_real_store: Store, tmp_path: Path) -> Iterator[Workers]:
    """No worker yet; what the test leaves of them is killed."""
    made = Workers(each_real_store, tmp_path / "count")
    yield made
    made.kill()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_real_store(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Store]:
    """A store with the computer's own clock, which workers share."""
    request.getfixturevalue("carrier")
    if request.param == "sqlite":
        request.getfixturevalue("store")  # used for its file alone
        made = Store(settings)
    else:
        made = Store(replace(settings, database_url=request.getfixturevalue("postgres")()))
    yield made
    made.close()


@pytest.fixture
def two_relays(
    each_real_store: Store, carrier: "redis.Redis", send: relays.Send
) -> Iterator[Callable[[], None]]:
    """Start two relays that go round until the test ends."""
    stop = threading.Event()

    def go_round(relay: Relay) -> None:
        while not stop.wait(0.05):
            relay.turn()

    made = [Relay(each_real_store, carrier, send, look_s=0.3) for _ in range(2)]
    threads = [threading.Thread(target=go_round, args=(relay,)) for relay in made]
    yield lambda: [thread.start() for thread in threads][0]
    stop.set()
    for thread in threads:
        if thread.ident:
            thread.join(20)


def goes_through(
    store: Store, jobs: int, two_relays: Callable[[], None], workers: Workers, sent: list[str]
) -> None:
    """So many jobs wait without a worker, then with one: each is sent once and done once."""
    wanted = [f"{n}" for n in range(jobs)]
    ask(store, *wanted)
    two_relays()
    until(lambda: len(sent) >= relays.WINDOW, 30, "the broker has its share")
    workers.start()
    until(lambda: not open_jobs(store), 240, "all is done")
    assert workers.done() == Counter(wanted)
    # A worker may be done with a job before its relay has come back from sending it.
    until(lambda: len(sent) >= jobs, 10, "all that was sent is counted")
    assert Counter(sent) == Counter(wanted)


@pytest.mark.parametrize("each_real_store", ["postgresql"], indirect=True)
def test_a_backlog_is_sent_once_and_done_once_by_two_relays(
    each_real_store: Store,
    two_relays: Callable[[], None],
    workers: Workers,
    sent: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relays, "WINDOW", 15)
    goes_through(each_real_store, 40, two_relays, workers, sent)


@pytest.mark.release
def test_a_backlog_of_a_night_is_sent_once_and_done_once_by_two_relays(
    each_real_store: Store, two_relays: Callable[[], None], workers: Workers, sent: list[str]
) -> None:
    goes_through(each_real_store, 2000, two_relays, workers, sent)


@pytest.mark.release
def test_what_a_killed_worker_had_and_an_emptied_broker_lost_is_sent_and_done_once_more(
    each_real_store: Store,
    carrier: "redis.Redis",
    two_relays: Callable[[], None],
    workers: Workers,
    sent: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing_out, "ON_THE_WAY", handing_out.ON_THE_WAY / 6)
    wanted = [f"{n}" for n in range(60)]
    ask(each_real_store, f"{SLOW} 1", f"{SLOW} 2", *wanted)
    two_relays()
    workers.start()
    until(workers.count.with_suffix(".begun").exists, 30, "two long jobs are being done")
    until(lambda: len(sent) == len(wanted) + 2, 30, "all were sent")
    workers.kill()
    workers.count.with_suffix(".killed").touch()
    carrier.flushall()
    workers.start()
    until(lambda: not open_jobs(each_real_store), 120, "all is done")
    assert workers.done() == Counter([f"{SLOW}", f"{SLOW}", "1", "2", *wanted])
    assert Counter(sent) == Counter(2 * [f"{SLOW} 1", f"{SLOW} 2", *wanted])
