"""A server that speaks S3, as a process of its own, and buckets on it."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from tests.stations import free_port, until

NUMBERS = itertools.count(1)
SECRET = "a secret of thirty-two characters"


@contextmanager
def server() -> Iterator[str]:
    """Its address; stopped afterwards, and everything on it gone."""
    port = free_port()
    program = Path(sys.executable).parent / "moto_server"
    process = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(address), 30, "the server of the bucket answers")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/moto-api/", timeout=5):
            return True
    except OSError:
        return False


def new_bucket(address: str) -> dict[str, str]:
    """A bucket of its own: the settings that open it."""
    name = f"examday-{next(NUMBERS)}"
    with urlopen(Request(f"{address}/{name}", method="PUT"), timeout=20):
        pass
    return {
        "objects_url": f"s3://{name}/region",
        "objects_endpoint": address,
        "objects_key": "key",
        "objects_secret": "secret",
        "keys_secret": SECRET,
    }
