"""Tells whether the size that a PDF gives its page may be believed.

Scanning programs of phones lay whatever they took onto a page of A4, an A3 sheet as well.
"""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, UnidentifiedImageError

from examday.reading.exposure import by_camera, names_phone
from examday.reading.sheet_size import STATED_BADLY, STATED_DPI, is_usual, of_usual_paper

WRITTEN_BY = "/Producer", "/Creator"
"""A scanner's page lies flat, a phone's may not: these say which one wrote the file."""
JPEG_CODE = "DCTDecode"
OF_PAGE = 0.008
"""Share by which the page of a scanner's PDF may be off its picture: whole points, and pixels in whole blocks of
32. Of pictures that a phone cut out, one in ten comes so near to a usual resolution."""
# of forms within forms in which a page's picture may lie: a hostile file nests them without end
DEPTH = 3


def by_phone(document: pikepdf.Pdf) -> bool:
    """Whether the file says that a phone wrote it."""
    return names_phone(str(document.docinfo.get(key, "")) for key in WRITTEN_BY)


def believed(page: pypdfium2.PdfPage, dpi: float) -> float | None:
    """The resolution of a page that is a picture, as far as a scanner may have told it.

    `dpi`: as the page's size gives it. None where a camera took the picture, or a program laid it
    onto the page at a resolution of its own.
    """
    things = list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=DEPTH))
    if any(_exposed(thing) for thing in things):
        return None
    if dpi < STATED_DPI or is_usual(dpi, OF_PAGE):
        return dpi
    papers = [of_usual_paper(thing.get_px_size(), OF_PAGE) for thing in things]
    # Much smaller than its pixels say: an A3 sheet on a page of A4, perhaps.
    little = any(own is not None and abs(dpi / own - 1) < STATED_BADLY for own in papers)
    return dpi if little else None


def _exposed(thing: pypdfium2.PdfImage) -> bool:
    """Whether a picture tells how a camera took it."""
    if JPEG_CODE not in thing.get_filters():
        return False
    data = io.BytesIO(bytes(thing.get_data(decode_simple=True)))
    try:
        with Image.open(data, formats=("JPEG", "MPO")) as image:
            return by_camera(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return False
