"""Decoding in a child with limits: pages as pictures, complete or not at all."""

import hashlib
import os
import shutil
from pathlib import Path

from examday.domain.errors import MachineTrouble
from examday.domain.messages import N_
from examday.reading import sandbox
from examday.reading.guards import BadFile
from examday.settings import Settings
from examday.storage.objects.base import Lost
from examday.storage.objects.opened import originals, pictures

DECODE_S, DECODE_MB = 300.0, 1536
"""Processor seconds and MB of the child.

A notebook page takes 0.2 s, a form 0.5 s, and a file has 200 pages at most; a school laptop takes
twice that. A good stack must not be set aside as a file that is too much.
"""
LOST = "original-lost"
"""Code of a stored file that is not there any more, or not as it came: nothing can be read from it
again."""
PageInfo = sandbox.PageInfo
Pages = list[PageInfo]


def pages_of(settings: Settings, sha256: str) -> Pages:
    """Decode a stored file. BadFile for one that cannot be accepted, or that is lost."""
    try:
        with originals(settings).as_file(sha256) as original:
            return _decode(settings, original, sha256)
    except Lost as lost:
        raise BadFile(
            N_("The stored file is missing or damaged."),
            code=LOST,
            advice=N_("Call the technical specialist; restore the backup, then `examday requeue`."),
        ) from lost


def _decode(settings: Settings, original: Path, sha256: str) -> Pages:
    """Decode, identify, and keep the pictures, complete or not at all."""
    kept = pictures(settings)
    work = kept.workplace()
    try:
        pages = inspected(settings, original, work)
        for page in pages:
            os.chmod(page.grey, 0o400)
            os.chmod(page.preview, 0o600)
        if not kept.keep(sha256, work):
            raise MachineTrouble(params={"what": "rename"})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return pages


def inspected(settings: Settings, file: Path, folder: Path) -> Pages:
    """What the pages of a file say of themselves, within the station's limits; their pictures are written to `folder`."""
    return sandbox.inspect(file, folder, cpu_s=DECODE_S, memory_mb=DECODE_MB, forms=settings.forms)


def picture_digest(settings: Settings, sha256: str, number: int) -> str:
    """The digest of a page's picture, which ties decisions and readings to it."""
    return hashlib.sha256(pictures(settings).read(sha256, f"{number}.grey.jpg")).hexdigest()
