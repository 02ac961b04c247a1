"""The keys of a station in a backup."""

import shutil
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from examday.settings import Settings
from examday.storage.durable import sync_tree
from examday.storage.keys import NOT_SAVED
from examday.storage.objects import shared_keys


def save(settings: Settings, target: Path) -> None:
    """Copy the keys that a backup carries into `target`, for its owner alone."""
    # Half-written keys of a process that was killed are nobody's.
    _copy(settings.keys, target, (*NOT_SAVED, ".*.part"))
    _private(target)


def bring_back(folder: Path, settings: Settings) -> None:
    """Give a station, or all parts of a region, the keys of a backup."""
    _copy(folder, settings.keys)
    _private(settings.keys)
    sync_tree(settings.keys)
    shared_keys.share(settings)


def _copy(folder: Path, target: Path, left_out: Sequence[str] = ()) -> None:
    """Copy the files of a folder, those with such names left out."""
    # One by one: copying a tree hides under one error what the disk said, and nobody could tell a
    # full stick from a fault of the program.
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        if not any(fnmatch(path.name, name) for name in left_out):
            shutil.copy2(path, target)


def _private(folder: Path) -> None:
    folder.chmod(0o700)
    for path in folder.iterdir():
        path.chmod(0o600)
