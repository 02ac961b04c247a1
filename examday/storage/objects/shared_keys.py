"""The keys of an installation whose parts share no disk: sealed in the bucket, brought to each part.

The bucket's owner must not be able to sign in the station's name, so what lies there is closed with
a secret that each part gets apart (EXAMDAY_KEYS_SECRET).
"""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from examday.domain.errors import Broken, StoreAway
from examday.domain.messages import N_
from examday.settings import Settings
from examday.storage.base import new_id
from examday.storage.durable import put_in_place
from examday.storage.keys import NAMES, kept_key
from examday.storage.objects.bucket import Place
from examday.storage.objects.opened import place_of

NONCE = 12
"""Bytes that AES-GCM wants; with fewer two seals could share one, which would open both."""


class WrongSecret(Broken):
    """The keys were sealed with another secret, or changed."""

    code = "keys-secret"
    message = N_("The keys of the installation do not open with this secret.")
    advice = N_(
        "Give each part the same EXAMDAY_KEYS_SECRET; where it was lost, restore a backup with a new one."
    )


def bring(settings: Settings) -> None:
    """Lay the keys of the installation into this part's own folder.

    The first part of all makes them; of two that begin at once one wins for both. Nothing happens
    at a station, whose parts share the folder.
    """
    place = place_of(settings)
    if place is None:
        return
    for name in NAMES:
        key = _there(place, settings, name) or _made(place, settings, name)
        path = settings.keys / name
        if path.exists() and path.read_bytes() == key:
            continue
        _lay_aside(path)
        _write(settings, name, key)


def _lay_aside(path: Path) -> None:
    """Keep a key that the bucket's takes the place of: what it signed is proved by it alone."""
    if path.exists():
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        put_in_place(path, path.with_name(f"{path.name}.{mark}"))


def share(settings: Settings) -> None:
    """Seal the keys of this folder into the bucket, over what lies there: after a restore."""
    place = place_of(settings)
    if place is None:
        return
    for name in NAMES:
        place.overwrite(_at(name), _sealed(settings, name, kept_key(settings.keys, name)))


def _at(name: str) -> str:
    return f"keys/{name}"


def _there(place: Place, settings: Settings, name: str) -> bytes | None:
    """The key of the bucket; None where there is none."""
    try:
        sealed = place.read(_at(name))
    except FileNotFoundError:
        return None
    try:
        return _cipher(settings).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except InvalidTag as error:
        raise WrongSecret from error


def _made(place: Place, settings: Settings, name: str) -> bytes:
    """This part's own key, made where it has none, unless another part was quicker."""
    # The folder's key is taken along: a station that moves to a bucket has signed with it.
    place.create(_at(name), _sealed(settings, name, kept_key(settings.keys, name)))
    # Read back, whoever won: what is there is the key from now on.
    key = _there(place, settings, name)
    if key is None:
        raise StoreAway
    return key


def _sealed(settings: Settings, name: str, key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(settings).encrypt(nonce, key, name.encode())


def _cipher(settings: Settings) -> AESGCM:
    # The secret is long and random (`settings.SHORTEST_SECRET`), so that one digest is enough.
    return AESGCM(hashlib.sha256(b"keys of examday" + settings.keys_secret.encode()).digest())


def _write(settings: Settings, name: str, key: bytes) -> None:
    settings.keys.mkdir(
        mode=0o700,
        parents=True,
        exist_ok=True,
    )
    partial = settings.keys / f".{new_id()}.part"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(key)
    put_in_place(partial, settings.keys / name)
