"""`examday demo reset`: the training day from its beginning, and nothing else."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from examday.cli import main
from examday.domain.people.roles import Actor
from examday.services.training import demo_log_ins, demo_works
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Candidate, Exam
from tests import day


def reset(folder: Path) -> tuple[int, str]:
    done = CliRunner(env={"EXAMDAY_LANGUAGE": "ru"}).invoke(
        main, ["demo", "reset", "--yes", "--data", str(folder)]
    )
    return done.exit_code, done.output


@pytest.fixture
def folder(settings: Settings) -> Path:
    """A folder with an exam and something scanned."""
    migrate(settings.database_url)
    (settings.objects / "aa").mkdir()
    (settings.objects / "aa" / "scan").write_text("снимок")
    return settings.data


def exam(settings: Settings, training: bool) -> None:
    store = Store(settings)
    with store.begin(Actor.system("test")) as uow:
        day.exam(uow).training = training
        uow.record("test:exam", "plan:test")  # type: ignore[arg-type]
    store.close()


@pytest.mark.release
def test_what_was_tried_goes_and_the_log_ins_stay(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password, pin = demo_log_ins.shared_secrets(settings)
    exam(settings, training=True)
    # How the works are played is told in test_training_day; here the folder is looked at.
    monkeypatch.setattr(demo_works.Player, "run", lambda _player: None)
    code, said = reset(folder)
    assert code == 0, said
    assert password in said and demo_log_ins.shared_secrets(settings) == (password, pin)
    assert not (settings.objects / "aa" / "scan").exists()
    store = Store(settings)
    with store.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Candidate)) > 10
        assert set(uow.session.scalars(select(Exam.training))) == {True}
    store.close()


@pytest.mark.parametrize("begun", [True, False], ids=["a real exam", "no training day"])
def test_a_real_day_is_never_touched(settings: Settings, folder: Path, begun: bool) -> None:
    if begun:
        demo_log_ins.shared_secrets(settings)
    exam(settings, training=not begun)
    before = (settings.var / "examday.sqlite").stat().st_ino
    code, said = reset(folder)
    assert code != 0 and "ничего не удалено" in said
    assert (settings.var / "examday.sqlite").stat().st_ino == before
    assert (settings.objects / "aa" / "scan").exists()


def test_an_empty_folder_has_nothing_to_begin_anew(tmp_path: Path) -> None:
    code, _said = reset(tmp_path / "nothing")
    assert code != 0
