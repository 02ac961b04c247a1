"""Nothing leaves the laptop, and nothing is written outside the data folder: a whole rehearsal,
all its processes."""

import ast
import os
import re
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from examday.paper.printing import PRINT
from examday.resources import PACKAGES
from tests import quiet_room
from tests.program import nodes

PARTS = (
    "examday.cli station",
    "examday.web.serve",
    "celery",
    "workers.relay",
    "workers.watcher",
    "examday.confined",
    "examday.cli rehearse",
)
TELLING = re.compile(r"telemetry|OneCollector|events\.data|deviceid|1DS\b", re.IGNORECASE)
NETWORKS = ("onnxruntime", "examday.reading.network", "examday.braille.detect")


@pytest.mark.slow
@pytest.mark.release
def test_a_whole_rehearsal_reaches_nobody_and_writes_only_into_its_own_closed_folder(
    tmp_path: Path,
) -> None:
    told = quiet_room.enter(tmp_path)
    assert told["rehearsal"]["ok"], told
    assert told["looks"] > 20
    begun = [" ".join(call["args"]) for call in told["audit"] if call["event"] == "begin"]
    assert not [part for part in PARTS if not any(part in program for program in begun)], (
        "a part was not watched"
    )
    _reaches_only_itself(told)
    _writes_only_into_its_data(tmp_path, told)
    _says_nothing_of_telemetry(tmp_path, told)
    # Database, originals, pictures, print-outs, keys, logs, broker: the owner alone.
    assert quiet_room.readable_by_others(tmp_path / "data") == []


def _reaches_only_itself(told: dict[str, Any]) -> None:
    assert not [remote for remote in told["remotes"] if not _own(remote[1])]
    calls = [call for call in told["audit"] if call["event"].startswith("socket.")]
    assert any(call["event"] == "socket.connect" for call in calls), "the hook was not there"
    assert not [call for call in calls if not _own(_target(call))]
    if told["room"]:  # the kernel counted for every process, native libraries too
        assert told["seen"]["IpOutNoRoutes"] == 2, "the counters do not see what they should"
        assert not any(told["counted"].values()), told["counted"]


def _writes_only_into_its_data(folder: Path, told: dict[str, Any]) -> None:
    assert not list((folder / "home").rglob("*")), "something was left in the home folder"
    assert not list((folder / "tmp").rglob("*")), (
        "something was left in the folder for temporary files"
    )
    written = {
        os.path.normpath(os.path.join(call["cwd"], str(call["args"][0])))
        for call in told["audit"]
        if call["event"] == "open"
    }
    assert any(path.startswith(str(folder / "data")) for path in written), "the hook was not there"
    allowed = (
        str(folder),
        "/dev/null",
        "/dev/shm/",
    )  # what a library keeps in shared memory is gone at once
    assert not [path for path in written if not path.startswith(allowed)]


def _says_nothing_of_telemetry(folder: Path, told: dict[str, Any]) -> None:
    logs = [*(folder / "data" / "var" / "log").glob("*.log"), folder / "data" / "launcher.out"]
    assert len(logs) >= 6
    text = "\n".join([told["said"], told["errors"], *(log.read_text() for log in logs)])
    assert not TELLING.findall(text)


@pytest.mark.parametrize("module", NETWORKS)
def test_a_library_that_reports_to_its_maker_is_told_not_to_before_it_is_loaded(
    tmp_path: Path, module: str
) -> None:
    env = {name: value for name, value in os.environ.items() if name not in quiet_room.LET_SPEAK}
    code = (
        f"import examday, importlib, sys; loaded = importlib.import_module({module!r}); "
        "getattr(loaded, 'session', lambda: 0)()"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={**env, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        check=True,
        timeout=60,
    )
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_no_print_template_asks_for_a_package_of_the_typesetter() -> None:
    templates = list(PRINT.glob("*.typ"))
    assert templates
    assert not [
        path.name
        for path in templates
        if re.search(r'import\s+"@', path.read_text(encoding="utf-8"))
    ]


def test_only_what_asks_the_own_station_or_sends_to_the_centre_is_an_http_client() -> None:
    """Evidence goes to the centre when somebody presses or types it, to the address that they give."""
    clients = {
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
        "urllib.request",
        "http.client",
        "smtplib",
        "ftplib",
    }
    found = {}
    for path in [*(PACKAGES / "examday").rglob("*.py"), *(PACKAGES / "workers").rglob("*.py")]:
        named = {
            alias.name
            for node in nodes(path)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        named |= {str(node.module) for node in nodes(path) if isinstance(node, ast.ImportFrom)}
        if named & clients:
            found[str(path.relative_to(PACKAGES))] = named & clients
    assert found == {
        "examday/station/answering.py": {"http.client"},
        "examday/services/travel/exchange/line.py": {"http.client"},
    }


def _own(address: str) -> bool:
    """Loopback, a listening end (no far end yet), or the broker's socket in the station's own
    folder."""
    if address.startswith("/"):
        return address.endswith("/broker.sock")
    try:
        ip = ip_address(address)
    except ValueError:
        return address in ("localhost", "None", "")
    return ip.is_loopback or ip.is_unspecified


def _target(call: dict[str, Any]) -> str:
    """The address or name that a call is about."""
    args = call["args"]
    target = (
        args[1]
        if call["event"] in ("socket.connect", "socket.sendto", "socket.sendmsg")
        else args[0]
    )
    return str(target[0] if isinstance(target, list) else target)
