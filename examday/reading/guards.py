"""Opens what a scanner, a phone or a stranger sends: limits first, decoding last.

No other module opens images.

Order of the guards: bytes, header (format, frames, sides, pixels) without decoding,
decompression-bomb warnings as errors, and only then pixels. Whatever a decoder complains of sets the
file aside: half a sheet is never taken for a sheet. `examday.reading.sandbox.inspect` adds memory
and time limits for files from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from examday.domain.messages import N_
from examday.reading.bad_files import (
    BadFile,
    Damaged,
    Empty,
    FileTooLarge,
    Limits,
    LockedPdf,
    NoPages,
    NotAnImage,
    OpenForm,
    OtherCoding,
    PageImage,
    PhonePicture,
    TookTooLong,
    TooManyPages,
    blame,
)
from examday.reading.pdf_pages import pdf_pages
from examday.reading.raster import image_pages

__all__ = [
    "BadFile",
    "Damaged",
    "Empty",
    "FileTooLarge",
    "Limits",
    "LockedPdf",
    "NoPages",
    "NotAnImage",
    "OpenForm",
    "OtherCoding",
    "PageImage",
    "PhonePicture",
    "TookTooLong",
    "TooManyPages",
    "open_pages",
]


USUAL = Limits()


def open_pages(path: Path, limits: Limits = USUAL) -> Iterator[PageImage]:
    """Yield the pages of a JPEG, PNG, TIFF or PDF, upright as the camera's EXIF note says.

    Raises `BadFile`, or MachineTrouble and MemoryError, which are not the file's fault.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        blame(error)
        raise BadFile(N_("The file cannot be opened.")) from error
    if size > limits.max_bytes:
        raise FileTooLarge(
            params={"what": f"{size / 1e6:.0f} MB > {limits.max_bytes / 1e6:.0f} MB"}
        )
    data = path.read_bytes()
    if not data:
        raise Empty
    pages = pdf_pages if b"%PDF-" in data[:1024] else image_pages
    yield from pages(data, limits)
