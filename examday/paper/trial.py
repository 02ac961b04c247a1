"""Draw an answer form as a scanner would see it, for the rehearsal and for tests.

It has squares, codes, cells and answers.

Its numbers begin with 299 (no real kit has such) and the picture is never printed.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from examday.domain.custody.paper_codes import check_digit
from examday.paper.layout import Box, Layout, layouts
from examday.resources import TEMPLATES

LAYOUT = "answer-form-1.2022"
"""The one form that candidates with enlarged forms write on."""
A3 = 2**0.5
"""A3 is A4 with twice the area: the copier enlarges by this factor."""
FONT = TEMPLATES / "print" / "fonts" / "GolosText_400Regular.ttf"
"""Bundled: the drawn answers look the same on every computer."""


class Hand(NamedTuple):
    """How a hand writes into cells: size of the letters, and how far below the middle, mm."""

    size_mm: float
    lower_mm: float


FIRST_HAND, COPYING_HAND = Hand(5.0, 0.0), Hand(3.6, 0.8)
"""The copy is written by another hand: a second picture of the original is no copy."""


def kit_code(number: int) -> str:
    """A form code that no real kit has: 13 digits with a right check digit. `number` below 10^9."""
    twelve = f"{299_000_000_000 + number:012d}"
    return twelve + check_digit(twelve)


def draw(
    code: str | None,
    size: str = "A4",
    dpi: int = 150,
    subject: str = "01",
    answers: Mapping[str, str] | None = None,
    others: Mapping[str, str] | None = None,
    form: str = LAYOUT,
) -> Image.Image:
    """Draw the form with this code (None: without), in grey.

    `size`: "A4" or "A3"; `dpi`: px per inch of real paper; `others`: by id of the layout, codes
    that bear something else; `form`: id of the layout.
    """
    layout = layouts()[form]
    scale = dpi / 25.4 * (A3 if size == "A3" else 1.0)
    page = Image.new("L", (round(layout.width * scale), round(layout.height * scale)), 250)
    pen = ImageDraw.Draw(page)
    _rule(pen, layout, scale)
    for field, text in (answers or {}).items():
        _write(pen, layout, field, text, scale, COPYING_HAND if size == "A4" else FIRST_HAND)
    if code is not None:
        texts = {
            "qr": f"1;{code[:12]};{subject}",
            **dict.fromkeys((b.id for b in layout.barcodes), code),
            **(others or {}),
        }
        _codes(page, layout, texts, scale)
    return page


def _rule(pen: ImageDraw.ImageDraw, layout: Layout, scale: float) -> None:
    """The black squares, the rules, and the borders of cells and of areas for long answers."""
    for area in layout.areas:
        if area.role == "long":
            pen.rectangle([value * scale for value in area.box], outline=120)
    for rule in (*layout.lines, *layout.number_rules):
        pen.rectangle([value * scale for value in rule], fill=30)
    for mark in layout.markers:
        box = (mark.x, mark.y, mark.x + mark.size, mark.y + mark.size)
        pen.rectangle([value * scale for value in box], fill=10)
    for comb in layout.combs:
        for index in range(comb.cells):
            pen.rectangle([value * scale for value in comb.cell(index)], outline=150)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _write(
    pen: ImageDraw.ImageDraw,
    layout: Layout,
    field: str,
    text: str,
    scale: float,
    hand: Hand,
) -> None:
    comb = layout.comb(field)
    for index, letter in enumerate(text[: comb.cells]):
        x0, y0, x1, y1 = comb.cell(index)
        pen.text(
            ((x0 + x1) / 2 * scale, ((y0 + y1) / 2 + hand.lower_mm) * scale),
            letter,
            font=_font(round(hand.size_mm * scale)),
            fill=20,
            anchor="mm",
        )


def _codes(
    page: Image.Image,
    layout: Layout,
    texts: Mapping[str, str],
    scale: float,
) -> None:
    for bar in layout.barcodes:
        _paste(page, zxingcpp.BarcodeFormat.EAN13, texts[bar.id], bar.box, scale, bar.vertical)
    if layout.qr:
        _paste(page, zxingcpp.BarcodeFormat.QRCode, texts["qr"], layout.qr, scale, False)


def _paste(
    page: Image.Image,
    kind: zxingcpp.BarcodeFormat,
    text: str,
    box: Box,
    scale: float,
    turn: bool,
) -> None:
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    made = zxingcpp.create_barcode(text, kind).to_image(scale=4, add_quiet_zones=False)
    picture = Image.fromarray(np.asarray(made))
    if kind == zxingcpp.BarcodeFormat.EAN13:
        # One row of it: the digits below would be squeezed in as well.
        picture = picture.crop((0, picture.height // 4, picture.width, picture.height // 4 + 1))
    if turn:
        picture = picture.resize((y1 - y0, x1 - x0), Image.Resampling.BOX).rotate(90, expand=True)
    page.paste(picture.resize((x1 - x0, y1 - y0), Image.Resampling.BOX), (x0, y0))
