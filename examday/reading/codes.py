"""The printed codes of a sheet: QR and two EAN-13. Read in their windows first, then on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from examday.domain.itemcodes import check_digit
from examday.reading.fit import ENOUGH, Fit
from examday.reading.squares import shrink

KINDS = {zxingcpp.BarcodeFormat.QRCode: "qr", zxingcpp.BarcodeFormat.EAN13: "ean13",
         zxingcpp.BarcodeFormat.Code128: "label"}
WINDOW_MM = 5.0  # paper round a code: quiet zone plus what skew may move it
WINDOW_DPMM = 10.0  # px per mm of a straightened window


@dataclass(frozen=True)
class Code:
    """One code as read: kind "qr", "ean13" or "label" (ours, of notebooks and print-outs), its text, the 13 digits of
    the sheet in it or None (a label never has them), place in px."""

    kind: str
    text: str
    number: str | None
    centre: tuple[float, float]


def sheet_number(text: str) -> str | None:
    """13 digits of the sheet in a code's text: twelve get their check digit, thirteen must have a right one."""
    for digits in re.findall(r"(?<!\d)\d{12,13}(?!\d)", text):
        if len(digits) == 12:
            return str(digits) + check_digit(digits)
        if digits[12] == check_digit(digits[:12]):
            return str(digits)
    return None


def subject_in(text: str) -> str | None:
    """Two-digit subject code that a QR text of the kind «form;number;subject» names, else None."""
    parts = text.split(";")
    return parts[2] if len(parts) == 3 and re.fullmatch(r"\d{2}", parts[2]) else None


def read_codes(grey: np.ndarray, fits: list[Fit], proven: bool = False) -> tuple[tuple[Code, ...], Fit | None]:
    """All codes of the sheet, and the fit in whose windows they stand: the best proof that a form is laid right. Codes
    missing there are looked for on the whole page. The first fit is kept when none is proven,
    unless it rests on three squares only and the codes stand elsewhere, or only a `proven` one is wanted."""
    found: list[Code] = []
    chosen = fits[0] if fits and not proven else None
    for fit in fits:
        found = list(_in_windows(grey, fit))
        if found:
            chosen = fit
            break
    if sum(code.number is not None for code in found) < 2:
        inside = {code.text for code in found}
        found += [code for code in _on_page(grey) if code.text not in inside]
        if not inside and found and chosen is not None and len(chosen.marks) <= ENOUGH:
            chosen = None  # codes elsewhere than three squares say: those squares were no marks
    return tuple(found), chosen


def _in_windows(grey: np.ndarray, fit: Fit) -> Iterator[Code]:
    boxes = ([fit.layout.qr] if fit.layout.qr else []) + [barcode.box for barcode in fit.layout.barcodes]
    for x0, y0, x1, y1 in boxes:
        left, top = x0 - WINDOW_MM, y0 - WINDOW_MM
        size = (round((x1 - x0 + 2 * WINDOW_MM) * WINDOW_DPMM), round((y1 - y0 + 2 * WINDOW_MM) * WINDOW_DPMM))
        to_mm = np.array([[1 / WINDOW_DPMM, 0, left], [0, 1 / WINDOW_DPMM, top], [0, 0, 1]])
        window = cv2.warpPerspective(grey, fit.matrix @ to_mm, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                     borderValue=255)
        for code in _read(window):
            mm = np.array([code.centre[0] / WINDOW_DPMM + left, code.centre[1] / WINDOW_DPMM + top, 1.0])
            px = fit.matrix @ mm
            yield Code(code.kind, code.text, code.number, (float(px[0] / px[2]), float(px[1] / px[2])))


def _on_page(grey: np.ndarray) -> list[Code]:
    """Codes anywhere on the page: at half size first, at full size when that gives nothing."""
    small, scale = shrink(grey, -(-max(grey.shape) // 2))
    codes = [Code(c.kind, c.text, c.number, (c.centre[0] * scale, c.centre[1] * scale)) for c in _read(small)]
    return codes or list(_read(grey))


def _read(grey: np.ndarray) -> Iterator[Code]:
    for found in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=list(KINDS)):
        place = found.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        centre = sum(c.x for c in corners) / 4, sum(c.y for c in corners) / 4
        kind = KINDS.get(found.format, "ean13")
        yield Code(kind, found.text, None if kind == "label" else sheet_number(found.text), centre)
