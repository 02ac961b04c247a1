"""Good sheets in every guise in which scanners deliver them: none of them may raise a question."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
from PIL import Image

DPI = 300
"""What scanners of a point are set to, so that the series is like a day's."""
EDGE = 0.012  # share of the height that a scanner leaves white at each edge
CUT_PX = 40  # lost at each edge, as by a feeder
FAX = 0.72  # of the median grey: what is darker becomes black, as in a fax


def good_files(sheets: Iterable[Path], folder: Path) -> Iterator[tuple[str, Path]]:
    """Kind and file, fourteen of each sheet; `folder` is where they are made, one at a time."""
    for sheet in sheets:
        yield "plain", sheet
        with Image.open(sheet) as opened:
            picture = opened.convert("L")
        for number, (kind, ending, save) in enumerate(_savers(picture)):
            path = folder / f"{sheet.stem}-{number}{ending}"
            save(path)
            yield kind, path
            path.unlink()


def _savers(picture: Image.Image) -> Iterator[tuple[str, str, "_Save"]]:
    """Kind, ending of the name, and what saves it."""
    grey = np.asarray(picture)
    high, wide = grey.shape
    small = cv2.resize(
        grey,
        None,
        fx=0.94,
        fy=0.94,
        interpolation=cv2.INTER_AREA,
    )
    shrunk = np.full((high, wide), 245, np.uint8)
    shrunk[: small.shape[0], : small.shape[1]] = small
    edged, edge = grey.copy(), int(EDGE * high)
    edged[:edge] = edged[-edge:] = 250
    edged[:, :edge] = edged[:, -edge:] = 250
    light = np.clip(grey.astype(float) * 0.6 + 100, 0, 255).astype(np.uint8)
    third = cv2.resize(
        grey,
        None,
        fx=2 / 3,
        fy=2 / 3,
        interpolation=cv2.INTER_AREA,
    )
    fax = Image.fromarray(((grey > np.median(grey) * FAX) * 255).astype(np.uint8)).convert("1")
    black = Image.fromarray(255 - grey)
    none = Image.new("L", picture.size, 0)
    yield "94 %", ".jpg", _Save(Image.fromarray(shrunk))
    yield "cut margins", ".jpg", _Save(Image.fromarray(grey[CUT_PX:-CUT_PX, CUT_PX:-CUT_PX]))
    yield "white margins", ".jpg", _Save(Image.fromarray(edged))
    yield "dark", ".jpg", _Save(Image.fromarray((grey * 0.45).astype(np.uint8)))
    yield "light", ".jpg", _Save(Image.fromarray(light))
    yield "G4", ".tif", _Save(fax, compression="group4")
    yield "G3", ".tif", _Save(fax, compression="group3")
    yield "CMYK", ".jpg", _Save(Image.merge("CMYK", [none, none, none, black]))
    yield "RGB", ".jpg", _Save(picture.convert("RGB"))
    yield "encrypted PDF", ".pdf", _SavePdf(picture)
    yield "200 dpi", ".jpg", _Save(Image.fromarray(third), dpi=(200, 200))
    yield "PNG", ".png", _Save(picture, compress_level=1)
    yield "progressive", ".jpg", _Save(picture, progressive=True)


class _Save:
    """Saves a picture under a name, with what its format is told."""

    def __init__(self, picture: Image.Image, **options: Any) -> None:
        self._picture = picture
        self._options: dict[str, Any] = {"dpi": (DPI, DPI), **options}

    def __call__(self, path: Path) -> None:
        if path.suffix == ".jpg":
            self._options.setdefault("quality", 90)
        self._picture.save(path, **self._options)


class _SavePdf(_Save):
    """Saves a page that is one JPEG, locked by its owner, as office scanners do."""

    def __call__(self, path: Path) -> None:
        jpeg = io.BytesIO()
        self._picture.save(jpeg, "JPEG", quality=90)
        wide, high = (side * 72 / DPI for side in self._picture.size)
        document = pikepdf.new()
        image = pikepdf.Stream(document, jpeg.getvalue())
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height = self._picture.size
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.DCTDecode
        image.BitsPerComponent = 8
        page = document.add_blank_page(page_size=(wide, high))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = document.make_stream(f"q {wide} 0 0 {high} 0 0 cm /Im0 Do Q".encode())
        document.save(
            path,
            encryption=pikepdf.Encryption(
                owner="secret",
                user="",
                R=6,
            ),
        )
