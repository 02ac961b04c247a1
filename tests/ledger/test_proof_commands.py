"""The commands that prove and save: what they print and how they end."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from examday.cli import main
from examday.domain.people.roles import Actor
from examday.services.people import log_in
from examday.services.unit_of_work import Store
from tests import day


@pytest.fixture
def station(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("EXAMDAY_LANGUAGE", "en")
    monkeypatch.delenv("EXAMDAY_DATABASE_URL", raising=False)
    day.booklet(store, "2990000000019")
    return store


def run(store: Store, *words: str, rc: int = 0) -> Result:
    done = CliRunner().invoke(main, [*words, "--data", str(store.settings.data)])
    assert done.exit_code == rc, done.output
    return done


def test_a_clean_ledger_verifies_and_says_its_code(station: Store) -> None:
    said = run(station, "ledger", "verify", "--scans").output
    assert "as it was written" in said
    code = run(station, "ledger", "checkpoint").output.splitlines()[0]
    assert (
        json.loads(run(station, "ledger", "verify", "--json", "--code", code).output)["ok"] is True
    )
    goes_on = run(station, "ledger", "verify", "--since", code).output
    assert f"Begun behind entry {int(code[:4])}. NOT looked at" in goes_on
    assert "What was looked at is as it was written" in goes_on
    run(station, "ledger", "verify", "--since", code, "--chain", rc=2)


def test_an_edit_behind_the_back_ends_with_one_and_is_named(station: Store) -> None:
    with station.engine.begin() as connection:
        connection.execute(text("UPDATE booklet SET state = 'certified'"))
    done = run(station, "ledger", "verify", rc=1)
    assert "booklet:" in done.output and "behind the program's back" in done.output


def test_a_wrong_code_is_refused_in_words(station: Store) -> None:
    done = run(station, "ledger", "verify", "--code", "abc", rc=1)
    assert "not a checkpoint code" in done.output


def test_a_bundle_is_written_where_it_is_wanted(station: Store, tmp_path: Path) -> None:
    said = run(station, "export", "2990000000019", "--to", str(tmp_path / "b.zip")).output
    assert (tmp_path / "b.zip").exists() and "Checkpoint code" in said


def test_backup_and_restore_bring_a_station_to_another_folder(
    station: Store, tmp_path: Path
) -> None:
    run(station, "backup", str(tmp_path / "copy"))
    done = CliRunner().invoke(
        main, ["restore", str(tmp_path / "copy"), "--data", str(tmp_path / "clean")]
    )
    assert done.exit_code == 0 and "Restored" in done.output, done.output


def test_a_misspelt_folder_makes_no_new_station(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["ledger", "verify", "--data", str(tmp_path / "nowhere")])
    assert done.exit_code == 1
    assert not (tmp_path / "nowhere").exists()


def test_the_only_head_gets_in_again_by_the_command_line(station: Store) -> None:
    made = CliRunner().invoke(
        main,
        ["people", "head", "head", "Петров П. П.", "--data", str(station.settings.data)],
        input="слон жуёт сено\nслон жуёт сено\n2580\n",
    )
    assert made.exit_code == 0 and "слон" not in made.output, made.output
    assert "head" in run(station, "people", "list").output
    password = run(station, "people", "reset", "HEAD").output.split(": ")[-1].strip()
    with station.begin(Actor.system("test")) as uow:
        assert log_in.enter(uow, "head", password).must_change
    assert "no account" in run(station, "people", "reset", "nobody", rc=1).output
