"""Tells by a picture's own notes whether a camera took it.

Light that falls unevenly is no evidence: an old scanner's lamp, or a copy of a copy, gives as much of it as a
lamp above a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from PIL import Image

EXIF, PLACE = 0x8769, 0x8825
EXPOSED = frozenset(
    {
        0x829A,  # time of exposure
        0x829D,  # aperture
        0x8827,  # sensitivity
        *range(0x9201, 0x920B),  # shutter to focal length, with the light and the flash
        0xA405,  # focal length as of a film camera
        *range(0xA432, 0xA436),  # the lens
    }
)
"""Where a picture tells how it was taken: a scanner has nothing to write there."""
SOURCE, BY_CAMERA = 0xA300, b"\x03"
"""What kind of machine took the picture, and what a camera says of itself; scanners say 1 or 2, or nothing."""
MAKER, MODEL, PROGRAM = 0x010F, 0x0110, 0x0131
"""Only the names of phones tell: scanners write theirs as well, and Samsung and Sharp made both."""
PHONE = re.compile(
    r"\b(?:iOS|iPadOS|Android|Adobe Scan|CamScanner|Genius ?Scan|SwiftScan|(?:Microsoft|Office) Lens"
    r"|TurboScan|Tiny ?Scanner|vFlat|iPhone|iPad|SM-[A-Z]\d\w*|Xiaomi|Redmi|HUAWEI|OPPO|realme|OnePlus|Infinix"
    r"|Galaxy (?:[A-Z]\d+\w*|Z|Note ?\d*|Tab|Fold|XCover|Nexus))\b"
    r"|^Pixel(?:$| (?:\d{1,2}a?|C|XL|Fold|Tablet)\b(?!\.))",
    re.IGNORECASE,
)
"""Phones and their scanning programs, by the names that they write into pictures and PDF files.

Names that are words as well count as a phone's whole model alone: «Pixel Translations» writes for scanners.
"""
PHONE_MAKER = re.compile(r"(?:HONOR|POCO|TECNO)\b", re.IGNORECASE)
"""Makers whose names are words elsewhere: only where a name begins that stands for a maker do they tell."""


def by_camera(image: Image.Image) -> bool:
    """Whether the file tells how it was exposed, where, through which lens, or that a phone wrote it."""
    notes = image.getexif()
    taken = notes.get_ifd(EXIF)
    if not EXPOSED.isdisjoint(taken) or notes.get_ifd(PLACE):
        return True
    source = taken.get(SOURCE)
    maker, *others = (str(notes.get(name, "")).strip() for name in (MAKER, MODEL, PROGRAM))
    return (
        source in (BY_CAMERA, 3)
        or PHONE_MAKER.match(maker) is not None
        or names_phone((maker, *others))
    )


def names_phone(words: Iterable[str]) -> bool:
    """Whether one of the names that a file bears is that of a phone or of its scanning program."""
    return any(PHONE.search(name) for name in words)
