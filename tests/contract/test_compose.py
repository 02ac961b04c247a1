"""docker-compose.yml and Dockerfile are sound by the judgement of the real tools, and run what the
launcher runs."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from examday.domain.jobs import Queue
from examday.settings import Settings
from examday.station import parts

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
OWN_TO_EACH = {"--workdir", "--hostname", "--concurrency", "--schedule", "--queues"}
"""Options whose values differ between a laptop and a region, so they are not compared; a value
follows."""
SAID = {
    "EXAMDAY_DB_PASSWORD_FILE": "/where/the-password-is",
    "EXAMDAY_NAME": "exam.example",
    "EXAMDAY_OBJECTS_URL": "s3://scans",
    "EXAMDAY_OBJECTS_ENDPOINT": "https://bucket.example",
    "EXAMDAY_OBJECTS_KEY": "examday",
    "EXAMDAY_OBJECTS_SECRET_FILE": "/where/the-secret-is",
    "EXAMDAY_KEYS_SECRET_FILE": "/where/the-seal-is",
}
"""What an administrator says when they start the file: without it nothing may begin."""
OURS = ("migrate", "web", "worker", "upkeep", "schedule", "watcher", "relay", "backup")
"""The services that run the program: each must have its data, keys and limits."""


def compose(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real Docker Compose on the file."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("EXAMDAY_")}
    return subprocess.run(
        [str(BIN / "docker-compose"), "-f", str(ROOT / "docker-compose.yml"), *args],
        capture_output=True,
        text=True,
        env={**plain, **env},
        check=False,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services as Compose understands them."""
    told = compose("--profile", "backup", "config", "--format", "json", **SAID)
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)["services"]
    return found


def test_compose_accepts_the_file_and_asks_for_what_only_a_region_knows() -> None:
    assert compose("config", "-q", **SAID).returncode == 0
    for missing, words in (
        ("EXAMDAY_DB_PASSWORD_FILE", "name the file that holds the password of the database"),
        ("EXAMDAY_NAME", "say by which name people reach the server"),
        ("EXAMDAY_OBJECTS_URL", "name the bucket of scans and print-outs"),
        ("EXAMDAY_KEYS_SECRET_FILE", "name the file that holds the secret that seals the keys"),
    ):
        refused = compose("config", "-q", **{key: SAID[key] for key in SAID if key != missing})
        assert refused.returncode != 0
        assert words in refused.stderr


def test_all_parts_are_there(services: dict[str, Any]) -> None:
    assert set(services) >= {"web", "worker", "schedule", "watcher", "relay", "postgres", "redis"}


def plain(argv: list[str]) -> list[str]:
    """A command without the interpreter and without what is own to the place it runs at."""
    words = [word for word in argv if word not in (sys.executable, "python", "-P", "-m")]
    kept, skip = [], False
    for word in words:
        if not skip and word not in OWN_TO_EACH:
            kept.append(word)
        skip = word in OWN_TO_EACH
    return kept


def test_each_queue_has_a_worker_of_its_own(services: dict[str, Any]) -> None:
    told = [service.get("command") or [] for service in services.values()]
    lists = [argv[argv.index("--queues") + 1] for argv in told if "--queues" in argv]
    assert sorted(lists) == sorted(Queue)


def test_no_two_parts_have_a_folder_in_common_but_people_and_what_nobody_writes(
    services: dict[str, Any],
) -> None:
    """Web and worker may run on different computers: what they share lies in database and bucket."""
    users: dict[str, set[str]] = {}
    for name in OURS:
        for mount in services[name].get("volumes", []):
            if mount.get("source") and not mount.get("read_only"):
                users.setdefault(Path(mount["source"]).name, set()).add(name)
    assert users == {"scans": {"web", "watcher"}, "backups": {"backup"}}
    for name in OURS:
        said = services[name]["environment"]
        assert said["EXAMDAY_OBJECTS_URL"] == "s3://scans", name


@pytest.mark.parametrize("name", ["worker", "upkeep", "schedule", "watcher", "relay"])
def test_a_region_runs_what_the_laptop_runs(
    services: dict[str, Any], tmp_path: Path, name: str
) -> None:
    laptop = parts.parts(Settings.from_env({}, data=tmp_path))
    here = next(part for part in laptop if part.name == name.replace("upkeep", "worker"))
    assert plain(list(here.argv)) == plain(services[name]["command"])


def test_no_part_of_ours_runs_as_root_or_writes_into_its_image(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["user"] == "10001:10001"
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


def test_people_reach_the_proxy_alone_and_by_tls(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert [port["target"] for port in services["proxy"]["ports"]] == [8443]
    assert services["web"]["environment"]["EXAMDAY_PROXIES"] == "1"


def test_no_secret_stands_in_the_environment_of_a_part(services: dict[str, Any]) -> None:
    for name, service in services.items():
        told = " ".join(map(str, (service.get("environment") or {}).values()))
        assert "://examday:" not in told and "/where/the-" not in told, name
    named = {secret["source"] for secret in services["web"]["secrets"]}
    assert named == {"db_password", "objects_secret", "keys_secret"}


def test_the_web_server_is_healthy_when_a_page_answers(services: dict[str, Any]) -> None:
    class Broken(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(500)

    check = services["web"]["healthcheck"]["test"][-1]
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = check.replace(":8450", f":{server.server_port}")
        assert here != check
        done = subprocess.run([sys.executable, "-c", here], capture_output=True, check=False)
        server.shutdown()
    assert done.returncode != 0


def test_every_part_that_goes_on_is_asked_whether_it_does(services: dict[str, Any]) -> None:
    for name in set(services) - {"migrate", "backup"}:
        check = services[name]["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL") and not check.get("disable"), name


@pytest.mark.parametrize(("age_s", "status"), [(1.0, 0), (1000.0, 1), (None, 1)])
def test_a_part_that_gave_no_sign_for_minutes_is_ill(
    services: dict[str, Any], tmp_path: Path, age_s: float | None, status: int
) -> None:
    sign, argv = tmp_path / "alive", services["relay"]["healthcheck"]["test"][1:]
    if age_s is not None:
        sign.touch()
        os.utime(sign, (time.time() - age_s,) * 2)
    env = {**os.environ, "EXAMDAY_ALIVE": str(sign)}
    done = subprocess.run([sys.executable, *argv[1:]], env=env, cwd=ROOT, check=False)
    assert done.returncode == status


def test_hadolint_has_nothing_to_say() -> None:
    told = subprocess.run(
        [str(BIN / "hadolint"), str(ROOT / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_compose_lint_finds_nothing_grave() -> None:
    told = subprocess.run(
        [str(BIN / "compose-lint"), str(ROOT / "docker-compose.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_the_image_builds_from_everything_that_the_wheel_carries() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    copied = re.findall(r"^COPY (\S+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert set(carried) <= set(copied)


def test_what_the_image_copies_is_not_ignored() -> None:
    kept = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    wanted = {
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert wanted <= kept
    assert all((ROOT / name).exists() for name in wanted - {"README.md"})
