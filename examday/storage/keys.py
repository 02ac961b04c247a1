"""Key files of a station: random bytes, made once, mode 0600, in a folder for the owner alone."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from examday.storage.base import new_id
from examday.storage.durable import put_in_place, sync_folder

SIZE = 32
"""Bytes of a key: Ed25519 takes no other number, and HMAC-SHA-256 gains nothing from more."""
WEB, PEPPER, DOOR = "web.key", "pepper.key", "door.key"
"""WEB signs cookies and form tokens, PEPPER goes into each hash of a password or PIN, DOOR makes
their marks."""
LEDGER = "ledger.key"
"""Signs checkpoints and bundles: with another key nobody could tell that they are of this
station."""
NAMES = (LEDGER, WEB, PEPPER, DOOR)
"""All keys there are: parts that share no disk are brought these (`objects/shared_keys.py`)."""
NEXT = "ledger.next.key"
"""Takes the place of LEDGER at a station that changes its key: kept beside it until the centre
knows it."""
NOT_SAVED = frozenset({DOOR})
"""Keys that no backup carries: what they are for is made anew at the next log-in."""


def kept_key(folder: Path, name: str) -> bytes:
    """The key of this name, made at first use.

    Whole or not there: two processes that begin at once get the same.
    """
    if name not in (*NAMES, NEXT):  # each part of a region would make its own
        raise ValueError(name)
    path = folder / name
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    folder.mkdir(
        mode=0o700,
        parents=True,
        exist_ok=True,
    )
    temporary = folder / f".{new_id()}.part"
    try:
        with os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as target:
            target.write(secrets.token_bytes(SIZE))
            target.flush()
            os.fsync(target.fileno())
        # `link` does not overwrite: of two processes that begin at once one key wins for both.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        sync_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)
    return path.read_bytes()


def change_ledger_key(folder: Path) -> None:
    """NEXT becomes LEDGER: one or the other is there at each moment."""
    put_in_place(folder / NEXT, folder / LEDGER)


def name_of(key: bytes) -> str:
    """A short public name of a key (8 hex): tells two keys apart and says nothing else about them."""
    # With a prefix, so that this digest is never the one that something else takes of the key.
    return hashlib.sha256(b"name of a key" + key).hexdigest()[:8]
