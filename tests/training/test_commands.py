"""The command line: answers at once, in Russian, and refuses in one sentence with advice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from examday import doctor
from examday.cli import COMMANDS, main
from examday.doctor import computer
from examday.settings import Settings


def run(*args: str, **env: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = CliRunner(env={"EXAMDAY_LANGUAGE": "ru", **env}).invoke(main, list(args))
    return done.exit_code, done.output


def test_help_lists_every_command_in_russian() -> None:
    code, text = run("--help")
    assert code == 0
    assert all(f"  {name} " in text for name in COMMANDS)
    assert "Экзаменационный день" in text and "Start the station" not in text


def test_help_can_be_english() -> None:
    assert "Start the station" in run("--help", EXAMDAY_LANGUAGE="en")[1]


def test_help_imports_nothing_heavy() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from examday import cli; "
            "print([m for m in ('sqlalchemy', 'cv2', 'celery', 'flask') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_its_own_help(name: str) -> None:
    code, text = run(name, "--help")
    assert code == 0, text
    assert any("а" <= letter <= "я" for letter in text)


def test_a_wrong_setting_is_named() -> None:
    code, text = run("doctor", EXAMDAY_PORT="восемь", EXAMDAY_RESERVE_MB="много")
    assert code == 2
    assert "EXAMDAY_PORT" in text and "EXAMDAY_RESERVE_MB" in text


def test_the_doctor_tells_what_is_there(tmp_path: Path) -> None:
    code, text = run("doctor", "--data", str(tmp_path), "--json")
    assert code == 0, text
    found = {one["part"]: one["level"] for one in json.loads(text)}
    assert found["packages"] == found["broker"] == found["python"] == "ok"
    assert found["database"] == "off"


def test_the_doctor_fails_when_the_station_could_not_run(tmp_path: Path) -> None:
    code, text = run("doctor", "--data", str(tmp_path), EXAMDAY_REDIS_BIN="/nonexistent")
    assert code == 1
    assert "✗" in text and "EXAMDAY_REDIS_BIN" in text


def test_without_tesseract_the_doctor_says_what_is_off_and_does_not_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computer.shutil, "which", lambda _name: None)
    found = [
        one
        for one in doctor.examine(Settings.from_env({}, data=tmp_path))
        if one.part == "tesseract"
    ]
    assert [one.level for one in found] == [doctor.Level.OFF]


def test_a_look_that_breaks_is_itself_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_path: object) -> None:
        raise OSError

    monkeypatch.setattr(computer.shutil, "disk_usage", broken)
    assert any(
        one.level is doctor.Level.FAIL and one.part == "space"
        for one in doctor.examine(Settings.from_env({}, data=tmp_path))
    )
