"""The n-th thing that is asked of the disk fails, for n = 1, 2, 3 … and for every process of the step: nothing is
lost, the error is one of the program's own, and the same step is done afterwards."""

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from examday.services.unit_of_work import Store
from tests.conftest import Clock
from tests.open_jobs import open_jobs
from tests.soak.ground import FAILED, Ground, Told, come_to_rest
from tests.soak.use_cases import Case, the_day

CALLS = [
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "linkat",
    "link",
    "rename",
    "renameat",
    "mkdir",
    "unlink",
    "sendfile",
    "copy_file_range",
    "fchmod",
]
"""System calls by which the program, SQLite and the reader in its child change the disk, and opening files."""
TROUBLES = ("ENOSPC", "EIO", "EROFS", "EDQUOT")
STEPS = 26


@pytest.fixture
def ground(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed: apt-get install strace")
    return Ground(store, tmp_path_factory.mktemp("kept"))


def test_whatever_the_disk_refuses_nothing_is_lost_and_the_step_is_done_afterwards(
    ground: Ground, clock: Clock, dice: random.Random, seconds: float
) -> None:
    tried, said, faults = Counter[str](), Counter[str](), []
    for case in the_day(ground.store):
        ground.keep()
        ground.put_back()
        clean, calls = traced(ground, case.act)
        assert clean.code == 0, f"{case.name}: {clean.trace}"
        seen = ground.child(lambda: None, figures=True).seen
        after = seen[0]
        ground.put_back()
        whole = ground.child(case.act, figures=True)
        end = time.monotonic() + seconds / STEPS
        faulty = [(call, n) for call, most in calls.items() for n in range(1, most + 1)]
        dice.shuffle(faulty)
        for number, (call, n) in enumerate(faulty):
            if number and time.monotonic() > end:
                break
            trouble = dice.choice(TROUBLES)
            ground.put_back()
            told, _ = traced(ground, case.act, f"{call}:error={trouble}:when={n}")
            tried[call] += 1
            said[told.error or "done all the same"] += 1
            for fault in judged(ground, clock, case, told, whole, after):
                faults.append(f"{case.name}, {call} {n} {trouble}: {fault}")
                print(faults[-1], flush=True)
        ground.put_back()
        case.act()
    print(f"\n{sum(tried.values())} refused: {dict(tried)}; said: {dict(said)}")
    assert faults == []


def judged(
    ground: Ground, clock: Clock, case: Case, told: Told, whole: Told, after: Counter[str]
) -> list[str]:
    """What is wrong after a step in which the disk refused something."""
    faults = ground.wrong()
    own = told.error.partition(" ")[2] or told.error in PLAIN
    if told.code not in (0, FAILED) or (told.code == FAILED and not own):
        faults.append(f"no plain error: {told.code} {told.trace[-1500:]}")
    put_off = open_jobs(ground.store) > 0
    # What waits for its next try leaves gaps that people may have passed by meanwhile.
    if not put_off and ground.figures() not in [*whole.seen, after]:
        faults.append("neither before nor after any transaction of the step")
    clock.forward(hours=1)  # the pause after trouble of the computer is over
    rest = ground.child(lambda: come_to_rest(ground.store))
    if rest.code:
        return [*faults, f"the station does not come to rest: {rest.trace[-1500:]}"]
    if told.code == 0 and ground.figures() != after:
        faults.append("not as after a step in which nothing failed")
    if ground.figures() == whole.seen[0] != after or (told.code and case.always_again):
        again = ground.child(case.again)
        if again.code:
            return [*faults, f"cannot be done again: {again.trace[-1500:]}"]
        if ground.figures() != after:
            faults.append("not as after a step in which nothing failed")
    return faults + ground.accounted()


PLAIN = {"OSError", "PermissionError", "FileNotFoundError"}
"""What a service may let through: pages and commands say it in words (`test_a_disk_that_refuses_is_said_in_words`)."""


def traced(
    ground: Ground, step: Callable[[], object], inject: str = ""
) -> tuple[Told, Counter[str]]:
    """Take the step in a process whose system calls are counted, or one of which fails."""
    log = ground.kept / "calls"
    log.unlink(missing_ok=True)
    order = ["strace", "-f", "-qq", "-o", str(log), "-e", "trace=" + ",".join(CALLS)]
    order += ["-e", "inject=" + inject] if inject else []

    def waiting() -> object:
        helper = subprocess.Popen(
            [*order, "-p", str(os.getpid())], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        until_traced()
        try:
            return step()
        finally:
            helper.terminate()  # it lets go of this process
            helper.wait()

    told = ground.child(waiting)
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    data = str(ground.data)
    counted: Counter[str] = Counter()
    for line in lines:
        call = line.split(None, 1)[1].partition("(")[0] if " " in line else ""
        if call in CALLS and (call != "openat" or data in line):
            counted[call] += 1
    return told, counted


def until_traced() -> None:
    """Wait until somebody looks at this process."""
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        time.sleep(0.005)
