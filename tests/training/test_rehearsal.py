"""The technical rehearsal: plays on a real station, and says plainly when the station is not
ready."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Actor
from examday.services.training.rehearsal.checks import DayHasBegun, check_day
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, Person
from tests import day
from tests.quiet_room import readable_by_others
from tests.stations import TRAINING, Station


def rehearse(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`examday rehearse --json` on this folder."""
    return subprocess.run(
        [sys.executable, "-m", "examday.cli", "rehearse", "--data", str(data), "--json", *options],
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, **TRAINING},
    )


@pytest.mark.slow
@pytest.mark.release
def test_a_rehearsal_goes_from_two_scans_to_hand_over_and_leaves_a_protocol(tmp_path: Path) -> None:
    station = Station(tmp_path, "--no-demo").start()
    try:
        done = rehearse(tmp_path)
        told = json.loads(done.stdout)
        assert (done.returncode, told["ok"]) == (0, True), told
        assert len(told["steps"]) >= 15
        assert Path(told["protocol"]).read_bytes().startswith(b"%PDF")
        store = station.store()
        with store.read() as uow:
            booklet = uow.session.scalars(select(Booklet)).one()
            assert (booklet.state, booklet.exam.training) == (State.HANDED_OVER, True)
            assert all(
                person.disabled and not person.pin_hash
                for person in uow.session.scalars(select(Person))
            )
        store.close()
        station.kill("worker --concurrency")
        station.kill(
            "workers.watcher"
        )  # the launcher starts both again: the next rehearsal still succeeds
        appeal = json.loads(rehearse(tmp_path, "--appeal").stdout)
        assert appeal["ok"], [step for step in appeal["steps"] if step["error"]]
        assert len(appeal["steps"]) >= 20
        assert readable_by_others(tmp_path) == []
    finally:
        station.stop()


@pytest.mark.release
def test_without_a_station_the_rehearsal_says_how_to_start_it(tmp_path: Path) -> None:
    done = rehearse(tmp_path)
    assert done.returncode == 1
    assert f"examday station --data {tmp_path}" in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_rehearses_while_the_kits_of_a_real_exam_are_out(store: Store) -> None:
    day.booklet(store, None, State.ISSUED)
    with store.begin(Actor.system("test")) as uow:
        exam = uow.session.scalars(select(Booklet)).one().exam
        exam.training = False
        uow.record("test:real", f"exam:{exam.id}")
    with store.read() as uow, pytest.raises(DayHasBegun):
        check_day(uow)
