"""The parts of a station are kept alive, whatever keeps one of them from being started."""

import errno
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from examday.station import launch
from examday.station.supervisor import Part, Supervisor
from tests.stations import until

Told = list[tuple[str, int | OSError]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def two(tmp_path: Path, told: Told) -> Iterator[Supervisor]:
    """A part that runs on and one beside it."""
    parts = [
        Part(name, ["sleep", "600"], {}, tmp_path / name / "log") for name in ("web", "worker")
    ]
    supervisor = Supervisor(parts, lambda *said: told.append(said))
    supervisor.start()
    yield supervisor
    supervisor.stop()


def ticking(two: Supervisor, condition: Callable[[], bool]) -> Callable[[], bool]:
    def look() -> bool:
        two.tick()
        return condition()

    return look


def test_a_part_that_a_full_disk_keeps_from_starting_is_tried_again_and_ends_nothing_else(
    two: Supervisor, told: Told
) -> None:
    worker, web = two.part("worker"), two.part("web")
    before = web.process
    refusing = [OSError(errno.ENOSPC, "No space left on device")] * 2

    deaths = set[int]()

    def refuse(died: int) -> None:
        deaths.add(died)
        if refusing:
            raise refusing.pop()

    worker.before = refuse
    worker.kill_group()
    until(ticking(two, lambda: len(told) == 3), 20, "the death and two vain starts are told")
    assert worker.process is None and web.process is before and web.process.poll() is None
    # With a pause that grows: a disk stays full for minutes.
    assert worker.due - time.monotonic() > 0.2
    until(ticking(two, lambda: worker.process is not None), 20, "it runs again")
    assert [name for name, _why in told] == ["worker"] * 3
    assert deaths == {1}, "a start that was refused is no death: no file counts as damaged for it"


def test_a_night_of_vain_starts_does_not_end_the_station(two: Supervisor, told: Told) -> None:
    worker = two.part("worker")

    def refuse(_deaths: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    worker.before = refuse
    worker.vain = 2000
    worker.kill_group()
    until(ticking(two, lambda: len(told) == 2), 20, "the death and a vain start are told")
    assert 14 < worker.due - time.monotonic() <= 15


def test_a_folder_of_logs_that_cannot_be_written_ends_nothing_else(
    two: Supervisor, told: Told, tmp_path: Path
) -> None:
    worker = two.part("worker")
    worker.log = tmp_path / "web" / "log" / "no folder" / "log"
    worker.kill_group()
    until(ticking(two, lambda: len(told) == 2), 20, "the death and a vain start are told")
    assert isinstance(told[1][1], OSError)


def test_the_launcher_says_why_a_part_does_not_start_and_outlives_a_full_disk_behind_its_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    launch._tell_death("worker", OSError(errno.ENOSPC, "No space left on device"))
    launch._tell_death("worker", OSError(errno.EAGAIN, "Resource temporarily unavailable"))
    launch._tell_death("worker", -9)
    full, other, killed = capsys.readouterr().err.splitlines()
    assert "Диск заполнен" in full and "temporarily" in other and "-9" in killed

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("click.echo", refuse)
    launch._tell_death("worker", -9)
