"""Draws sheets of the answer form for tests: black squares, codes and cell frames at true size. No handwriting."""

from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from examday.domain.itemcodes import check_digit
from examday.paper.layout import Box, Layout, layouts

LAYOUT = "answer-form-1.2022"
A3 = 2**0.5


def kit_code(number: int) -> str:
    """A form code of a kit that exists in tests only: 13 digits with a right check digit."""
    twelve = f"{299000000000 + number:012d}"
    return twelve + check_digit(twelve)


def draw(code: str | None, size: str = "A4", dpi: int = 150, subject: str = "01") -> Image.Image:
    """A blank form with this code, as a scanner would see it (grey, `dpi` px per inch of real paper)."""
    layout = layouts()[LAYOUT]
    scale = dpi / 25.4 * (A3 if size == "A3" else 1.0)
    page = Image.new("L", (round(layout.width * scale), round(layout.height * scale)), 250)
    pen = ImageDraw.Draw(page)
    for mark in layout.markers:
        pen.rectangle([mark.x * scale, mark.y * scale, (mark.x + mark.size) * scale, (mark.y + mark.size) * scale],
                      fill=10)
    for comb in layout.combs:
        for index in range(comb.cells):
            pen.rectangle([value * scale for value in comb.cell(index)], outline=150)
    if code is not None:
        _codes(page, layout, code, subject, scale)
    return page


def _codes(page: Image.Image, layout: Layout, code: str, subject: str, scale: float) -> None:
    for bar in layout.barcodes:
        _paste(page, zxingcpp.BarcodeFormat.EAN13, code, bar.box, scale, bar.vertical)
    if layout.qr:
        _paste(page, zxingcpp.BarcodeFormat.QRCode, f"1;{code[:12]};{subject}", layout.qr, scale, False)


def _paste(page: Image.Image, kind: zxingcpp.BarcodeFormat, text: str, box: Box, scale: float, turn: bool) -> None:
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    made = zxingcpp.create_barcode(text, kind).to_image(scale=4, add_quiet_zones=False)
    picture = Image.fromarray(np.asarray(made))
    if kind == zxingcpp.BarcodeFormat.EAN13:
        picture = picture.crop((0, picture.height // 4, picture.width, picture.height // 4 + 1))
    if turn:
        picture = picture.resize((y1 - y0, x1 - x0), Image.Resampling.BOX).rotate(90, expand=True)
    page.paste(picture.resize((x1 - x0, y1 - y0), Image.Resampling.BOX), (x0, y0))


def save(path: Path, code: str | None, size: str = "A4", dpi: int = 150, subject: str = "01") -> Path:
    """Write one sheet as a file; the ending decides the format."""
    draw(code, size, dpi, subject).save(path, dpi=(dpi, dpi))
    return path
