"""The topology of docker-compose.yml as processes: PostgreSQL, broker, workers, gunicorn; commands
from the file."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.request import urlopen

import pytest
import yaml
from sqlalchemy import select

from examday.domain.custody.lifecycle import State
from examday.services.jobs import backup
from examday.services.ledger import audit
from examday.services.scans import pictures
from examday.services.training.rehearsal.appeal import AppealTrial
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.station import broker
from examday.storage.broker import answers, broker_url
from examday.storage.tables import Page
from tests import buckets, day, image, sheets
from tests.contract.test_compose import SAID
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
            "--profile",
            "backup",
            "config",
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **SAID, "EXAMDAY_NAME": "localhost"},
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


PARTS = ("web", "worker", "second worker", "upkeep", "schedule", "relay", "watcher")


@dataclass
class Region:
    """All parts as processes, each with a folder of its own."""

    home: Path
    env: dict[str, str]
    port: int = field(default_factory=free_port)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    metrics: dict[str, str] = field(default_factory=dict)

    def settings(self, part: str) -> Settings:
        """The settings of a part."""
        return Settings.from_env(self.env, data=self.home / part, argon2_cost=1)

    def alive(self, part: str) -> str:
        """The file that a part touches."""
        return str(self.home / f"{part}.alive")

    def run(self, part: str, *command: str) -> None:
        """Run a command of the file to its end, as this part."""
        own = self.env | {"EXAMDAY_DATA": str(self.home / part)}
        subprocess.run(image.within(command, own, self.home), env=own, check=True, cwd=ROOT)

    def start(self, part: str, command: list[str], out: IO[bytes]) -> None:
        """Start the command of a service as this part."""
        own = self.env | {"EXAMDAY_DATA": str(self.home / part), "EXAMDAY_ALIVE": self.alive(part)}
        if part in ("web", "relay"):
            own["EXAMDAY_METRICS"] = self.metrics[part] = f"127.0.0.1:{free_port()}"
        there = {
            "0.0.0.0:8450": f"127.0.0.1:{self.port}",
            "/tmp/last-run": str(self.home / "last-run"),
        }
        argv = [there.get(word, word) for word in command]
        self.running[part] = subprocess.Popen(
            image.within(argv, own, self.home),
            env=own,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )

    def stop(self) -> None:
        """End all that was started."""
        for process in reversed(self.running.values()):
            os.killpg(process.pid, signal.SIGTERM) if image.IMAGE else process.terminate()
        for process in reversed(self.running.values()):
            process.wait(timeout=60)

    def figures(self, part: str) -> str:
        """What a part tells a monitor."""
        with urlopen(f"http://{self.metrics[part]}/metrics", timeout=20) as answer:
            return str(answer.read(), "utf-8")


@pytest.fixture
def region(tmp_path: Path, postgres: Callable[[], str], bucket_server: str) -> Iterator[Region]:
    """All parts running, with PostgreSQL, a broker and a bucket; stopped afterwards."""
    carrier = Settings.from_env({}, data=tmp_path / "broker")
    carrier.make_folders()
    port = free_port()
    address = f"redis://127.0.0.1:{port}/0" if image.IMAGE else broker_url(carrier)
    bucket = {f"EXAMDAY_{k.upper()}": v for k, v in buckets.new_bucket(bucket_server).items()}
    env = {
        **os.environ,
        **bucket,
        "EXAMDAY_DATABASE_URL": postgres(),
        "EXAMDAY_BROKER_URL": address,
        "EXAMDAY_RESERVE_MB": "50",
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    told, made = commands(), Region(tmp_path, env)
    made.run("migrate", *told["migrate"])
    with (tmp_path / "out").open("wb") as out:
        try:
            own = [*told["redis"], "--port", str(port), "--dir", str(tmp_path)]
            made.start("broker", own if image.IMAGE else broker.command(carrier), out)
            for part in PARTS:
                name = part.removeprefix("second ")
                own = ["--hostname", f"{part.replace(' ', '-')}@localhost"]
                made.start(part, told[name] + own * ("worker" in part), out)
            assert answers(address, 30)
            yield made
        finally:
            made.stop()


def test_a_scan_finds_its_work_through_parts_that_share_no_folder(region: Region) -> None:
    web, watcher = region.settings("web"), region.settings("watcher")
    store = Store(region.settings("looking on"))
    numbers = range(1, 3)
    until(watcher.inbox.is_dir, 30, "the watcher has its folder")
    for number in numbers:
        day.booklet(store, sheets.kit_code(number))
        sheets.save(watcher.inbox / f"{number}.jpg", sheets.kit_code(number), "A3")

    def attached() -> bool:
        with store.read() as uow:
            return [page.state for page in uow.session.scalars(select(Page))] == ["attached"] * len(
                numbers
            )

    until(attached, 90, "all sheets are attached")
    with store.read() as uow:
        for page in uow.session.scalars(select(Page)):
            assert pictures.picture(store.settings, page, scale=0.25).startswith(b"\xff\xd8")
    assert audit.verify(store, scans=True).scans == len(numbers)
    left = [path for path in (*web.var.rglob("*.jpg"), *web.objects.rglob("*")) if path.is_file()]
    assert not left, "scans and pictures lie in the bucket alone"
    for page, words in (("help", b"<html"), ("healthz", b"ok"), ("readyz", b"ready")):
        with urlopen(f"http://127.0.0.1:{region.port}/{page}", timeout=20) as answer:
            assert answer.status == 200 and words in answer.read()
    said = region.figures("web")
    assert 'examday_request_seconds_count{route="health.ready",status="200"} 1.0' in said
    said = region.figures("relay")
    assert 'examday_jobs_open{queue="reading"}' in said and "examday_jobs_given_up 0.0" in said
    for part in PARTS[1:]:
        sign = {**os.environ, "EXAMDAY_ALIVE": region.alive(part)}
        checked = subprocess.run([sys.executable, *alive()[1:]], env=sign, cwd=ROOT, check=False)
        assert checked.returncode == 0, part
    store.close()


@pytest.mark.release
def test_a_booklet_and_an_appeal_go_through_a_region(region: Region, tmp_path: Path) -> None:
    """From the kit to the closed case; then it is saved, and all of it comes back into a station."""
    watcher, store = region.settings("watcher"), Store(region.settings("looking on"))
    until(watcher.inbox.is_dir, 30, "the watcher has its folder")

    def drop(size: str) -> None:
        before = trial.state()
        part = watcher.inbox / f"{trial.code}-{size}.jpg.part"
        part.write_bytes(trial.sheet(size))
        part.rename(part.with_suffix(""))
        until(lambda: trial.state() != before, 90, f"the {size} sheet is attached")

    trial = AppealTrial(store, drop)
    while (state := trial.state()) != State.HANDED_OVER:
        trial.steps()[state]()
        if trial.state() == State.CERTIFIED:
            trial.print_act()
    for _name, act in trial.case():
        act()
    trial.check_ledger()
    trial.end()
    region.run("backup", *commands()["backup"], str(tmp_path / "saved"))
    report = audit.verify(store, scans=True)
    assert report.ok and report.scans
    store.close()
    back = Settings.from_env({}, data=tmp_path / "station")
    assert backup.restore(tmp_path / "saved", back).originals == report.scans


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
