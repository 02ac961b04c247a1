"""Draws a form as a scanner would see it and does to it what copiers, cameras and people do.

For tests and measuring.

Everything comes from a layout file; nothing here is a real form, and the codes are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from examday.domain.custody.paper_codes import check_digit
from examday.paper.layout import Barcode, Comb, Layout, Marker

Hand = Callable[[str, np.random.Generator], np.ndarray]
"""Gives the ink of a character, float 0…1 of any size: whoever draws the sheet scales it."""
PX = 300 / 25.4  # px a millimetre at 300 dpi, what people are asked to scan at
PAPER, PRINT, DOTS, GROUND = 252, 20, 165, 205
"""Grey values; no scanner gives pure white or black, so bare paper is not 255 nor print 0."""


def font_hand(character: str, rng: np.random.Generator) -> np.ndarray:
    """Return the character in the type that comes with OpenCV, slanted and stretched.

    This is a hand for tests, which have no other hands.
    """
    canvas = np.zeros((90, 110), np.uint8)
    weight = int(rng.integers(250, 520))
    cv2.putText(canvas, character, (25, 68), (255,), cv2.FontFace("sans"), 56, weight)
    lean, stretch = rng.normal(0, 0.10), rng.uniform(0.9, 1.1)
    matrix = np.array([[stretch, lean, 55 * (1 - stretch) - 45 * lean], [0, 1, 0]])
    ink = cv2.warpAffine(canvas, matrix, (110, 90), flags=cv2.INTER_CUBIC)
    rows, columns = np.flatnonzero(ink.max(1) > 80), np.flatnonzero(ink.max(0) > 80)
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return tight.astype(np.float32) / 255


def blank(
    layout: Layout,
    code12: str,
    subject: str,
    scale: float = 1.0,
    codes: Mapping[str, str] | None = None,
    solid: int | None = None,
) -> np.ndarray:
    """The empty form, grey uint8, at 300 dpi; `scale` 1 for A4, 1.4142 for A3.

    `code12`: EAN-13 without check digit; `codes`: by id what stands in single codes instead, "qr"
    among them; `solid`: grey of the cells' borders where they are no dots.
    """
    unit = PX * scale
    page = np.full((round(layout.height * unit), round(layout.width * unit)), PAPER, np.uint8)
    for mark in layout.markers:
        box(page, (mark.x, mark.y, mark.x + mark.size, mark.y + mark.size), unit, PRINT)
    for line in (*layout.lines, *layout.number_rules):
        box(page, line, unit, PRINT)
    if not layout.number_rules and solid is None:
        _number_rules(page, layout, unit)
    for comb in layout.combs:
        if solid is None:
            _dotted_cells(page, comb, unit)
        else:
            _solid_cells(page, comb, unit, solid)
    for area in layout.areas:
        x0, y0, x1, y1 = (round(v * unit) for v in area.box)
        cv2.rectangle(page, (x0, y0), (x1, y1), (120,), max(1, round(scale)))
    for x, y, size, text in layout.texts:
        _print(page, text, (x, y), unit, size, 500)
    _paste_codes(page, layout, unit, code12, subject, codes or {})
    return page


def _print(
    page: np.ndarray,
    text: str,
    at: tuple[float, float],
    unit: float,
    size: float,
    weight: int,
) -> None:
    """Printed words; `at` and `size` in mm."""
    base = round(at[0] * unit), round(at[1] * unit)
    cv2.putText(page, text, base, (PRINT,), cv2.FontFace("sans"), round(size * unit), weight)


def _paste_codes(
    page: np.ndarray,
    layout: Layout,
    unit: float,
    code12: str,
    subject: str,
    codes: Mapping[str, str],
) -> None:
    if layout.qr:
        text = codes.get("qr", f"BO1;{code12};{subject}")
        _paste_code(page, layout.qr, unit, zxingcpp.BarcodeFormat.QRCode, text, 0)
    for barcode in layout.barcodes:
        _paste_barcode(page, barcode, unit, codes.get(barcode.id, code12 + check_digit(code12)))


def box(
    page: np.ndarray,
    edges: tuple[float, float, float, float],
    unit: float,
    grey: int,
) -> None:
    x0, y0, x1, y1 = (round(v * unit) for v in edges)
    page[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = grey


def _solid_cells(
    page: np.ndarray,
    comb: Comb,
    unit: float,
    grey: int,
) -> None:
    for index in range(comb.cells):
        x0, y0, x1, y1 = (round(v * unit) for v in comb.cell(index))
        cv2.rectangle(page, (x0, y0), (x1, y1), (grey,), max(2, round(0.2 * unit)))


def _dotted_cells(page: np.ndarray, comb: Comb, unit: float) -> None:
    for index in range(comb.cells):
        edges = tuple(round(v * unit) for v in comb.cell(index))
        if comb.role == "header" and comb.alphabet != "reserved":
            x0, y0, x1, y1 = edges
            page[y0:y1, x0:x1] = GROUND
        _dotted_border(page, edges, max(1, round(unit / PX)))
    if comb.role == "answer":
        _print(page, comb.field, (comb.x - 6.3, comb.y + 4.7), unit, 3.0, 700)


def _number_rules(page: np.ndarray, layout: Layout, unit: float) -> None:
    """The rules under the tasks' numbers of a form whose file does not name them."""
    for comb in layout.combs:
        if comb.role == "answer":
            box(page, (comb.x - 6.9, comb.y + 6.6, comb.x - 1.9, comb.y + 7.0), unit, PRINT)


def _dotted_border(page: np.ndarray, edges: tuple[int, ...], thick: int) -> None:
    """Dots every 4 px along the four sides of a cell."""
    x0, y0, x1, y1 = edges
    longest = max(x1 - x0, y1 - y0)
    for column in range(2):
        along = slice(x0 + column, column + min(x0 + longest, x1 + 1), 4)
        page[y0 : y0 + thick, along] = page[y1 : y1 + thick, along] = DOTS
    for row in range(thick):
        down = slice(y0 + row, row + min(y0 + longest, y1 + 1), 4)
        page[down, x0 : x0 + 2] = page[down, x1 : x1 + 2] = DOTS


FORMATS = {
    "EAN-13": zxingcpp.BarcodeFormat.EAN13,
    "Code 128": zxingcpp.BarcodeFormat.Code128,
    "QR": zxingcpp.BarcodeFormat.QRCode,
    "DataMatrix": zxingcpp.BarcodeFormat.DataMatrix,
}


def _paste_barcode(
    page: np.ndarray,
    barcode: Barcode,
    unit: float,
    digits: str,
) -> None:
    _paste_code(
        page, barcode.box, unit, FORMATS[barcode.symbology], digits, 1 if barcode.vertical else 0
    )


def _paste_code(
    page: np.ndarray,
    edges: tuple[float, float, float, float],
    unit: float,
    kind: zxingcpp.BarcodeFormat,
    text: str,
    quarter: int,
) -> None:
    image = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=4, add_quiet_zones=False))
    image = np.rot90(image, quarter)
    x0, y0, x1, y1 = (round(v * unit) for v in edges)
    # Lightened, since nothing printed is darker than PRINT.
    page[y0:y1, x0:x1] = np.maximum(
        cv2.resize(image, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST), PRINT
    )


@dataclass(frozen=True)
class Style:
    """How a hand writes into cells: height of characters as a share of the cell, pen, aim, marks.

    `comma`, `minus`: height and width as shares of the cell, None for one drawn anew each time;
    `comma_foot`: where a comma ends, 1 being the cell's lower border.
    """

    height: tuple[float, float] = (0.66, 0.92)
    grey: tuple[int, int] = (18, 45)
    thin: bool = False
    stray: float = 0.05
    comma: float | None = None
    comma_foot: float | None = None
    lean: float = 0.0
    minus: float | None = None

    def comma_height(self, rng: np.random.Generator) -> float:
        """Height of the next comma, as a share of the cell."""
        return (
            rng.uniform(0.2, 0.32) if self.comma is None else self.comma * rng.uniform(0.85, 1.15)
        )

    def minus_width(self, rng: np.random.Generator) -> float:
        """Width of the next minus, as a share of the cell."""
        return rng.uniform(0.55, 0.95) if self.minus is None else self.minus * rng.uniform(0.9, 1.1)

    def middle(self, character: str, tall: float) -> float:
        """Where the middle of a character stands, 0 being the upper and 1 the lower border."""
        if character != ",":
            return 0.5
        return 0.78 if self.comma_foot is None else self.comma_foot - tall / 2


def write(
    page: np.ndarray,
    comb: Comb,
    text: str,
    hand: Hand,
    rng: np.random.Generator,
    scale: float = 1.0,
) -> None:
    """Write `text` into the cells of `comb`, one character a cell, as people do.

    The characters stand off the middle and go over the borders.
    """
    unit, style = PX * scale, getattr(hand, "style", Style())
    for index, character in enumerate(text[: comb.cells]):
        ink = hand(character, rng)
        tall = style.comma_height(rng)
        wide, high = _written_size(ink, character, comb, unit, style, tall, rng)
        size = max(3, round(wide)), max(3, round(high))
        # INTER_AREA averages, which suits shrinking; to enlarge, cubic keeps the edges smooth.
        way = cv2.INTER_AREA if size[1] < ink.shape[0] else cv2.INTER_CUBIC
        small = cv2.resize(ink, size, interpolation=way)
        x0, y0, x1, y1 = (v * unit for v in comb.cell(index))
        middle = style.middle(character, tall)
        x = (x0 + x1 - size[0]) / 2 + rng.normal(0, style.stray) * (x1 - x0)
        y = y0 + (y1 - y0) * middle - size[1] / 2 + rng.normal(0, 0.03) * (y1 - y0)
        put(page, np.clip(small, 0, 1), round(x), round(y), rng.uniform(*style.grey))


def _written_size(
    ink: np.ndarray,
    character: str,
    comb: Comb,
    unit: float,
    style: Style,
    tall: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Width and height in px of a character in its cell; `tall`: height of a comma."""
    high = comb.height * unit * (tall if character == "," else rng.uniform(*style.height))
    wide = high * ink.shape[1] / ink.shape[0] * rng.uniform(0.85, 1.1)
    if character == "-":
        wide = comb.width * unit * style.minus_width(rng)
        high = max(3.0, wide * ink.shape[0] / ink.shape[1])
    return min(max(3.0, wide), comb.pitch * unit * 1.02), high


def put(
    page: np.ndarray,
    ink: np.ndarray,
    x: int,
    y: int,
    pen: float,
) -> None:
    """Lay ink (0…1) on the page at x, y with a pen of grey value `pen`."""
    y0, x0 = max(0, y), max(0, x)
    ink = ink[y0 - y :, x0 - x :][: page.shape[0] - y0, : page.shape[1] - x0]
    here = page[y0 : y0 + ink.shape[0], x0 : x0 + ink.shape[1]]
    here[:] = np.minimum(here, (PAPER + (pen - PAPER) * ink)).astype(np.uint8)


@dataclass(frozen=True)
class Damage:
    """What happened to a sheet.

    Degrees of turn, relative scale, keystone share, light fall-off, fold depth (grey), blur and
    noise (px, grey), millimetres lost at the edges, a mark covered, quarter turns.
    """

    turn: float = 0.0
    scale: float = 1.0
    keystone: float = 0.0
    light: float = 0.0
    fold: float = 0.0
    blur: float = 0.6
    noise: float = 2.0
    lost_mm: float = 0.0
    covered: str | None = None
    quarters: int = 0


def any_damage(rng: np.random.Generator, hard: bool, marks: Mapping[str, object]) -> Damage:
    """Damage drawn at random: office scanner, or everything at once."""
    if not hard:
        return Damage(
            turn=rng.normal(0, 0.4),
            scale=rng.uniform(0.99, 1.01),
            blur=rng.uniform(0.4, 0.8),
            noise=rng.uniform(1, 4),
        )
    return Damage(
        turn=rng.normal(0, 1.5),
        scale=rng.uniform(0.98, 1.02),
        keystone=rng.uniform(0, 0.02),
        light=rng.uniform(0, 0.35),
        fold=rng.choice([0.0, 60.0, 110.0]),
        blur=rng.uniform(0.6, 1.3),
        noise=rng.uniform(2, 7),
        lost_mm=rng.choice([0.0, 2.7]),
        covered=str(rng.choice(list(marks))) if rng.random() < 0.25 else None,
        quarters=int(rng.choice([0, 0, 2, 2, 1, 3])),
    )


def spoil(
    page: np.ndarray,
    layout: Layout,
    damage: Damage,
    rng: np.random.Generator,
) -> np.ndarray:
    """The page after `damage`, as the scanner delivers it: same paper size, 300 dpi."""
    high, wide = page.shape
    unit = wide / layout.width
    page = page.copy()
    for mark in layout.markers:
        if mark.id == damage.covered:
            _cover(page, mark, unit)
    bend = _bend(wide, high, damage, rng)
    page = cv2.warpPerspective(page, bend, (wide, high), flags=cv2.INTER_LINEAR, borderValue=(235,))
    values = cv2.GaussianBlur(page, (0, 0), damage.blur).astype(np.float32)
    if damage.fold:
        _fold(values, damage.fold, rng)
    ramp = np.linspace(1, 1 - damage.light, wide if rng.random() < 0.5 else high)
    values *= ramp[None, :] if len(ramp) == wide and wide != high else ramp[:, None]
    values += np.asarray(rng.normal(0, damage.noise, values.shape), np.float32)
    edge = round(damage.lost_mm * unit)
    if edge:
        values[:edge], values[-edge:], values[:, :edge], values[:, -edge:] = 250, 250, 250, 250
    return np.ascontiguousarray(np.rot90(np.clip(values, 0, 255).astype(np.uint8), damage.quarters))


def _cover(page: np.ndarray, mark: Marker, unit: float) -> None:
    """Something dark lies half over a mark."""
    side = round(7 * unit)
    shade = np.full((side, side), 0.45, np.float32)
    put(page, shade, round((mark.x - 1) * unit), round((mark.y - 1) * unit), 20)
    box(page, (mark.x + 1, mark.y - 1, mark.x + 3, mark.y + 7), unit, PAPER)


def _bend(
    wide: int,
    high: int,
    damage: Damage,
    rng: np.random.Generator,
) -> np.ndarray:
    """3x3 matrix of turn, scale and keystone about the middle of the page."""
    turn = np.vstack(
        [cv2.getRotationMatrix2D((wide / 2, high / 2), damage.turn, damage.scale), [0, 0, 1]]
    )
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    pulled = corners + rng.uniform(-1, 1, (4, 2)).astype(np.float32) * damage.keystone * wide
    return np.asarray(cv2.getPerspectiveTransform(corners, pulled) @ turn)


def _fold(values: np.ndarray, depth: float, rng: np.random.Generator) -> None:
    """A crease across the sheet: a thin shadow, and the paper behind it a pixel or two off."""
    high, wide = values.shape
    at, slope = rng.uniform(0.3, 0.8) * high, rng.uniform(-0.01, 0.01)
    off = int(rng.integers(-2, 3))
    below = int(at)
    values[below:] = np.roll(values[below:], off, axis=1)
    line = np.zeros((high, wide), np.float32)
    cv2.line(line, (0, int(at)), (wide - 1, int(at + slope * wide)), 1.0, 2)
    values -= cv2.GaussianBlur(line, (0, 0), 1.2) * depth
