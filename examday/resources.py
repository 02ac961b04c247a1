"""Files of the program that lie outside its package in a checkout: templates, help, sample sheets.

A checkout has them beside the package; a wheel carries them inside it, under the same names
(`force-include` in `pyproject.toml`). This module is the only place that knows both.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
PACKAGES = PACKAGE.parent
"""The folder from which `examday` and `workers` are imported, a checkout or site-packages: the
programs that are started need it on their path."""

INSTALLED = (PACKAGE / "templates").is_dir()
"""Whether this is an installed wheel, whose files lie in the package; a checkout and an editable
install have theirs beside it."""

_FILES = PACKAGE if INSTALLED else PACKAGES

TEMPLATES = _FILES / "templates"
"""Web pages, print templates (`print/`) and form layouts (`forms/`): in one folder, so that the
wheel takes them along as one."""

HELP = _FILES / "docs" / "help"
"""Help texts, <language>/<topic>.md: files of their own, so that a translator needs no code."""

SAMPLES = _FILES / "scans" / "samples"
"""Scans of the invented candidates of the training day, which must be played where no scanner
stands."""

VERIFIER = _FILES / "tools" / "verify_export.py"
"""The offline verifier of bundles, to be handed out as one file: whoever checks us needs
nothing of ours."""


def station_folder() -> Path:
    """The data folder of a station for which none is named.

    A checkout is its own station, so that `make run` keeps everything in one place. An installed
    program must not write among its packages: an upgrade would remove them. Its station is the
    folder `examday` of the account, where people find the hot folder without searching.
    """
    return Path.home() / "examday" if INSTALLED else PACKAGES
