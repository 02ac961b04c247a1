"""Decoding in a child with limits: pages as pictures, complete or not at all."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from examday.domain.errors import MachineTrouble
from examday.domain.messages import N_
from examday.reading import sandbox
from examday.reading.guards import BadFile
from examday.settings import Settings
from examday.storage.base import new_id
from examday.storage.durable import sync_folder, sync_tree
from examday.storage.objects import Objects

DECODE_S, DECODE_MB = 300.0, 1536
"""Processor seconds and MB of the child.

A notebook page takes 0.2 s, a form 0.5 s, and a file has 200 pages at most; a school laptop takes
twice that. A good stack must not be set aside as a file that is too much.
"""
PageInfo = sandbox.PageInfo
Pages = list[PageInfo]


def pages_of(settings: Settings, sha256: str) -> Pages:
    """Decode a stored file. BadFile for one that cannot be accepted, or that is lost."""
    objects = Objects(settings.objects)
    if not objects.intact(sha256):
        raise BadFile(
            N_("The stored file is missing or damaged."),
            code="original-lost",
            advice=N_("Call the technical specialist; restore the backup, then `examday requeue`."),
        )
    return decode(settings, objects.path(sha256), sha256)


def decode(settings: Settings, original: Path, sha256: str) -> Pages:
    """Decode and identify.

    The pictures end up in the derived folder of the file, complete or not at all.
    """
    final = settings.derived_of(sha256)
    work = settings.derived / f".{new_id()}"
    try:
        pages = sandbox.inspect(
            original,
            work,
            cpu_s=DECODE_S,
            memory_mb=DECODE_MB,
            forms=settings.forms,
        )
        for page in pages:
            os.chmod(page.grey, 0o400)
            os.chmod(page.preview, 0o600)
        final.parent.mkdir(parents=True, exist_ok=True)
        # Rows of pages will speak of these pictures: a power cut must not leave them empty or nameless.
        sync_tree(work)
        # Another worker made the same pictures: either set will do.
        with suppress(OSError):
            work.rename(final)
        for folder in (final.parent, settings.derived):
            sync_folder(folder)
        if not final.is_dir():
            raise MachineTrouble(params={"what": "rename"})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return pages


def picture_digest(settings: Settings, sha256: str, number: int) -> str:
    """The digest of a page's picture, which ties decisions and readings to it."""
    picture = settings.derived_of(sha256) / f"{number}.grey.jpg"
    return hashlib.sha256(picture.read_bytes()).hexdigest()
