"""Real stations for tests: the launcher as a process with everything it starts, on a temporary
data folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.station import broker
from examday.storage.broker import answers, broker_url, socket_path

TRAINING = {"EXAMDAY_RESERVE_MB": "50", "EXAMDAY_ARGON2_COST": "1"}


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something to become true; fail with `what` when it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds} s still not: {what}"
        time.sleep(0.05)


@contextmanager
def private_broker(settings: Settings) -> Iterator[str]:
    """A real broker of this data folder alone, and its address; it ends with the test, red or not."""
    process = subprocess.Popen(broker.command(settings), stdout=subprocess.DEVNULL)
    try:
        assert answers(broker_url(settings), 10)
        yield broker_url(settings)
    finally:
        process.terminate()
        process.wait(timeout=60)


class Station:
    """`examday station` as a process. Its parts are found by the data folder in their environment."""

    def __init__(self, data: Path, *options: str, port: int = 0) -> None:
        self.data, self.port, self.options = data, port or free_port(), options
        self.settings = Settings.from_env({}, data=data, port=self.port)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "Station":
        """Start and wait until it says that it is ready."""
        data = ["--data", str(self.data), "--port", str(self.port), *self.options]
        self.data.mkdir(parents=True, exist_ok=True)
        self.output = self.data / "launcher.out"
        with self.output.open("a") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "examday.cli", "station", *data],
                stdout=out,
                stderr=out,
                env={**os.environ, **TRAINING, "EXAMDAY_LANGUAGE": "en"},
                text=True,
            )
        begin = self.said().count("ready")
        until(
            lambda: self.said().count("ready") > begin or self.process.poll() is not None,
            180,  # minutes, because a machine at full load seeds the training day so long
            "ready",
        )  # type: ignore[union-attr]
        assert self.process.poll() is None, self.said()
        return self

    def said(self) -> str:
        """What the launcher has printed so far."""
        return self.output.read_text() if self.output.exists() else ""

    def processes(self) -> dict[int, str]:
        """pid → command line of every living process of this station, the launcher left out."""
        mark = f"EXAMDAY_DATA={self.data}".encode()
        sock = os.fsencode(
            socket_path(self.data)
        )  # the broker overwrites its environment with its title
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                line = (entry / "cmdline").read_bytes()
                if (
                    mark in (entry / "environ").read_bytes().split(b"\0") or sock in line
                ) and _state(entry) != b"Z":
                    found[int(entry.name)] = line.replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def pids(self, words: str) -> list[int]:
        """Processes whose command line holds `words`."""
        return [pid for pid, line in self.processes().items() if words in line]

    def kill(self, words: str) -> list[int]:
        """kill -9 every process whose command line holds `words`."""
        victims = self.pids(words)
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return victims

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Send the launcher a signal and wait for its end; seconds it took."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=60)
        return time.monotonic() - begun

    def store(self) -> Store:
        """The station's database."""
        return Store(self.settings)


def _state(entry: Path) -> bytes:
    return (entry / "stat").read_bytes().rpartition(b")")[2].split()[0]
