"""Files that survive a power cut: content first, then the name, then the folder that holds the
name.

`fsync` of a file saves its content only; its name is saved by `fsync` of the folder (fsync(2), Linux).
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
"""Python has no call for `syncfs`."""


def sync_file(path: Path) -> None:
    """Bring the content of a file that is already written onto the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """Bring the list of entries of a folder onto the disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_disk_of(folder: Path) -> None:
    """Bring all that was written to the file system of this folder onto the disk: one wait instead
    of thousands (syncfs(2), which tells errors of writing since Linux 5.8).
    """
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _LIBC.syncfs(number):
            told = ctypes.get_errno()
            raise OSError(told, os.strerror(told), str(folder))
    finally:
        os.close(number)


def sync_tree(folder: Path) -> None:
    """Bring every file below a folder, and the folders themselves, onto the disk."""
    # Files before the folders that name them: a name without content would look like a file.
    for path in _deepest_first(folder.rglob("*")):
        sync_folder(path) if path.is_dir() else sync_file(path)
    sync_folder(folder)


def put_in_place(partial: Path, target: Path) -> None:
    """Give a finished file its name: what stood there before stays whole until the new one is safe."""
    sync_file(partial)
    os.replace(partial, target)
    sync_folder(target.parent)


def _deepest_first(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: len(path.parts), reverse=True)
