"""The limited child: the file's fault and the machine's are told apart, and nothing outlives a
call."""

import errno
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from examday import confined
from examday.confined import Budget, Crashed, Overrun, run
from examday.domain.errors import DomainError, Invalid, MachineTrouble

SMALL = Budget(cpu_s=1, memory_mb=256, answer_mb=1, written_mb=4, wall_s=30)


def child(name: str, budget: Budget = SMALL, data: bytes | None = None, **arguments: Any) -> Any:
    return run(f"tests.childwork:{name}", arguments, budget, data)


def test_an_answer_comes_back_whatever_libraries_print_meanwhile() -> None:
    said = child("echo", word="Ёж", data=b"bytes")
    # What a decoder that crashes would leave on the disk holds the answers of a candidate.
    assert said == {"word": "Ёж", "data": "bytes", "core": [0, 0]}


def test_a_refusal_keeps_its_words() -> None:
    with pytest.raises(DomainError) as refused:
        child("refuse")
    assert not isinstance(refused.value, Invalid), "the caller names the kind"
    assert (refused.value.code, refused.value.advice, refused.value.params) == (
        "line",
        "Look.",
        {"line": 3},
    )


@pytest.mark.parametrize(
    ("name", "what"), [("spin", "cpu"), ("swell", "memory"), ("talk", "answer")]
)
@pytest.mark.release
def test_what_eats_its_budget_is_the_files_fault(name: str, what: str) -> None:
    with pytest.raises(Overrun) as over:
        child(name)
    assert over.value.params == {"what": what}


def test_a_file_that_fills_the_disk_is_stopped_at_its_budget(tmp_path: Path) -> None:
    with pytest.raises(Overrun):
        child("fill", path=str(tmp_path / "big"))
    assert (tmp_path / "big").stat().st_size <= 4 << 20


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGBUS, signal.SIGXCPU]
)
def test_a_child_that_somebody_kills_is_the_machines_trouble(number: signal.Signals) -> None:
    with pytest.raises(MachineTrouble) as trouble:
        child("end", number=int(number))
    assert trouble.value.params == {"what": number.name}


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_the_files_fault(number: signal.Signals) -> None:
    with pytest.raises(Crashed):
        child("end", number=int(number))
    with pytest.raises(Crashed):
        child("bug")


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.EDQUOT]
)
def test_a_disk_or_memory_error_is_the_machines_trouble(number: int) -> None:
    with pytest.raises(MachineTrouble) as trouble:
        child("fail", number=number)
    assert trouble.value.params == {"what": errno.errorcode[number]}


def test_memory_refused_by_a_machine_that_has_none_is_not_blamed_on_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confined, "free_mb", lambda: SMALL.memory_mb - 1)
    with pytest.raises(MachineTrouble) as trouble:
        child("swell")
    assert trouble.value.params == {"what": "ENOMEM"}


@pytest.mark.parametrize(
    "error", [OSError(errno.EAGAIN, ""), OSError(errno.ENOMEM, ""), MemoryError()]
)
def test_a_child_that_cannot_be_started_is_the_machines_trouble(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(MachineTrouble):
        child("echo", word="a")


def test_a_child_that_cannot_be_prepared_never_saw_the_file() -> None:
    with pytest.raises(MachineTrouble):
        run("tests.no_such_module:work", {}, SMALL)


def test_a_sleeping_child_is_ended_by_the_clock_and_nobody_is_blamed() -> None:
    begun = time.monotonic()
    with pytest.raises(MachineTrouble) as trouble:
        child("sleep", Budget(cpu_s=1, memory_mb=256, wall_s=1))
    assert trouble.value.params == {"what": "clock"}
    assert time.monotonic() - begun < 20


def test_the_limit_is_processor_time_not_the_clock() -> None:
    assert Budget(cpu_s=60, memory_mb=1).patience_s >= 600


def test_what_the_child_started_ends_with_it(tmp_path: Path) -> None:
    with pytest.raises(
        MachineTrouble
    ):  # the grandchild holds the pipe open, so the clock ends the wait
        child(
            "started_another", Budget(cpu_s=1, memory_mb=256, wall_s=1), path=str(tmp_path / "pid")
        )
    pid = int((tmp_path / "pid").read_text())
    for _ in range(200):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        os.sched_yield()
        time.sleep(0.01)
    pytest.fail("the grandchild lives")
