"""The topology of docker-compose.yml as processes: PostgreSQL, broker, workers, gunicorn; commands
from the file."""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from sqlalchemy import select

from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.station import broker
from examday.storage.broker import answers, broker_url
from examday.storage.tables import Page
from tests import day, sheets
from tests.stations import free_port, until

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
LAPTOP = [sys.executable, "-m", "examday.web.serve"]


def file() -> dict[str, Any]:
    """The file as Docker Compose reads it."""
    told = subprocess.run(
        [
            str(BIN / "docker-compose"),
            "-f",
            str(ROOT / "docker-compose.yml"),
            "config",
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "EXAMDAY_DB_PASSWORD_FILE": "/x", "EXAMDAY_NAME": "localhost"},
    )
    said: dict[str, Any] = json.loads(told.stdout)
    return said


def commands() -> dict[str, list[str]]:
    """Service → command."""
    services = file()["services"]
    return {
        name: service["command"] for name, service in services.items() if service.get("command")
    }


def alive() -> list[str]:
    """How the file asks a part without a port whether it goes on."""
    told = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return list(told["services"]["relay"]["healthcheck"]["test"][1:])


def figures(region: Settings, part: str) -> str:
    """What a part tells a monitor."""
    place = (region.data / f"figures-{part}").read_text()
    with urlopen(f"http://{place}/metrics", timeout=20) as answer:
        return str(answer.read(), "utf-8")


@pytest.fixture
def region(tmp_path: Path, postgres: Callable[[], str]) -> Iterator[Settings]:
    """All parts running; stopped afterwards."""
    settings = Settings.from_env(
        {}, data=tmp_path, database_url=postgres(), port=free_port(), reserve_mb=50
    )
    settings.make_folders()
    env = {
        **os.environ,
        "EXAMDAY_DATA": str(tmp_path),
        "EXAMDAY_DATABASE_URL": settings.database_url,
        "EXAMDAY_BROKER_URL": broker_url(settings),
        "EXAMDAY_RESERVE_MB": "50",
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    told = commands()
    subprocess.run(told["migrate"], env=env, check=True, cwd=ROOT)
    wanted = [
        broker.command(settings),
        told["web"],
        told["worker"],
        [*told["worker"], "--hostname", "second@localhost"],
        told["schedule"],
        told["relay"],
        told["watcher"],
    ]
    running = []
    with (tmp_path / "out").open("wb") as out:
        for number, argv in enumerate(wanted):
            sign = {"EXAMDAY_ALIVE": str(tmp_path / f"alive-{number}")}
            if argv in (told["web"], told["relay"]):
                place = f"127.0.0.1:{free_port()}"
                (tmp_path / f"figures-{argv[-1]}").write_text(place)
                sign["EXAMDAY_METRICS"] = place
            here = [
                f"127.0.0.1:{settings.port}" if word == "0.0.0.0:8450" else word for word in argv
            ]
            running.append(
                subprocess.Popen(
                    [word.replace("/tmp/last-run", str(tmp_path / "last-run")) for word in here],
                    env=env | sign,
                    cwd=ROOT,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            )
    try:
        assert answers(broker_url(settings), 10)
        yield settings
    finally:
        for process in reversed(running):
            process.terminate()
        for process in reversed(running):
            process.wait(timeout=20)


def test_a_scan_finds_its_work_through_postgresql_broker_and_two_workers(region: Settings) -> None:
    store = Store(region)
    numbers = range(1, 3)
    for number in numbers:
        day.booklet(store, sheets.kit_code(number))
        sheets.save(region.inbox / f"{number}.jpg", sheets.kit_code(number), "A3")

    def attached() -> bool:
        with store.read() as uow:
            return [page.state for page in uow.session.scalars(select(Page))] == ["attached"] * len(
                numbers
            )

    until(attached, 90, "all sheets are attached")
    for page, words in (("help", b"<html"), ("healthz", b"ok"), ("readyz", b"ready")):
        with urlopen(f"http://127.0.0.1:{region.port}/{page}", timeout=20) as answer:
            assert answer.status == 200 and words in answer.read()
    said = figures(region, "examday.web.serve:region()")
    assert 'examday_request_seconds_count{route="health.ready",status="200"} 1.0' in said
    said = figures(region, "workers.relay")
    assert 'examday_jobs_open{queue="reading"}' in said and "examday_jobs_given_up 0.0" in said
    for part in range(2, 7):  # both workers, the clock, the relay, the watcher
        sign = {**os.environ, "EXAMDAY_ALIVE": str(region.data / f"alive-{part}")}
        checked = subprocess.run([sys.executable, *alive()[1:]], env=sign, cwd=ROOT, check=False)
        assert checked.returncode == 0, part
    store.close()


@pytest.mark.release
@pytest.mark.parametrize("server", ["region", "laptop"])
def test_the_proxy_speaks_tls_and_the_pages_believe_it(
    tmp_path: Path, store: Store, server: str
) -> None:
    caddy = shutil.which("caddy")
    assert caddy, "Caddy is not installed: apt-get install caddy"
    port, behind = free_port(), free_port()
    written = file()["configs"]["proxy"]["content"]
    for there, here in (
        ("localhost:8443", f"localhost:{port}"),
        ("web:8450", f"localhost:{behind}"),
    ):
        assert there in written
        written = written.replace(there, here)
    (tmp_path / "Caddyfile").write_text(written)
    words = file()["services"]["proxy"]["command"]
    argv = [caddy, *(w.replace("/etc/caddy", str(tmp_path)) for w in words[1:])]
    store.close()
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    pages = {
        "EXAMDAY_DATA": str(store.settings.data),
        "EXAMDAY_PORT": str(behind),
        "EXAMDAY_PROXIES": "1",
    }
    proxy = subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL)
    told = [word.replace("0.0.0.0:8450", f"127.0.0.1:{behind}") for word in commands()["web"]]
    served = [str(BIN / told[0]), *told[1:]] if server == "region" else LAPTOP
    web = subprocess.Popen(served, env=env | pages, cwd=ROOT)
    root = tmp_path / "caddy/pki/authorities/local/root.crt"

    def answered() -> Any:
        try:
            trusted = ssl.create_default_context(cafile=root)
            return urlopen(f"https://localhost:{port}/login", timeout=5, context=trusted)
        except OSError:
            return None

    try:
        until(answered, 60, "the log-in page comes by TLS")
        with answered() as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    finally:
        for process in (proxy, web):
            process.terminate()
            process.wait(timeout=20)
