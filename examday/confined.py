"""Run a function on a file from outside in a child process with limits.

Tell the file's fault from the machine's.

`run` is the parent's side. The child is this module run as a program: it loads the named function, limits itself, and
only then opens the file. It prints one JSON line; whatever the file makes it do ends the child alone.

What counts as whose fault:

- The file's: the function refused it; the child used up its processor time or its memory; the decoder crashed on it.
- The machine's: the child could not be started or prepared; somebody killed it (the kernel for want of memory, a
  shutdown); the disk is full; it slept past the wall clock. The same file is then worth another try.

One thing cannot be told for sure. When memory is refused, the limit and a machine without memory
look alike to the child. It counts as the file's fault only when the machine had the whole budget
free before and after.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import math
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from examday.domain.errors import DomainError, MachineTrouble
from examday.processes import die_with_parent
from examday.resources import PACKAGES

READY = b"ready\n"
"""Written by the child before it opens the file: without it whatever happened is not the file's
fault."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""Processor time is budgeted; threads of a numeric library would spend it several times over."""
MACHINE_ERRORS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EMFILE,
        errno.ENFILE,
        errno.EROFS,
        errno.ESTALE,
    }
)
"""errno values that speak of the computer: a scan must not be set aside because a disk is full."""
CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGTRAP}
)
"""Signals that a decoder raises itself at a damaged file: only these blame the file, and no kill
from outside."""
NO_MEMORY = re.compile(
    rb"memory allocation of \d+ bytes failed|bad_alloc|out of memory|cannot allocate memory", re.I
)
"""How libraries that abort without memory say so: the same signal as a crash, and another fault."""
KEPT_OF_STDERR = 16 * 1024
"""Bytes: enough for the last words of a library; a file can make it print without end."""
UNITS = 2**20
"""Limits of memory are spoken of in MiB and set in bytes: a factor with a name is not forgotten."""
HARDER_S = 5
"""Processor seconds from the limit that can be caught to the one that cannot: a SIGKILL that comes
earlier is somebody else's."""


@dataclass(frozen=True)
class Budget:
    """What one call may cost: processor seconds, address space, answer and written files in MiB.

    `wall_s` guards against a child that sleeps; it is generous, because a loaded laptop makes
    everybody slow.
    """

    cpu_s: float
    memory_mb: int
    answer_mb: int = 8
    """A file can make a decoder answer without end."""
    written_mb: int = 512
    """What a decoder writes must not fill the disk of the station."""
    wall_s: float = 0.0

    @property
    def patience_s(self) -> float:
        """How long the parent waits at most."""
        # Ten times the processor time: with several children at once each waits for the others.
        return self.wall_s or 10 * self.cpu_s + 60


class Overrun(DomainError):
    """The file took more than its budget: `params["what"]` is cpu, memory, answer or disk."""

    code = "took-too-long"


class Crashed(DomainError):
    """The file made the decoder stop."""

    code = "decoder-stopped"


class Order(TypedDict):
    """What the child is told: whom to call, with what, and its limits."""

    target: str
    arguments: dict[str, object]
    parent: int
    """The child ends with it: a worker that is killed leaves no decoder behind."""
    cpu_s: float
    memory_mb: int
    written_mb: int


class Refusal(TypedDict):
    """A DomainError on its way through JSON."""

    message: str
    advice: str
    code: str
    params: dict[str, object]


class Said(TypedDict):
    """What the child says: one of these."""

    answer: NotRequired[object]
    machine: NotRequired[object]
    refused: NotRequired[Refusal]
    overrun: NotRequired[str]
    memory: NotRequired[bool]
    """Memory was refused, which alone does not tell whose fault that is: the parent looks at what
    was free."""
    bug: NotRequired[str]
    """Name of an exception that is no refusal: the decoder stumbled over the file."""


def run(
    target: str,
    arguments: Mapping[str, object],
    budget: Budget,
    data: bytes | None = None,
) -> object:
    """Call `target` ("module:function") with JSON arguments in a limited child; its JSON answer.

    `data` are the bytes that the function finds on its standard input.

    Raises Overrun or Crashed (the file's fault), MachineTrouble (try again later), or the
    function's own refusal as a DomainError with its code, message, advice and params.
    """
    # Measured before and after: memory may have been short only while the child ran.
    room = free_mb()
    told = _run_child(target, arguments, budget, data)
    return _verdict(
        told, budget, min((mb for mb in (room, free_mb()) if mb is not None), default=None)
    )


@dataclass(frozen=True)
class _Told:
    """What is known of a child that has ended.

    It holds the exit status (negative: a signal), the processor seconds and the output.
    """

    status: int
    cpu_s: float
    out: bytes
    err: bytes
    stopped_for: str = ""


def _run_child(
    target: str,
    arguments: Mapping[str, object],
    budget: Budget,
    data: bytes | None,
) -> _Told:
    order: Order = {
        "target": target,
        "arguments": dict(arguments),
        "parent": os.getpid(),
        "cpu_s": budget.cpu_s,
        "memory_mb": budget.memory_mb,
        "written_mb": budget.written_mb,
    }
    try:
        with tempfile.TemporaryFile() if data is not None else open(os.devnull, "rb") as source:
            if data is not None:
                source.write(data)
                source.seek(0)
            child = subprocess.Popen(
                # -P: the folder that a person happens to stand in must not lend modules to the
                # child.
                [sys.executable, "-P", "-m", "examday.confined", json.dumps(order)],
                env=_environment(),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A group of its own, so that all it started can be killed at once.
                start_new_session=True,
            )
    except (OSError, MemoryError) as error:
        raise MachineTrouble(params={"what": _name(error)}) from error
    with child:
        try:
            out, err, stopped_for = _listen(child, budget)
        finally:
            status, cpu_s = _reap(child)
    return _Told(status, cpu_s, out, err, stopped_for)


def _environment() -> dict[str, str]:
    """This program's own modules first: the child must load the very code that its parent runs."""
    root = str(PACKAGES)
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path}


def _listen(child: subprocess.Popen[bytes], budget: Budget) -> tuple[bytes, bytes, str]:
    """Everything the child says until it falls silent.

    It is stopped when it says or sleeps too much.
    """
    heard = {"out": bytearray(), "err": bytearray()}
    until, most = time.monotonic() + budget.patience_s, budget.answer_mb * UNITS
    with selectors.DefaultSelector() as ears:
        for pipe, name in ((child.stdout, "out"), (child.stderr, "err")):
            assert pipe is not None
            ears.register(pipe, selectors.EVENT_READ, name)
        while ears.get_map():
            ready = ears.select(max(0.0, until - time.monotonic()))
            if not ready:
                return bytes(heard["out"]), bytes(heard["err"]), "clock"
            for key, _events in ready:
                part = os.read(key.fd, 2**16)
                if not part:
                    ears.unregister(key.fileobj)
                heard[key.data] += part
            # The end counts: a library says last why it stops.
            del heard["err"][:-KEPT_OF_STDERR]
            if len(heard["out"]) > most:
                return b"", bytes(heard["err"]), "answer"
    return bytes(heard["out"]), bytes(heard["err"]), ""


def _reap(child: subprocess.Popen[bytes]) -> tuple[int, float]:
    """End the child and everything it started; exit status and processor seconds.

    Popen itself cannot tell the latter.

    The group is killed while the child is not yet reaped, so that its number cannot belong to
    anybody else.
    """
    grace = time.monotonic() + 1.0
    try:
        while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > grace:
                break
            time.sleep(0.005)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        _pid, status, used = os.wait4(child.pid, 0)
    except ChildProcessError as error:  # somebody else has taken its end: nothing is known of it
        child.returncode = 0
        raise MachineTrouble(params={"what": "ECHILD"}) from error
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, used.ru_utime + used.ru_stime


def _verdict(told: _Told, budget: Budget, room: int | None) -> object:
    """The answer, or whose fault it is that there is none."""
    _check_stopped(told, budget)
    if not told.out.startswith(READY):  # it had not even seen the file, so the file is not to blame
        raise MachineTrouble(params={"what": _ending(told.status)})
    said = _said(told.out)
    if said.get("memory") or (-told.status in CRASHES and NO_MEMORY.search(told.err)):
        raise _out_of_memory(budget, room)
    if "bug" in said or -told.status in CRASHES:
        raise Crashed(params={"what": said.get("bug") or _ending(told.status)})
    _repeat(said)
    if told.status != 0 or "answer" not in said:
        raise MachineTrouble(params={"what": _ending(told.status)})
    return said["answer"]


def _out_of_memory(budget: Budget, room: int | None) -> DomainError:
    """Whose fault it is that memory was refused: the machine's, when it had not the whole budget."""
    if room is not None and room < budget.memory_mb:
        return MachineTrouble(params={"what": "ENOMEM"})
    return Overrun(params={"what": "memory"})


def _check_stopped(told: _Told, budget: Budget) -> None:
    """Raise what follows from the way the child was stopped, if it was."""
    if told.stopped_for == "answer":
        raise Overrun(params={"what": "answer"})
    if told.stopped_for == "clock":
        raise MachineTrouble(params={"what": "clock"})
    # The kernel sends SIGXCPU at the limit and SIGKILL some seconds past it; a kill before that is
    # somebody else's.
    spent = {signal.SIGXCPU: 0.9 * budget.cpu_s, signal.SIGKILL: budget.cpu_s + HARDER_S - 1}
    if told.cpu_s >= next(
        (least for number, least in spent.items() if told.status == -number), math.inf
    ):
        raise Overrun(params={"what": "cpu"})


def _repeat(said: Said) -> None:
    """Raise here what the function raised in the child."""
    if "machine" in said:
        raise MachineTrouble(params={"what": said["machine"]})
    if "refused" in said:
        raise DomainError(**said["refused"])
    if "overrun" in said:
        raise Overrun(params={"what": said["overrun"]})


def _said(out: bytes) -> Said:
    try:
        said = json.loads(out[len(READY) :].decode())
    except ValueError:
        return {}
    return cast(Said, said) if isinstance(said, dict) else {}


def _ending(status: int) -> str:
    try:
        return signal.Signals(-status).name if status < 0 else f"exit {status}"
    except ValueError:
        return f"signal {-status}"


def _name(error: BaseException) -> str:
    """A short name of a trouble, fit for a log: errno's name or the class."""
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number, type(error).__name__) if number else type(error).__name__


def free_mb() -> int | None:
    """Memory, in MiB, that a new process could get now; None where the kernel does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        have = {
            line.split(":")[0]: int(line.split()[1]) // 1024
            for line in lines
            if len(line.split()) > 1
        }
        # Swap counts: a slow success is better than a scan set aside.
        free = have["MemAvailable"] + have.get("SwapFree", 0)
        # Strict accounting: the kernel refuses what it has promised to others, however much is
        # free.
        if Path("/proc/sys/vm/overcommit_memory").read_text("ascii").strip() == "2":
            free = min(free, have["CommitLimit"] - have["Committed_AS"])
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return max(0, free)


def is_machine(error: OSError) -> bool:
    """Whether this error of reading or writing speaks of the computer and not of the file."""
    return error.errno in MACHINE_ERRORS


def _limit(order: Order) -> None:
    """From here on the budget counts; what loading the program took is not charged to the file."""
    memory, written = order["memory_mb"] * UNITS, order["written_mb"] * UNITS
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = math.ceil(order["cpu_s"] + used.ru_utime + used.ru_stime)
    for what, most, hardest in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu, cpu + HARDER_S),
        (resource.RLIMIT_FSIZE, written, written),
        # A core file would hold the answers of a candidate.
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (most, hardest))


def _answer(function: Callable[..., object], arguments: Mapping[str, object]) -> Said:
    """What the child says: the function's answer, or why there is none."""
    try:
        return {"answer": function(**arguments)}
    except MachineTrouble as trouble:
        return {"machine": trouble.params.get("what", "")}
    except DomainError as refused:
        return {
            "refused": {
                "message": refused.message,
                "advice": refused.advice,
                "code": refused.code,
                "params": refused.params,
            }
        }
    except MemoryError:
        return {"memory": True}
    except OSError as error:
        if error.errno == errno.EFBIG:
            return {"overrun": "disk"}
        return {"machine": _name(error)} if is_machine(error) else {"bug": _name(error)}
    except Exception as error:  # whatever a library raises at a damaged file
        return {"bug": type(error).__name__}


def _child(order: Order) -> None:
    # A worker that is killed must not leave children that go on decoding.
    die_with_parent(order["parent"])
    voice = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not be taken for the answer
    module, _, name = order["target"].partition(":")
    function = getattr(importlib.import_module(module), name)
    _limit(order)
    voice.write(READY)
    voice.flush()
    voice.write(
        json.dumps(_answer(function, order["arguments"]), ensure_ascii=False).encode(
            "utf-8", "replace"
        )
    )
    voice.flush()
    os._exit(0)  # libraries' farewells can neither fail nor take time


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
