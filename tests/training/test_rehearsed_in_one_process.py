"""The steps of a rehearsal, played in one process: the test does what the running station would."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from examday import rehearse
from examday.domain.custody.lifecycle import State
from examday.domain.errors import DomainError
from examday.services.scans import intake
from examday.services.scans.files import opening
from examday.services.training.rehearsal import checks
from examday.services.training.rehearsal.decision import WrongDiagnosis, check_named
from examday.services.training.rehearsal.protocol import Outcome
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Booklet, Person
from examday.storage.tables_appeal import Appeal
from tests import day

pytestmark = pytest.mark.usefixtures("without_children")

Play = Callable[..., Outcome]


@pytest.fixture
def play(settings: Settings, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A rehearsal; whenever it waits for the station, the hot folder is looked through."""
    shutil.copy(migrated, settings.var / "examday.sqlite")

    def station(_seconds: float) -> None:
        store = Store(settings)
        for path in sorted(settings.inbox.glob("rehearsal-*.jpg")):
            opening.process(store, intake.receive_file(store, path))
        store.close()

    def run(appeal: bool = False, station: Callable[[float], None] = station) -> Outcome:
        clock = SimpleNamespace(monotonic=time.monotonic, sleep=station)
        monkeypatch.setattr(rehearse, "time", clock)
        monkeypatch.setattr(rehearse, "check_running", lambda _settings: None)
        monkeypatch.setattr(rehearse, "check_pages", lambda _settings: None)
        return rehearse.rehearse(settings, lambda _step: None, appeal)

    return run


@pytest.mark.release
def test_a_rehearsal_with_its_appeal_goes_to_the_closed_case(
    play: Play, settings: Settings
) -> None:
    outcome = play(appeal=True)
    assert outcome.ok, [step for step in outcome.steps if step.error]
    assert len(outcome.steps) >= 20
    assert Path(outcome.protocol).read_bytes().startswith(b"%PDF")
    store = Store(settings)
    with store.read() as uow:
        work = uow.session.scalars(select(Booklet)).one()
        assert (work.version, work.state) == (2, State.HANDED_OVER)
        assert uow.session.scalars(select(Appeal)).one().state == "closed"
        people = list(uow.session.scalars(select(Person)))
        assert people and all(one.disabled and not one.pin_hash for one in people)
    store.close()


def test_a_sheet_that_no_station_takes_stops_the_rehearsal_and_stands_in_the_protocol(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearse, "SCAN_S", -1.0)
    outcome = play(station=lambda _seconds: None)
    assert not outcome.ok
    assert [step.name for step in outcome.steps if step.error] == [outcome.steps[-1].name]
    assert "«Сканы»" in outcome.steps[-1].error, "what to do about it"
    assert Path(outcome.protocol).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("named", [set(), {"3"}, {"3", "4", "5"}])
def test_a_diagnosis_that_names_other_fields_than_the_planted_ones_is_a_failed_step(
    named: set[str],
) -> None:
    with pytest.raises(WrongDiagnosis) as failed:
        check_named(named)
    assert failed.value.params == {"planted": "3, 4", "named": ", ".join(sorted(named))}


def test_a_first_transfer_that_is_gone_and_a_ledger_that_was_edited_are_failed_steps(
    store: Store,
) -> None:
    work = day.booklet(store, None)
    checks.check_ledger(store)
    with pytest.raises(DomainError, match="first transfer"):
        checks.check_first_version(store, work)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE booklet SET state = 'packed'")
    with pytest.raises(DomainError, match="not as it was written"):
        checks.check_ledger(store)
