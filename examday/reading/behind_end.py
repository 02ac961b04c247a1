"""Finds a further page behind the end of a picture: files that were glued to each other, by a copy or by hand.

A decoder stops at the end mark, and what lies behind it would be lost without a word. Phones and cameras
put much there on purpose, which is no page: a short video, a preview, a depth map, a map of light. They
are told by what they show: a page is as large as one, holds writing, and is not the first page again.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from examday.reading.bad_files import Damaged, MorePictures
from examday.reading.complaints import check_jpeg, check_png
from examday.reading.same_page import FEWEST, look_at, same_page

BEGINNING = re.compile(
    rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n|II\*\0|MM\0\*|%PDF-|ftyp[a-z]", re.S
)
"""How the formats begin that pages come in, and the boxes of phones: what begins so behind a
picture may be another page."""
PHONE_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
"""How HEIC and HEIF say what they hold: their pictures could be pages, other boxes hold videos."""
PICTURE_BRANDS = (*PHONE_BRANDS, b"avif")
DECLARED = re.compile(rb"MPF\0|Container:Directory|GDepth|hdrgm|MicroVideo|MotionPhoto|MiCamera")
"""By these words a picture says of itself that smaller ones stand behind it, each for a purpose."""
SAMSUNG = b"SEFT"
"""The end of the list that Samsung's phones write behind their pictures: what lies before it is
declared, and no lost page."""
SMALLEST = 400  # px, short side: A4 at 50 dpi. Nobody could read a smaller page; thumbnails are
# longest side of a declared picture in that of the first: maps and previews are smaller, a page is
# not
SMALLER = 0.75
MOST = 100  # places that are looked at: in a video the beginning of a format stands by chance


class Further(NamedTuple):
    """A picture behind the first one: where it ends, and its grey pixels; None: nobody can tell."""

    end: int
    grey: np.ndarray | None


def check_alone(data: bytes, end: int, first: np.ndarray) -> None:
    """Raise MorePictures when a further page lies behind the first picture of a file.

    `end`: where the first one ends; `first`: its grey pixels.
    """
    for further in _pictures(data, end):
        if further.grey is None or (
            max(further.grey.shape) > _longest_aside(data, end, first)
            and _is_page(further.grey, first)
        ):
            raise MorePictures


def _longest_aside(data: bytes, end: int, first: np.ndarray) -> float:
    """The longest side that a picture may have which stands behind the first for another purpose, px.

    Asked only where a picture was found: a look through all of the code takes a fifth of the time
    of decoding it.
    """
    declared = bool(DECLARED.search(data, 0, end)) or data.endswith(SAMSUNG)
    return SMALLER * max(first.shape) if declared else 0.0


def _is_page(grey: np.ndarray, first: np.ndarray) -> bool:
    """Whether a picture holds writing that the first one does not show."""
    if min(grey.shape) < SMALLEST:
        return False
    look = look_at(grey)
    return len(look.spots) >= FEWEST and not same_page(look_at(first), look)


def _pictures(data: bytes, at: int) -> Iterator[Further]:
    for _place in range(MOST):
        found = BEGINNING.search(data, at)
        if found is None:
            return
        at = found.end()
        if found[0].startswith(b"ftyp"):
            start = found.start() - 4
            if data[start + 8 : start + 12] in PICTURE_BRANDS:
                yield Further(len(data), None)
            at = max(at, _end_of_boxes(data, start))
        elif found[0] == b"%PDF-":
            if b"%%EOF" in data[at:]:
                yield Further(len(data), None)
        else:
            further = _opened(data[found.start() :])
            if further is not None:
                yield further
                at = max(at, found.start() + further.end)


def _opened(data: bytes) -> Further | None:
    """The picture that begins here; None where none does, or one too small to be a page."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "TIFF")) as image:
            if min(image.size) < SMALLEST:
                return None
            end = _end(data, str(image.format))
            image.draft("L", image.size)
            return Further(end, np.asarray(image.convert("L")))
    except UnidentifiedImageError:
        return None
    except (Damaged, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        # It begins as a page does; what it shows cannot be told.
        return Further(len(data), None)


def _end(data: bytes, kind: str) -> int:
    if kind == "TIFF":
        return len(data)
    return check_png(data) if kind == "PNG" else check_jpeg(data) + 2


def _end_of_boxes(data: bytes, at: int) -> int:
    """Where a run of boxes ends, such as those of a video.

    Text behind it may read as the head of a box that is longer than the file; a video that was cut
    ends in its data.
    """
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
        cut = at + length > len(data) and kind != b"mdat"
        if length < 8 or cut or not kind.isalnum():
            return at
        at += length
    return len(data)
