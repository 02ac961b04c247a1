"""`examday rehearse --region` plays the way between stations and a centre, and notices where it fails."""

import json

import pytest
from click.testing import CliRunner, Result

from examday.cli import main
from examday.services.training.region import day
from examday.services.unit_of_work import Store
from tests.travel.two_ends import work

pytestmark = pytest.mark.usefixtures("without_children")


def played(*options: str) -> Result:
    return CliRunner().invoke(main, ["rehearse", "--region", *options])


@pytest.mark.release
def test_a_region_is_played_to_its_end_and_says_what_it_leaves_out() -> None:
    told = played("--json")
    said = json.loads(told.output)
    assert (told.exit_code, said["ok"]) == (0, True), said
    assert len(said["steps"]) >= 15
    assert said["not_played"]


@pytest.fixture
def quick_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A work of a training day that nobody has to read."""

    def without_reading(station: Store, works: int = 1) -> list[day.PointTrial]:
        for number in range(works):
            work(station, f"299000{station.settings.data.name}{number}", training=True)
        return []

    monkeypatch.setattr(day, "play_day", without_reading)


TRAVEL = "examday.services.travel"


def lets_through(*_args: object) -> None:
    """In place of a guard."""


@pytest.mark.usefixtures("quick_day")
@pytest.mark.parametrize(
    ("guard", "step"),
    [
        (f"{TRAVEL}.incoming.sender.stations.require_trusted", "отказ: станция отозвана"),
        pytest.param(
            f"{TRAVEL}.incoming.alarms.note_fork",
            "отказ и тревога: два разных журнала",
            marks=pytest.mark.release,
        ),
        pytest.param(
            f"{TRAVEL}.renewal.change_ledger_key",
            "смена ключа; прежнему ключу отказано",
            marks=pytest.mark.release,
        ),
    ],
)
@pytest.mark.release
def test_a_program_that_lets_something_through_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, guard: str, step: str
) -> None:
    monkeypatch.setattr(guard, lets_through)
    told = played()
    failed = [line for line in told.output.splitlines() if line.startswith("✗")]
    assert (told.exit_code, len(failed)) == (1, 1)
    assert step in failed[0]


def test_one_rehearsal_at_a_time() -> None:
    assert played("--appeal").exit_code == 2
