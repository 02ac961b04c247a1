"""What comes in: opened as a plain file, room on the disk for it, and a name that can be shown."""

import os
import shutil
import stat
import unicodedata
from pathlib import Path
from typing import IO

from examday.domain.errors import Conflict, DomainError
from examday.domain.identity import is_unseen
from examday.domain.messages import N_
from examday.settings import Settings

LONGEST = 255
"""Characters of a name that are kept; an upload may bring any number."""
KEPT_END = 40
"""Characters at the end that are always kept: the scanner's number and the ending."""


class DiskFull(DomainError):
    """Storing the file would eat the reserve that the database needs to finish the day."""

    code = "disk-full"
    message = N_(
        "The disk is almost full: %(free)s MB are free, %(reserve)s MB are kept in reserve."
    )
    advice = N_(
        "Free some space on this computer. The file stays where it is and is taken later by itself."
    )


class StillChanging(Conflict):
    """The file was written to while it was being read."""

    code = "still-changing"
    message = N_("The file was still being written.")
    advice = N_("It is taken as soon as it is complete.")


def open_regular(path: Path) -> IO[bytes]:
    """Open a file from a foreign folder for reading: no symlink is followed, no pipe or device
    waits for us. OSError when it is not a regular file.
    """
    # O_NONBLOCK, because opening a pipe would wait for its other end.
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError("not a regular file")
    return os.fdopen(number, "rb")


def check_space(settings: Settings, size: int) -> None:
    """DiskFull when `size` more bytes would go below the reserve."""
    settings.objects.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.objects).free
    if free - size < settings.reserve_mb * 1024 * 1024:
        raise DiskFull(params={"free": free // (1024 * 1024), "reserve": settings.reserve_mb})


def plain_name(name: str) -> str:
    """Return a foreign file name fit to be shown.

    It has composed letters, no control or direction marks, nothing invisible, and at most LONGEST
    characters; of a longer one the middle goes, so that its ending still tells what it is.
    """
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    shown = "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") or is_unseen(c)
        else c
        for c in text
    )
    if len(shown) > LONGEST:
        shown = f"{shown[: LONGEST - KEPT_END - 1]}…{shown[-KEPT_END:]}"
    return shown or "\N{REPLACEMENT CHARACTER}"
