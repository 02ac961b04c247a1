"""Who may read what the station keeps: its own account, nobody else.

Folders 0700, files 0600 (originals 0400).
"""

import contextlib
import os
import stat
from pathlib import Path

from examday.resources import PACKAGES
from examday.settings import Settings

OTHERS = 0o077
"""All rights of group and others: no other account of a laptop may read names or hashes of PINs."""
MAY_WRITE = 0o022
"""Write rights of others are kept on the hot folder: a person has let another account's scanner
program in."""
OURS = frozenset({"scans", "var"})
"""What a station makes in its data folder; a folder with more in it belongs to somebody else too."""


def private_files() -> None:
    """What this process and its children make from now on is for this account alone.

    Called first by each program.
    """
    os.umask(OTHERS)


def close_station(settings: Settings) -> None:
    """Make the folders of a station and take rights of other accounts away.

    A folder from before loses these rights too.

    The hot folder stays as it is for those whom somebody has given the right to write there (a
    scanner program under another account); reading along is taken from everybody but its group.
    """
    settings.make_folders()
    opened = bool(_mode(settings.inbox) & MAY_WRITE)
    _take(settings.inbox, 0o004 if opened else OTHERS)
    way = OTHERS & ~0o011 if opened else OTHERS  # may pass through, sees no names
    _take(settings.inbox.parent, way)
    if settings.data != PACKAGES and {path.name for path in settings.data.iterdir()} <= OURS:
        _take(settings.data, way)  # a folder with other things in it is not ours to close
    for folder in (settings.var, settings.quarantine):
        close(folder)


def close(folder: Path) -> None:
    """Take every right of other accounts from a folder and all that is in it; no link is followed."""
    _take(folder, OTHERS)
    for where, folders, files in os.walk(folder):
        for name in (*folders, *files):
            _take(Path(where) / name, OTHERS)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _take(path: Path, rights: int) -> None:
    # Gone meanwhile, or somebody else's: the folder above is closed all the same.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        seen = path.lstat()
        if not stat.S_ISLNK(seen.st_mode) and seen.st_mode & rights:
            path.chmod(stat.S_IMODE(seen.st_mode) & ~rights)
