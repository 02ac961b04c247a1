"""A room without a network for a whole station: what its processes try to reach, and what they
write, is counted.

`enter(folder)` runs this module as a program: in a network namespace of its own, where only the loopback device exists,
when the system permits that; else in the network at hand. Three witnesses, each sees what the others cannot:

* the kernel's counters of the namespace: every packet and every name look-up of any code, native libraries too, that
  found no way out (ROOM only: in the network at hand other programs count as well);
* the sockets of all processes in /proc, looked at all the time;
* an audit hook in every Python process: that it began, addresses, names that were looked up, files opened for writing.
"""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from tests.stations import TRAINING, Station

OUTSIDE = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737)."""
LET_SPEAK = (
    "CI",
    "ORT_RUNNING_UNIT_TESTS",
    "ORT_DISABLE_TELEMETRY",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)
"""Variables that would keep libraries quiet, or make them write elsewhere: the station has to see
to it by itself."""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
"""Whatever obeys these would now ask OUTSIDE for the way."""
HOOK = """
import json, os, sys

LOG, WRITES, busy = os.environ["QUIET_LOG"], os.O_WRONLY | os.O_RDWR | os.O_CREAT, []

def tell(**said):
    busy.append(1)
    try:
        log = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(log, (json.dumps(said) + "\\n").encode())
        os.close(log)
    finally:
        busy.pop()

def note(event, args):
    if busy or not (event.startswith("socket.") or event == "open"):
        return
    if event == "open" and not (isinstance(args[2], int) and args[2] & WRITES and isinstance(args[0], (str, bytes))):
        return
    if event.startswith("socket.") and event.partition(".")[2] not in (
            "connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"):
        return
    said = [arg if isinstance(arg, (str, int)) else os.fsdecode(arg) if isinstance(arg, bytes)
            else list(map(str, arg)) if isinstance(arg, tuple) else None for arg in args]
    tell(event=event, args=said, cwd=os.getcwd())

tell(event="begin", args=sys.orig_argv)
sys.addaudithook(note)
"""


def enter(folder: Path) -> dict[str, Any]:
    """Play a rehearsal with an appeal on a station in such a room; what the witnesses saw."""
    for name in ("home", "tmp", "hook", "data"):
        (folder / name).mkdir()
    (folder / "hook" / "sitecustomize.py").write_text(HOOK)
    env = {name: value for name, value in os.environ.items() if name not in LET_SPEAK} | {
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "QUIET_LOG": str(folder / "audit.jsonl"),
        "PYTHONPATH": os.pathsep.join([str(folder / "hook"), str(Path(__file__).parents[1])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        **{name: f"http://{OUTSIDE}:3128" for name in PROXIES},
    }
    done = subprocess.run(
        [*_door(), sys.executable, "-m", "tests.quiet_room", str(folder)],
        env=env,
        text=True,
        capture_output=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads((folder / "told.json").read_text())
    told["audit"] = [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
    told["said"] = done.stdout + done.stderr
    return told


def _door() -> list[str]:
    """How a network namespace is entered here: as root, or by an account's own user namespace; []
    where neither is permitted (some containers)."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*words, "true"], capture_output=True).returncode
        ):
            return words
    return []


def counters() -> dict[str, int]:
    """Attempts to get out, and datagrams (a station sends none), as the kernel has counted them in
    this namespace."""
    found: dict[str, int] = {}
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind = names.partition(":")[0]
        for name, value in zip(names.split()[1:], values.split()[1:], strict=True):
            found[f"{kind}{name}"] = int(value)
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/net/snmp6").read_text().splitlines():
            name, value = line.split()
            found[name] = int(value)
    wanted = ("IpOutNoRoutes", "UdpOutDatagrams", "Ip6OutNoRoutes", "Udp6OutDatagrams")
    return {name: found.get(name, 0) for name in wanted}


def loopback_up() -> None:
    """A new namespace has its loopback device switched off."""
    with socket.socket() as any_socket:
        asked = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, 0x8913, asked))[1]
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", flags | 1))


def try_to_get_out() -> None:
    """What a library that reports home does: a connection, and a question to a name server."""
    with contextlib.suppress(OSError), socket.create_connection((OUTSIDE, 443), timeout=1):
        pass
    with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as question:
        question.sendto(b"?", (OUTSIDE, 53))


class Watch(threading.Thread):
    """Looks again and again at the sockets of all processes below this one."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over, self.remotes, self.looks = threading.Event(), set(), 0

    def run(self) -> None:
        """Until it is over."""
        while not self.over.wait(0.05):
            self.look()

    def look(self) -> None:
        """One look: far ends of internet sockets, and whose they are."""
        held = {}
        for pid in family():
            with contextlib.suppress(OSError):
                name = (
                    Path(f"/proc/{pid}/cmdline")
                    .read_bytes()
                    .replace(b"\0", b" ")
                    .decode(errors="replace")
                )
                for entry in os.scandir(f"/proc/{pid}/fd"):
                    with contextlib.suppress(OSError):
                        target = os.readlink(entry.path)
                        if target.startswith("socket:["):
                            held[target[8:-1]] = name
        for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/self/net/{kind}").read_text().splitlines()[1:]:
                    words = line.split()
                    if words[9] in held:
                        self.remotes.add((kind, far_end(words[2]), held[words[9]]))
        self.looks += 1


def far_end(text: str) -> str:
    """An address as the kernel writes it, as people write it."""
    digits = text.partition(":")[0]
    raw = b"".join(bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8))
    return str(ip_address(raw))


def family() -> list[int]:
    """All processes below this one."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [os.getpid()]
    while waiting:
        for pid in parents.get(waiting.pop(), []):
            found.append(pid)
            waiting.append(pid)
    return found


def main(folder: Path) -> None:
    """Inside the room: is it one, do its witnesses see; then the station and its rehearsal."""
    room = not any(
        line.partition(":")[0].strip() != "lo"
        for line in Path("/proc/self/net/dev").read_text().splitlines()[2:]
    )
    seen = {}
    if room:
        loopback_up()
        before = counters()
        try_to_get_out()
        seen = {name: value - before[name] for name, value in counters().items()}
    (folder / "audit.jsonl").unlink(missing_ok=True)
    before, watch = counters(), Watch()
    watch.start()
    station = Station(folder / "data", "--no-demo").start()
    rehearsal = [
        sys.executable,
        "-m",
        "examday.cli",
        "rehearse",
        "--data",
        str(folder / "data"),
        "--json",
        "--appeal",
    ]
    try:
        done = subprocess.run(
            rehearsal, capture_output=True, text=True, env={**os.environ, **TRAINING}
        )
    finally:
        station.stop()
        watch.over.set()
        watch.join()
    after = counters()
    told = {
        "room": room,
        "seen": seen,
        "counted": {name: after[name] - before[name] for name in after} if room else {},
        "remotes": sorted(watch.remotes),
        "looks": watch.looks,
        "rehearsal": json.loads(done.stdout),
        "errors": done.stderr,
    }
    (folder / "told.json").write_text(json.dumps(told))


def readable_by_others(data: Path) -> list[str]:
    """Everything of the station that other accounts of the laptop have any right to, named with
    its mode."""
    return [
        f"{path.relative_to(data)} {path.lstat().st_mode & 0o777:o}"
        for folder in ("scans", "var")
        for path in [data / folder, *(data / folder).rglob("*")]
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
