"""Where the broker is and whether it answers.

It only carries work; the outbox table is where work is kept.
"""

import datetime as dt
import hashlib
import json
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from examday.domain.errors import DomainError
from examday.domain.jobs import Queue
from examday.domain.messages import N_
from examday.settings import Settings

SOCKET_LIMIT = 107
"""Bytes that the path of a unix socket may have: the kernel's field has 108, with the closing zero."""

TAKEN = "unacked"
"""Where the broker keeps messages of workers that are not done with them (kombu's name): a job
there is not lost."""

ANSWER_S = 60
"""An answer that nobody fetched is forgotten after so many seconds."""

SIGNED_IN = "examday:alive:"
"""Before the names of workers that are alive, so that one look at the keys finds them all."""


class NoBroker(DomainError):
    """No broker program, or it does not start."""

    code = "no-broker"
    message = N_("No Valkey or Redis server program was found.")
    advice = N_(
        "Run `make setup`, or install the package valkey-server or redis-server, or name the program in "
        "EXAMDAY_REDIS_BIN."
    )


def runtime_folder(data: Path) -> Path:
    """A short private folder (mode 700) for the socket, named by a hash of the data folder, never
    inside it.
    """
    base = Path(f"/run/user/{os.getuid()}")
    if not os.access(base, os.W_OK):
        # A folder of our own in place of /run/user, which services and containers lack.
        base = Path(tempfile.gettempdir())
    # A hash, because the path of a unix socket must be short and data folders may lie deep.
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    folder = base / f"examday-{os.getuid()}-{name}"
    if len(os.fsencode(folder / "broker.sock")) > SOCKET_LIMIT:
        folder = Path("/tmp") / folder.name  # noqa: S108 - checked for owner and mode below
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    # In a shared folder somebody else may have made this name first, or put a link there.
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & 0o077:
        raise NoBroker(
            N_("The folder %(path)s belongs to somebody else."),
            params={"path": folder},
            advice=N_("Remove it, or set TMPDIR to a folder of your own."),
        )
    return folder


def socket_path(data: Path) -> Path:
    """The broker's unix socket for this data folder."""
    return runtime_folder(data) / "broker.sock"


def broker_url(settings: Settings) -> str:
    """Where the broker is: EXAMDAY_BROKER_URL, else the private one of this station."""
    return settings.broker_url or f"redis+socket://{socket_path(settings.data)}?virtual_host=0"


def connect(url: str) -> "redis.Redis":
    """A client for either form of address (kombu writes unix sockets as redis+socket://).

    It says at once that nobody answers: the library's own retries would keep a person waiting for
    six seconds.
    """
    once = Retry(NoBackoff(), 0)
    if url.startswith("redis+socket://"):
        path = url.removeprefix("redis+socket://").partition("?")[0]
        return redis.Redis(
            unix_socket_path=path,
            socket_timeout=3,
            retry=once,
        )
    return redis.Redis.from_url(
        url,
        socket_timeout=3,
        socket_connect_timeout=3,
        retry=once,
    )


@dataclass(frozen=True)
class Messages:
    """Ids of the jobs whose messages the broker has."""

    waiting: frozenset[str] = frozenset()
    """In a queue: no worker has taken it yet, so nothing can be said of it but that."""
    taken: frozenset[str] = frozenset()
    """With a worker that has not said that it is done with them; it may be dead."""


@dataclass(frozen=True)
class Described:
    """What a server says of itself."""

    version: str
    keeps_all: bool
    """It refuses new messages when its memory is full; others would throw old ones away."""
    clock: dt.datetime


def describe(client: "redis.Redis") -> Described:
    """Try to write, and ask what server it is. RedisError where it lets nobody write."""
    # Gone by itself: what is left of a trial must not stay.
    client.set("examday:doctor", "1", ex=5)
    told = cast("dict[str, object]", client.info())
    seconds, micro = cast("tuple[int, int]", client.time())
    version = told.get("valkey_version") or told.get("redis_version") or "?"
    policy = told.get("maxmemory_policy", "noeviction")
    return Described(
        str(version),
        policy == "noeviction",
        dt.datetime.fromtimestamp(seconds + micro / 1e6, dt.UTC),
    )


def waiting(client: "redis.Redis", queue: str) -> int:
    """How many messages stand in a queue."""
    return cast(int, client.llen(queue))


def messages(client: "redis.Redis") -> Messages:
    """What is at the broker now. Cheap as long as queues are kept short."""
    with (
        client.pipeline() as together
    ):  # one moment for all: a message must not pass between two looks
        for queue in Queue:
            together.lrange(queue, 0, -1)
        together.hvals(TAKEN)
        *queues, taken = together.execute()
    return Messages(
        frozenset(_job(json.loads(raw)) for queue in queues for raw in queue),
        frozenset(_job(json.loads(raw)[0]) for raw in taken),
    )


def _job(message: dict[str, dict[str, str]]) -> str:
    return message.get("headers", {}).get("id", "")


def first(client: "redis.Redis", what: str, within_s: float) -> bool:
    """Whether this is the first to do `what` within so many seconds. The others learn that it is done."""
    return bool(client.set(f"examday:once:{what}", "1", nx=True, px=int(within_s * 1000)))


def sign_in(client: "redis.Redis", queue: str, name: str) -> None:
    """A worker of this queue is alive; forgotten when it has not said so for a minute."""
    client.set(f"{SIGNED_IN}{queue}:{name}", "1", ex=ANSWER_S)


def signed_in(client: "redis.Redis") -> list[str]:
    """The queue of each worker that is alive; one that serves two stands there twice."""
    keys = (str(key, "utf-8") for key in client.scan_iter(f"{SIGNED_IN}*"))
    return [key.removeprefix(SIGNED_IN).partition(":")[0] for key in keys]


def answer(url: str, word: str) -> None:
    """Leave the answer of a worker for the one who waits for it; it is gone after a minute."""
    with connect(url) as client, client.pipeline() as together:
        together.lpush(_answer_key(word), "1").expire(_answer_key(word), ANSWER_S).execute()


def await_answer(url: str, word: str, within_s: float) -> bool:
    """Wait so many seconds at most for `answer(url, word)`. Raises RedisError without a broker."""
    with connect(url) as client:
        if within_s <= 0:
            return client.lpop(_answer_key(word)) is not None
        until = time.monotonic() + within_s
        while (left := until - time.monotonic()) > 0:
            # Shorter than the client's own patience of three seconds, which would end the wait.
            if client.blpop([_answer_key(word)], timeout=min(2.0, left)) is not None:
                return True
    return False


def _answer_key(word: str) -> str:
    return f"examday:answer:{word}"


def answers(url: str, within_s: float) -> bool:
    """Whether the broker answers PING within so many seconds."""
    until = time.monotonic() + within_s
    while True:
        try:
            with connect(url) as client:
                client.ping()
            return True
        except (redis.RedisError, OSError):
            if time.monotonic() >= until:
                return False
            # A broker that is starting needs some tenths of a second, so it is asked again.
            time.sleep(0.05)
