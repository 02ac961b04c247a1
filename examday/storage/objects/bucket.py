"""Objects and pictures in a bucket that speaks S3.

Errors of the network are Unavailable: they say nothing about what lies there. A bucket that is gone
answers «not found» to every question as an empty one does, so that only the words of its answer
tell them apart; `HEAD` has no words and is never asked.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from examday.domain.errors import StoreAway, StoreRefuses
from examday.storage.objects.base import (
    BLOCK,
    Objects,
    Source,
    Stored,
    damaged,
    missing,
    require_digest,
    spool,
)
from examday.storage.objects.pictures import Pictures

AT_ONCE = 64 * BLOCK
"""Bytes that are sent as one request, from memory: only such a one can be refused where the name is
taken. A hundred pages at 300 dpi are less."""
NO_BUCKET = "NoSuchBucket"
"""Without the bucket nothing is known of any object in it: that is «away», never «lost»."""
SET = "set.json"
"""The list of the pictures of one original, written last: without it there are none."""


@dataclass(frozen=True)
class Place:
    """A bucket, or a part of one, and what opens it."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    key: str = ""
    secret: str = field(default="", repr=False)

    def within(self, name: str) -> str:
        """The full name of a thing in the bucket."""
        return f"{self.prefix}/{name}" if self.prefix else name

    def create(self, name: str, content: bytes) -> bool:
        """Write a small thing where nothing is; False where something lies already."""
        from obstore.exceptions import AlreadyExistsError

        with in_our_words():
            try:
                self.client.put(self.within(name), content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def overwrite(self, name: str, content: bytes) -> None:
        """Write a small thing over what lies there: for what is not named by its digest."""
        with in_our_words():
            self.client.put(self.within(name), content, use_multipart=False)

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a thing piece by piece. FileNotFoundError where it is not there."""
        with in_our_words():
            for block in self.client.get(self.within(name)).stream(min_chunk_size=BLOCK):
                yield bytes(block)

    def read(self, name: str) -> bytes:
        """A small thing whole; as `blocks`."""
        return b"".join(self.blocks(name))

    def has(self, name: str) -> bool:
        """Whether the bucket holds something of this name."""
        try:
            with in_our_words():
                self.client.get(self.within(name))
        except FileNotFoundError:
            return False
        return True

    def names(self, start: str) -> Iterator[str]:
        """The names of everything in the folder `start`, in order."""
        with in_our_words():
            for found in self.client.list(self.within(start)):
                for one in found:
                    yield str(one["path"]).removeprefix(self.within(""))

    def delete(self, name: str) -> None:
        """Take a thing away; nothing happens where nothing is."""
        with in_our_words():
            self.client.delete(self.within(name))

    @property
    def client(self) -> Any:
        """The connection of this process: obstore's `S3Store`, which a station need not have."""
        return _client(self)


@lru_cache(maxsize=8)
def _client(place: Place) -> Any:
    # Never before a fork: its threads do not live in the child.
    from obstore.store import S3Store

    return S3Store(
        place.bucket,
        access_key_id=place.key,
        secret_access_key=place.secret,
        region=place.region,
        endpoint=place.endpoint or f"https://s3.{place.region}.amazonaws.com",
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": place.endpoint.startswith("http:"),
            "connect_timeout": "5s",
            "read_timeout": "30s",
            # Of a whole answer, which may be half a gigabyte.
            "timeout": "600s",
        },
        # Somebody waits for a page: who cannot be reached in seconds is away.
        retry_config={"max_retries": 3},
    )


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise our errors in place of the library's; FileNotFoundError and «already there» stay."""
    from obstore import exceptions as told

    try:
        yield
    except FileNotFoundError as error:
        if NO_BUCKET in str(error):
            raise StoreAway from error
        raise
    except (told.PermissionDeniedError, told.UnauthenticatedError, PermissionError) as error:
        raise StoreRefuses from error
    except told.AlreadyExistsError:
        raise
    except (told.BaseError, OSError) as error:
        raise StoreAway from error


@dataclass(frozen=True)
class Bucket(Objects):
    """Objects in a bucket, each under its digest."""

    place: Place
    kind: str
    """First part of their names: what stands under one kind is listed together."""

    def _name(self, sha256: str) -> str:
        return f"{self.kind}/{require_digest(sha256)}"

    def put(self, source: Source) -> Stored:
        """Store, and read back before anybody relies on it."""
        with self.part() as temporary:
            sha256, size = spool(source, temporary)
            new = self._send(self._name(sha256), temporary, size)
            # Some servers write over what is there, some lose bytes: the digest alone tells.
            if not self.intact(sha256):
                raise damaged(sha256)
            return Stored(sha256, size, new)

    def _send(self, name: str, path: Path, size: int) -> bool:
        if size <= AT_ONCE:
            return self.place.create(name, path.read_bytes())
        if self.place.has(name):
            return False
        with in_our_words():
            self.place.client.put(self.place.within(name), path, use_multipart=True)
        return True

    def blocks(self, sha256: str) -> Iterator[bytes]:
        """Read as it comes."""
        try:
            yield from self.place.blocks(self._name(sha256))
        except FileNotFoundError as error:
            raise missing(sha256) from error

    def remove(self, sha256: str) -> bool:
        """Delete; a bucket that keeps versions keeps this one too (`examday doctor` warns)."""
        name = self._name(sha256)
        there = self.place.has(name)
        self.place.delete(name)
        return there

    def all(self) -> Iterator[str]:
        """The names as the server lists them."""
        for name in self.place.names(self.kind):
            yield name.removeprefix(f"{self.kind}/")

    def answers(self) -> bool:
        """Ask for something that need not be there."""
        try:
            self.place.has("ready")
        except (StoreAway, StoreRefuses):
            return False
        return True


@dataclass(frozen=True)
class PictureBucket(Pictures):
    """Pictures in a bucket: pictures/<sha256>/<name>-<digest>, and a list of them that comes last.

    The digest in the name keeps two workers' pictures apart, whose bytes may differ.
    """

    place: Place

    def _at(self, sha256: str, name: str = "") -> str:
        return f"pictures/{require_digest(sha256)}/{name}"

    def keep(self, sha256: str, made: Path) -> bool:
        """Send the pictures, then their list."""
        digests = {path.name: self._send(sha256, path) for path in sorted(made.iterdir())}
        self.place.create(self._at(sha256, SET), json.dumps(digests).encode())
        return True

    def _send(self, sha256: str, path: Path) -> str:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        self.place.create(self._at(sha256, f"{path.name}-{digest}"), content)
        return digest

    def _set(self, sha256: str) -> dict[str, str]:
        """Name → digest; empty where there are none."""
        try:
            digests: dict[str, str] = json.loads(self.place.read(self._at(sha256, SET)))
        except FileNotFoundError:
            return {}
        return digests

    def complete(self, sha256: str) -> bool:
        """Whether there is a list of pictures of this scan."""
        return bool(self._set(sha256))

    def has(self, sha256: str, name: str) -> bool:
        """Whether the list of pictures of this scan names it."""
        return name in self._set(sha256)

    def read(self, sha256: str, name: str) -> bytes:
        """Read a picture of the list, compared with its digest."""
        digest = self._set(sha256).get(name)
        if digest is None:
            raise FileNotFoundError(name)
        content = self.place.read(self._at(sha256, f"{name}-{digest}"))
        if hashlib.sha256(content).hexdigest() != digest:
            raise damaged(sha256)
        return content

    def remove(self, sha256: str) -> None:
        """Delete the list first, so that half a set is none."""
        self.place.delete(self._at(sha256, SET))
        for name in list(self.place.names(self._at(sha256))):
            self.place.delete(name)
