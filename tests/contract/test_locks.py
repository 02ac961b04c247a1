"""What is installed is locked by hash, and the locks name no address."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "bootstrap.lock")
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(\[[^]]*\])?==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """package → version of a lock."""
    return {found[0].lower(): found[2] for found in PIN.findall((ROOT / name).read_text())}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", (ROOT / name).read_text())


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)
    bare = [
        block.splitlines()[0]
        for block in blocks
        if PIN.match(block) and "--hash=sha256:" not in block
    ]
    assert not bare


def test_both_locks_pin_the_same_versions() -> None:
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run


def test_what_only_training_needs_is_not_installed() -> None:
    assert not {"torch", "onnx"} & (
        pins("requirements.lock").keys() | pins("requirements-dev.lock").keys()
    )


def test_every_wanted_package_is_in_the_lock() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[<>=;\s]", line)[0].lower() for line in wanted}

    assert (
        names(project["dependencies"] + extras["postgres"] + extras["region"])
        <= pins("requirements.lock").keys()
    )
    assert names(extras["dev"]) <= pins("requirements-dev.lock").keys()
