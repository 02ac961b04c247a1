"""The wheel carries the whole program and runs where no checkout is."""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stations import TRAINING, free_port, until

ROOT = Path(__file__).parents[2]
PLACES = {
    "examday/": "examday/",
    "workers/": "workers/",
    "templates/": "examday/templates/",
    "docs/help/": "examday/docs/help/",
    "scans/samples/": "examday/scans/samples/",
    "tools/verify_export.py": "examday/tools/verify_export.py",
}
"""Where a file of the checkout lies in the wheel: what is missing there was forgotten."""

UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout by the tools that the lock names."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["build", "--wheel", "--offline", "--no-build-isolation", "--python", sys.executable]
    done = subprocess.run(
        [UV, *build, "--out-dir", folder, ROOT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [made] = folder.glob("*.whl")
    return made


def test_the_wheel_has_every_file_of_the_program_and_no_other(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    wanted = {
        inside + name.removeprefix(place)
        for name in tracked
        for place, inside in PLACES.items()
        if name.startswith(place) and (ROOT / name).exists()
    }
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert carried == wanted


def test_the_wheel_asks_for_what_the_project_declares(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        text = archive.read(metadata).decode()
    assert "Requires-Python: >=3.11" in text
    assert "Requires-Dist: flask" in text
    assert "examday = examday.cli:main" in _entry_points(wheel)


def _entry_points(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]
        return archive.read(name).decode()


TRAP = "raise SystemExit('code of the working directory was run')"
"""Stands in the working directory under the names of our packages: another checkout may lie there."""


@dataclass(frozen=True)
class Bare:
    """The program as somebody installs it: its own environment, no checkout on the path."""

    programs: Path
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """The environment without anything that leads back to the checkout."""
        own = ("PYTHONPATH", "VIRTUAL_ENV")
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in own and not name.startswith("EXAMDAY_")
        }
        return {**kept, **TRAINING, "EXAMDAY_LANGUAGE": "ru", "HOME": str(self.folder / "home")}

    def run(self, program: str, *args: str | Path) -> str:
        """What a program of the environment prints; it must end well."""
        done = subprocess.run(
            [self.programs / program, *args],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bare:
    """An environment with the locked packages and the wheel, and a working directory with traps."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "home").mkdir()
    for name in ("examday", "workers"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(TRAP)
    python = folder / "env" / "bin" / "python"
    _uv("venv", "--python", sys.executable, folder / "env")
    lock = ["pip", "sync", "--python", python, "--require-hashes", ROOT / "requirements.lock"]
    # What set-up has fetched is taken from the cache of the installer, the rest from the registry.
    if _uv(*lock, "--offline", check=False).returncode:
        _uv(*lock)
    _uv("pip", "install", "--python", python, "--offline", "--no-deps", wheel)
    return Bare(python.parent, folder)


def _uv(*args: str | Path, check: bool = True) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run([UV, "--quiet", *args], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


class Visitor:
    """A browser without scripts: follows redirects, keeps cookies, sends forms."""

    def __init__(self, address: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(jar)
        self._address = address.rstrip("/")

    def get(self, path: str) -> str:
        """A page; anything but an answer below 400 raises."""
        with self._browser.open(self._address + path, timeout=30) as answer:
            return str(answer.read().decode("utf-8", "replace"))

    def send(self, page: str, action: str, **fields: str) -> tuple[str, str]:
        """Send the form of a page that goes to `action`; address and text of what comes back."""
        [token, *_more] = re.findall(r'name="csrf_token" value="([^"]+)"', self.get(page))
        sent = urllib.parse.urlencode({"csrf_token": token, **fields}).encode()
        # The station refuses forms that come from another site; browsers name their own.
        asked = urllib.request.Request(
            self._address + action, sent, {"Origin": self._address, "Referer": self._address + page}
        )
        with self._browser.open(asked, timeout=60) as answer:
            return answer.geturl(), str(answer.read().decode())


@dataclass(frozen=True)
class Running:
    """A station that was started from the wheel, with its training day."""

    data: Path
    said: str
    port: int


@pytest.fixture(scope="module")
def running(bare: Bare) -> Iterator[Running]:
    data, port = bare.folder / "Точка", free_port()
    output = bare.folder / "launcher.out"
    with output.open("w") as out:
        process = subprocess.Popen(
            [bare.programs / "examday", "station", "--data", data, "--port", str(port)],
            cwd=bare.folder,
            env=bare.variables,
            stdout=out,
            stderr=out,
        )
    try:
        until(
            lambda: "Ctrl-C" in output.read_text() or process.poll() is not None,
            180,
            "the station says that it is ready",
        )
        assert process.poll() is None, output.read_text()
        yield Running(data, output.read_text(), port)
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.release
def test_installed_it_runs_its_own_code_only(bare: Bare) -> None:
    code = "import examday, workers.tasks; print(examday.__file__, workers.tasks.__file__)"
    places = bare.run("python", "-P", "-c", code).split()
    assert all(Path(place).is_relative_to(bare.folder / "env") for place in places)


@pytest.mark.release
def test_installed_its_pages_answer_and_print(running: Running) -> None:
    visitor = Visitor(f"http://127.0.0.1:{running.port}")
    [password] = re.findall(r"training-\d+", running.said)
    login = visitor.get("/login")
    assert "Войти" in login
    for asset in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', login)):
        assert visitor.get(asset)
    visitor.send("/login", "/login", login="head", password=password)
    for page, words in {
        "/board/": "Пульт",
        "/scans/": "Сканы",
        "/plan/": "План",
        "/print/": "Печать",
        "/help": "С чего начать",
        "/accessibility": "доступн",
        "/ledger": "Журнал",
    }.items():
        assert words.lower() in visitor.get(page).lower(), page
    [subject, *_more] = re.findall(r'name="subject" value="(exam:[^"]+)"', visitor.get("/print/"))
    place, _page = visitor.send("/print/", "/print/make", document="readiness", subject=subject)
    pdf = visitor.get(urllib.parse.urlsplit(place).path.replace("/made/", "/file/") + ".pdf")
    assert pdf.startswith("%PDF")


@pytest.mark.release
def test_installed_it_rehearses_with_workers_and_hot_folder(bare: Bare, running: Running) -> None:
    told = json.loads(bare.run("examday", "rehearse", "--data", running.data, "--json"))
    assert told["ok"], told
    assert Path(told["protocol"]).read_bytes().startswith(b"%PDF")
    bare.run("examday", "ledger", "verify", "--data", running.data, "--scans")
    bare.run("examday", "doctor", "--data", running.data)


@pytest.mark.release
def test_installed_it_reads_forms_and_its_bundle_is_checked_by_the_verifier_inside(
    bare: Bare, running: Running
) -> None:
    places = bare.run(
        "python", "-P", "-c", "from examday.resources import *; print(SAMPLES); print(VERIFIER)"
    )
    samples, verifier = (Path(line) for line in places.splitlines())
    read = bare.run("examday", "read", samples / "training-01-copy-A4.jpg")
    assert "НЕСМОТРЯНАТО" in read
    bundle = bare.folder / "bundle.zip"
    code = re.search(r"\b2\d{12}\b", read)
    assert code is not None
    bare.run("examday", "export", code[0], "--data", running.data, "--to", bundle)
    bare.run("python", "-P", verifier, bundle)


@pytest.mark.release
def test_installed_it_keeps_nothing_among_its_packages(bare: Bare) -> None:
    code = "from examday.settings import Settings; print(Settings.from_env().data)"
    assert bare.run("python", "-P", "-c", code).strip() == str(bare.folder / "home" / "examday")
