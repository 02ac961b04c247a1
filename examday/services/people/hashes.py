"""Passwords and PINs as they are stored.

What is stored is Argon2id over the secret mixed with the station's pepper, and a mark.

The pepper lies in var/keys, not in the database: a stolen database alone says nothing about four
digits.

The mark is twelve bits of a quick keyed digest. It cannot prove a secret. It sorts out 4095 of
4096 wrong ones before they cost anything, so that a stranger's guesses do not use up the tries
that the right person needs.
"""

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from examday.settings import Settings
from examday.storage import keys

LONGEST = 200
"""Characters that are hashed: a megabyte as a password must not cost a megabyte of work."""
MARK_HEX = 3
"""Hex digits, so 12 bits: 1 of 4096 wrong secrets passes, and the mark proves nothing."""
MEMORY_KIB = 20_480
"""Memory that one check takes at cost 1. Nothing sets it from outside: no configuration weakens
what is stored."""


def hasher(settings: Settings) -> PasswordHasher:
    """Argon2id; cost 3 takes about a quarter of a second on a laptop, tests use 1."""
    return PasswordHasher(
        time_cost=settings.argon2_cost,
        memory_cost=MEMORY_KIB * settings.argon2_cost,
        parallelism=1,
    )


def hash_secret(settings: Settings, secret: str) -> str:
    """Return what is stored of a password or PIN.

    Its form is "Argon2 hash~name of the pepper~name of the door key:mark".
    """
    pepper, door = (
        keys.kept_key(settings.keys, keys.PEPPER),
        keys.kept_key(settings.keys, keys.DOOR),
    )
    made = hasher(settings).hash(_peppered(pepper, secret))
    return f"{made}~{keys.name_of(pepper)}~{keys.name_of(door)}:{_mark(door, made, secret)}"


def matches(settings: Settings, stored: str, secret: str) -> bool:
    """Return whether it is the secret. Constant effort: a missing secret costs as much as a wrong one."""
    made, _, rest = stored.partition("~")
    check, pepper = hasher(settings), keys.kept_key(settings.keys, keys.PEPPER)
    if not made:
        # As much work as for a real one: the time must not tell that there is no such secret.
        check.hash(secret[:LONGEST])
        return False
    try:
        return check.verify(made, _peppered(pepper, secret) if rest else secret[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


def may_match(settings: Settings, stored: str, secret: str) -> bool:
    """Return whether the mark lets this secret be the right one.

    False too where there is no mark, or one of another key.
    """
    door, (name, mark) = keys.kept_key(settings.keys, keys.DOOR), _door(stored)
    found = _mark(
        door, stored.partition("~")[0], secret
    )  # also for nobody's: the answer takes as long
    return name == keys.name_of(door) and hmac.compare_digest(found, mark)


def outdated(settings: Settings, stored: str) -> bool:
    """Return whether what is stored is to be made anew.

    It is when it was made before there were pepper and marks, or with a lost door key.
    """
    return bool(stored) and _door(stored)[0] != keys.name_of(
        keys.kept_key(settings.keys, keys.DOOR)
    )


def _door(stored: str) -> tuple[str, str]:
    """Return the name of the door key and mark; empty where there is none."""
    name, _, mark = stored.partition("~")[2].partition("~")[2].partition(":")
    return name, mark


def foreign(settings: Settings, stored: str) -> bool:
    """Return whether it was made with a pepper that this station lacks: no secret can match then."""
    name = stored.partition("~")[2].partition("~")[0]
    return bool(name) and name != keys.name_of(keys.kept_key(settings.keys, keys.PEPPER))


def _peppered(pepper: bytes, secret: str) -> str:
    return hmac.new(pepper, secret[:LONGEST].encode(), hashlib.sha256).hexdigest()


def _mark(door: bytes, made: str, secret: str) -> str:
    keyed = hmac.new(door, secret[:LONGEST].encode(), hashlib.sha256).digest()
    return hashlib.scrypt(
        keyed,
        salt=made.encode(),
        n=512,
        r=8,
        p=1,
        dklen=2,
    ).hex()[:MARK_HEX]
