"""Strict types, held by mypy with the settings of pyproject.toml."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def check(*what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *what], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_the_types_of_the_program_agree() -> None:
    """Of the program alone: what tools load besides costs a fresh clone a fifth as much again."""
    check("-p", "examday", "-p", "workers")


@pytest.mark.release
def test_the_types_of_the_program_and_its_tools_agree() -> None:
    check()


def test_no_module_is_left_unchecked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    checked = {*settings["packages"], *settings["modules"]}
    ours = {
        *(f"examday.{path.stem}" for path in (ROOT / "examday").glob("[!_]*.py")),
        *(f"examday.{path.parent.name}" for path in (ROOT / "examday").glob("*/__init__.py")),
        *(path.stem for path in (ROOT / "tools").glob("*.py")),
        *(f"tools.{path.parent.name}" for path in (ROOT / "tools").glob("*/__init__.py")),
        "workers",
    }
    assert ours - checked == set()
