"""What a proxy is told: whether people can work here, and what is missing when they cannot."""

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import text

from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.web.app import create_app
from tests.stations import private_broker


def ask(settings: Settings, page: str) -> tuple[int, str]:
    """What a server with these settings says: status and text."""
    store = Store(settings)
    answer = create_app(settings, store).test_client().get(page)
    store.close()
    return answer.status_code, answer.get_data(as_text=True)


def test_a_server_is_ready_when_all_it_needs_answers(store: Store) -> None:
    assert ask(store.settings, "/readyz") == (503, "broker\n")
    with private_broker(store.settings):
        assert ask(store.settings, "/readyz") == (200, "ready\n")


def test_whatever_is_missing_is_named_and_the_server_itself_is_alive(
    store: Store, tmp_path: Path
) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert ask(store.settings, "/readyz") == (503, "form\nbroker\n")
    store.settings.objects.rename(tmp_path / "elsewhere")
    nobody = "postgresql+psycopg://examday@127.0.0.1:1/examday"
    gone = dataclasses.replace(store.settings, database_url=nobody)
    assert ask(gone, "/readyz") == (503, "database\nbroker\noriginals\n")
    assert ask(gone, "/healthz") == (200, "ok\n")


def test_a_secret_comes_from_a_file_and_a_missing_one_is_named(tmp_path: Path) -> None:
    said = {"EXAMDAY_DATABASE_URL": "postgresql+psycopg://examday@server/examday"}
    secret = tmp_path / "secret"
    secret.write_text("p@ss/word\nsecond line\n")
    made = Settings.from_env(said | {"EXAMDAY_DATABASE_PASSWORD_FILE": str(secret)})
    assert made.database_url == "postgresql+psycopg://examday:p%40ss%2Fword@server/examday"
    assert "p@ss" not in repr(made) and "p%40ss" not in repr(made)
    empty = tmp_path / "empty"
    empty.touch()
    for missing in ("/no/such", str(empty)):
        with pytest.raises(ValueError, match=f"EXAMDAY_DATABASE_PASSWORD_FILE='{missing}'"):
            Settings.from_env(said | {"EXAMDAY_DATABASE_PASSWORD_FILE": missing})
    with pytest.raises(ValueError, match="EXAMDAY_PROXIES='-1'"):
        Settings.from_env({"EXAMDAY_PROXIES": "-1"})
