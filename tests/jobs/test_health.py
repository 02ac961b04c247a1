"""What a proxy is told: whether people can work here, and what is missing when they cannot."""

import dataclasses
import subprocess
from pathlib import Path

from sqlalchemy import text

from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.station import broker
from examday.storage.broker import answers, broker_url
from examday.web.app import create_app


def ask(settings: Settings, page: str) -> tuple[int, str]:
    """What a server with these settings says: status and text."""
    store = Store(settings)
    answer = create_app(settings, store).test_client().get(page)
    store.close()
    return answer.status_code, answer.get_data(as_text=True)


def test_a_server_is_ready_when_all_it_needs_answers(store: Store) -> None:
    assert ask(store.settings, "/readyz") == (503, "broker\n")
    process = subprocess.Popen(broker.command(store.settings), stdout=subprocess.DEVNULL)
    assert answers(broker_url(store.settings), 10)
    assert ask(store.settings, "/readyz") == (200, "ready\n")
    process.terminate()
    process.wait(timeout=10)


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
