"""What the computer itself gives: Python, packages, folders, space, Tesseract."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version

from examday.doctor.findings import Finding, Level, standing_folder
from examday.domain.messages import N_
from examday.i18n import catalogue
from examday.settings import Settings

OLDEST_PYTHON = (3, 11)
"""As `requires-python` says; before it, `StrEnum` and `tomllib` are missing."""

TESSERACT_S = 10
"""Listing its languages takes a tenth of a second; a broken one must not keep the doctor."""


def python(_settings: Settings) -> Iterable[Finding]:
    """The interpreter, and the texts that the program speaks with."""
    good = sys.version_info >= OLDEST_PYTHON
    yield Finding(
        "python",
        Level.OK if good else Level.FAIL,
        N_("Python %(version)s"),
        "" if good else N_("Python 3.11 or newer is needed."),
        {"version": ".".join(str(n) for n in sys.version_info[:3])},
    )
    # One word stands for all: the catalogues are installed together or not at all.
    if catalogue("ru").gettext("registered") == "registered":
        yield Finding(
            "texts",
            Level.OFF,
            N_("The Russian texts are missing."),
            N_("Install the program completely."),
        )


def packages(_settings: Settings) -> Iterable[Finding]:
    """The packages that the installed program declares; extras are left out, they may be missing."""
    missing = [name for name in _declared() if not _installed(name)]
    if missing:
        yield Finding(
            "packages",
            Level.FAIL,
            N_("Python packages are missing: %(names)s."),
            N_("Run `make setup`."),
            {"names": ", ".join(missing)},
        )
    else:
        yield Finding("packages", Level.OK, N_("All Python packages are there."))


def _declared() -> list[str]:
    """Names from the metadata. What only some systems need stands with a marker and is left out."""
    lines = requires("examday") or []
    return [re.split(r"[\[<>=!~;\s]", line)[0] for line in lines if ";" not in line]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def folders(settings: Settings) -> Iterable[Finding]:
    """The folders that the station writes to."""
    for name, folder in (("data", settings.data), ("inbox", settings.inbox), ("var", settings.var)):
        good = os.access(standing_folder(folder), os.W_OK | os.X_OK)
        yield Finding(
            name,
            Level.OK if good else Level.FAIL,
            N_("Folder %(path)s"),
            ""
            if good
            else N_(
                "The station may not write there: choose another folder with --data, or give "
                "the folder to the user who runs the station."
            ),
            {"path": folder},
        )


def space(settings: Settings) -> Iterable[Finding]:
    """Free space, against the reserve below which scans are refused."""
    free = shutil.disk_usage(standing_folder(settings.data)).free // (1024 * 1024)
    good = free >= settings.reserve_mb
    yield Finding(
        "space",
        Level.OK if good else Level.FAIL,
        N_("Free on the disk: %(free)s MB (kept in reserve: %(reserve)s MB)."),
        ""
        if good
        else N_("Free some space: scans are refused until there is more than the reserve."),
        {"free": free, "reserve": settings.reserve_mb},
    )


def tesseract(_settings: Settings) -> Iterable[Finding]:
    """The reader of print-outs; without it only its hints are off."""
    program = shutil.which("tesseract")
    if program is None:
        yield Finding(
            "tesseract",
            Level.OFF,
            N_("Tesseract is not installed: the hints on print-outs are off."),
            N_(
                "As root type: apt-get install tesseract-ocr tesseract-ocr-rus. Everything else works."
            ),
        )
        return
    listed = subprocess.run(
        [program, "--list-langs"],
        capture_output=True,
        text=True,
        timeout=TESSERACT_S,
        check=False,
    )
    if "rus" in listed.stdout.split():
        yield Finding("tesseract", Level.OK, N_("Tesseract with Russian"))
    else:
        yield Finding(
            "tesseract",
            Level.OFF,
            N_("Tesseract lacks Russian: the hints on print-outs are off."),
            N_("As root type: apt-get install tesseract-ocr-rus. Everything else works."),
        )
