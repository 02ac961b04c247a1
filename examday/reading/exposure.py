"""Tells by a picture's own notes whether a camera took it."""

from __future__ import annotations

from PIL import Image

EXIF, EXPOSED = 0x8769, frozenset({0x829A, 0x829D, 0x920A})
"""Where a picture tells how it was taken: a scanner has neither time of exposure, aperture nor
focal length."""


def by_camera(image: Image.Image) -> bool:
    """Whether the file tells how long it was exposed, or through which lens.

    Maker and model say nothing: scanners name theirs as well.
    """
    return not EXPOSED.isdisjoint(image.getexif().get_ifd(EXIF))
