"""The keys of a station in a backup."""

import shutil
from pathlib import Path

from examday.settings import Settings
from examday.storage.durable import sync_tree
from examday.storage.keys import NOT_SAVED
from examday.storage.objects import shared_keys


def save(settings: Settings, target: Path) -> None:
    """Copy the keys that a backup carries into `target`, for its owner alone."""
    shutil.copytree(
        settings.keys,
        target,
        dirs_exist_ok=True,
        # Half-written keys of a process that was killed are nobody's.
        ignore=shutil.ignore_patterns(*NOT_SAVED, ".*.part"),
    )
    _private(target)


def bring_back(folder: Path, settings: Settings) -> None:
    """Give a station, or all parts of a region, the keys of a backup."""
    shutil.copytree(folder, settings.keys, dirs_exist_ok=True)
    _private(settings.keys)
    sync_tree(settings.keys)
    shared_keys.share(settings)


def _private(folder: Path) -> None:
    folder.chmod(0o700)
    for path in folder.iterdir():
        path.chmod(0o600)
