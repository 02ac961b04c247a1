"""The wheel carries the whole program and runs where no checkout is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = {
    "examday/": "examday/",
    "workers/": "workers/",
    "templates/": "examday/templates/",
    "docs/help/": "examday/docs/help/",
    "scans/samples/": "examday/scans/samples/",
    "tools/verify_export.py": "examday/tools/verify_export.py",
}
"""Where a file of the checkout lies in the wheel."""

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
