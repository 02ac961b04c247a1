"""A bucket tried out: written to, read, listed, deleted from."""

import datetime as dt
from dataclasses import dataclass

from examday.domain.errors import StoreAway
from examday.storage.base import new_id
from examday.storage.objects.bucket import Place, in_our_words

CONTENT = b"examday doctor"


@dataclass(frozen=True)
class Tried:
    """What a bucket does: its clock, and what a region wants to know of it."""

    clock: dt.datetime
    """When the server says that the trial was written, to the second: by it a clock that is wrong
    is noticed."""
    refuses_a_second: bool
    """It does not write over what lies there, when asked not to: without that originals could be
    exchanged."""
    keeps_versions: bool
    """What is deleted stays as an older version: scans that were destroyed by act would still
    be there."""


def try_out(place: Place) -> Tried:
    """Write, read, list and delete one small thing; nothing of it stays.

    StoreAway or StoreRefuses where one of these cannot be done.
    """
    name = f"doctor/{new_id()}"
    try:
        with in_our_words():
            put = place.client.put(place.within(name), CONTENT, use_multipart=False)
            clock = place.client.get(place.within(name)).meta["last_modified"]
        if place.read(name) != CONTENT or name not in place.names("doctor"):
            raise StoreAway
        refuses = not place.create(name, CONTENT)
    finally:
        place.delete(name)
    return Tried(clock, refuses, put.get("version") not in (None, "null"))
