"""Files in folders that others write to."""

import os
import stat
from pathlib import Path
from typing import IO


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
