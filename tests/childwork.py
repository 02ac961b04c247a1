"""What the limited child is made to do in the tests of `examday.confined`: things that files do to
their readers."""

import os
import resource
import signal
import sys
import time
from typing import Any

from examday.domain.errors import Invalid


def echo(word: str) -> dict[str, Any]:
    """An ordinary answer; what libraries print in between is not part of it."""
    print("a library talks")
    core = resource.getrlimit(resource.RLIMIT_CORE)
    return {"word": word, "data": sys.stdin.buffer.read().decode(), "core": core}


def refuse() -> None:
    """A file that is not what it should be."""
    raise Invalid("Line %(line)s.", advice="Look.", code="line", params={"line": 3})


def spin() -> None:
    """Endless work."""
    while True:
        pass


def sleep() -> None:
    """A child that waits for something that never comes."""
    time.sleep(600)


def swell() -> None:
    """More memory than any budget gives."""
    bytearray(1 << 34)


def talk() -> str:
    """An answer without end."""
    return "x" * (1 << 22)


def fill(path: str) -> None:
    """A picture that grows and grows."""
    with open(path, "wb") as out:
        for _ in range(100):
            out.write(bytes(1 << 20))


def fail(number: int) -> None:
    """An error of reading or writing."""
    raise OSError(number, "as the kernel says it")


def bug() -> None:
    """A library stumbles."""
    raise KeyError("x")


def end(number: int) -> None:
    """Killed by this signal."""
    signal.signal(number, signal.SIG_DFL) if number not in (
        signal.SIGKILL,
        signal.SIGSTOP,
    ) else None
    os.kill(os.getpid(), number)
    time.sleep(5)


def started_another(path: str) -> None:
    """A grandchild that would outlive everybody; it writes its number."""
    pid = os.fork()
    if not pid:
        time.sleep(600)
    with open(path, "w") as out:
        out.write(str(pid))
