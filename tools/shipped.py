"""What a station is made of beside our own code: locked packages, files of others, weights."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^ ;\\]+)")
HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


class Package(NamedTuple):
    """One locked package; `digests`: SHA-256 of each file that may be installed for it."""

    name: str
    version: str
    digests: tuple[str, ...]


class File(NamedTuple):
    """A file of others that is shipped as it is; `licence`: an SPDX expression."""

    name: str
    version: str
    licence: str
    sha256: str
    path: str


def packages(lock: Path = LOCK) -> list[Package]:
    """Return the packages of a lock, those of other systems and Python versions too.

    ValueError for a line that names no version: what is not listed here is looked at by nobody.
    """
    found: list[Package] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            found.append(Package(pin["name"], pin["version"], ()))
        elif digest := HASH.search(line):
            last = found[-1]
            found[-1] = last._replace(digests=(*last.digests, digest["digest"]))
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"{lock.name}: this line pins nothing: {line}")
    return found


def files() -> Iterator[File]:
    """Return the files of others below the static files and the print-outs, as VENDOR.txt names them."""
    for row in _rows(ROOT / "examday/web/static/VENDOR.txt"):
        name, version, licence, _licence_file, sha256, path = row
        if not path.startswith("tests/"):
            yield File(name, version, licence, sha256, path)


def weights() -> list[Path]:
    """Return the weights of the readers; their sources stand in the model card beside them."""
    return sorted((ROOT / "examday").glob("*/models/*.onnx"))


def licence(package: str) -> str:
    """Return the SPDX expression of a package's licence; "" when nobody has looked it up."""
    if package in _looked_up():
        return _looked_up()[package]
    try:
        return str(metadata(package).json.get("license_expression", ""))
    except PackageNotFoundError:
        return ""


@cache
def _looked_up() -> dict[str, str]:
    return {name: said for name, said, _why in _rows(ROOT / "tools/licences.txt")}


def _rows(table: Path) -> Iterator[list[str]]:
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = ([cell.strip() for cell in line.split(" | ")] for line in lines if " | " in line)
    next(rows)  # passed over, as it is the heading
    yield from rows
