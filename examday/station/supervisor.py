"""Keeps a set of processes alive: starts, restarts with a growing pause, and ends every one of
them.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from examday.processes import die_with_parent

STEADY_S = 20.0
"""A part that has lived this long is healthy again: its next death starts with the short pause."""
LONGEST_PAUSE_S = 15.0
"""A part that keeps dying is tried again this often: a person who mends the cause waits no longer."""
LOG_LIMIT = 5_000_000
"""Bytes after which a log gives way at the next start, so that it never fills the disk; one older
file is kept."""
LOOK_S = 0.02
"""Seconds between two looks at a process that is to end: short, as most are gone after a tenth of a
second."""


@dataclass
class Part:
    """One part of the station and what is known of its process."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    grace_s: float = 4.0
    """Seconds from SIGTERM to SIGKILL. Work cut short is done again, so a stop need not wait long."""
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    """A part that lives long enough has its deaths forgiven."""
    wanted: bool = False
    """False until it was started once: parts are started one by one, and only then kept alive."""
    deaths: int = 0
    vain: int = 0
    """Starts in a row that the computer refused. No deaths: the files of the part are not to be
    taken for damaged ones."""
    """Deaths in a row, without a steady time between: by them the pause grows."""
    due: float = 0.0
    """Not started again before this moment, so that a broken part does not eat the processor.
    Monotonic seconds: a clock may be set back."""
    before: Callable[[int], None] = field(default=lambda deaths: None)

    def start(self) -> None:
        """Start the process in its own session (Ctrl-C reaches the launcher only), bound to the
        launcher's life.
        """
        self.wanted = True
        self.before(self.deaths)
        launcher = os.getpid()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(launcher),
            )
        self.started = time.monotonic()

    def ended(self) -> bool:
        """Whether the process has ended. Then what is left of its group is killed as well."""
        if self.process is None:
            return True
        if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        # Before the process is reaped: its number, which names the group, may be given to another.
        self.kill_group()
        self.process.wait()
        return True

    def kill_group(self) -> None:
        """SIGKILL to the process and all its children."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def send(self, number: int) -> None:
        """A signal to the process itself, not to its children."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)


class Supervisor:
    """Holds the parts; `tick` is called several times a second by the launcher."""

    def __init__(self, parts: Sequence[Part], tell: Callable[[str, int | OSError], None]) -> None:
        self.parts, self._tell = list(parts), tell

    def start(self) -> None:
        """Start the parts that do not run yet, in order."""
        for part in self.parts:
            if not part.wanted:
                part.start()

    def part(self, name: str) -> Part:
        """The part of this name."""
        return next(part for part in self.parts if part.name == name)

    def tick(self) -> None:
        """Notice the dead and start them again: after 0.2 s, then with a pause that doubles up to
        15 s.
        """
        now = time.monotonic()
        for part in self.parts:
            if part.process is not None and part.ended():
                part.deaths = 1 + (0 if now - part.started > STEADY_S else part.deaths)
                self._put_off(part, part.deaths, part.process.returncode)
                part.process = None
            if part.wanted and part.process is None and now >= part.due:
                try:
                    part.start()
                except OSError as error:
                    # A full disk, or one that can only be read: the parts that run must go on.
                    part.vain += 1
                    self._put_off(part, part.vain, error)
                else:
                    part.vain = 0

    def _put_off(self, part: Part, tries: int, why: int | OSError) -> None:
        """Say why a part does not run, and wait before it is started again."""
        # Bounded before it is counted out: a disk that is full for a night makes thousands of tries.
        part.due = time.monotonic() + min(LONGEST_PAUSE_S, 0.1 * 2 ** min(tries, 10))
        self._tell(part.name, why)

    def stop(self) -> None:
        """End all parts, last started first: SIGTERM, then SIGKILL for the groups of those that
        are not gone in time.
        """
        running = [part for part in reversed(self.parts) if part.process is not None]
        # The broker last: workers hand their unfinished jobs back to it.
        broker = [part for part in running if part.name == "broker"]
        for group in ([part for part in running if part not in broker], broker):
            for part in group:
                part.send(signal.SIGTERM)
            for part in group:
                until = time.monotonic() + part.grace_s
                while not part.ended():
                    if time.monotonic() > until:
                        part.kill_group()
                    time.sleep(LOOK_S)
                part.process = None


def module(name: str, *args: str) -> list[str]:
    """The command for `python -m name args`.

    `-P` keeps the working directory off the module path: started in a folder that has an `examday`
    or `workers` of its own (another checkout), the parts would else run that code.
    """
    return [sys.executable, "-P", "-m", name, *args]
