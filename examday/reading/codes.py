"""The printed codes of a sheet, each with the place of the layout it stands in.

Read in their windows first, then on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import zxingcpp

from examday.domain.custody.sheet_codes import (
    CONSTANT,
    NUMBER,
    OPAQUE,
    PARTNER,
    Witness,
    sheet_number,
)
from examday.domain.scans.covers import OURS
from examday.paper.layout import Barcode, Box
from examday.reading.fit import ENOUGH, Fit, project
from examday.reading.squares import shrink

KINDS = {
    zxingcpp.BarcodeFormat.QRCode: "qr",
    zxingcpp.BarcodeFormat.EAN13: "ean13",
    zxingcpp.BarcodeFormat.Code128: "label",
}
# Looked for in a code's own window only: on a whole page the search takes half a second.
RARE = {
    zxingcpp.BarcodeFormat.DataMatrix: "datamatrix",
    zxingcpp.BarcodeFormat.Code39: "code39",
    zxingcpp.BarcodeFormat.ITF: "itf",
    zxingcpp.BarcodeFormat.PDF417: "pdf417",
    zxingcpp.BarcodeFormat.Aztec: "aztec",
}
KIND_OF = {
    "QR": "qr",
    "EAN-13": "ean13",
    "Code 128": "label",
    "DataMatrix": "datamatrix",
    "Code 39": "code39",
    "ITF": "itf",
    "PDF417": "pdf417",
    "Aztec": "aztec",
}
WINDOW_MM = 5.0  # paper round a code: quiet zone plus what skew may move it
ASTRAY_MM = (
    2 * WINDOW_MM
)  # how far from its place a code of the page may lie: fits on few squares are a little off
# px per mm of a straightened window: fine enough for the narrowest bars, and quick
WINDOW_DPMM = 10.0


@dataclass(frozen=True)
class Code:
    """One code as read.

    Its kind: "qr", "ean13", "label" (Code 128: ours, of notebooks and print-outs) and rarer ones;
    its text; its middle in px of the scan; and the code of the layout that stands there, if any.
    """

    kind: str
    text: str
    centre: tuple[float, float]
    place: Barcode | None = None

    @property
    def number(self) -> str | None:
        """The 13 digits of a sheet in it, or None: a label of ours never has them."""
        return None if self.kind == "label" else sheet_number(self.text)

    @property
    def ours(self) -> bool:
        """Whether a print-out of ours carries it, which is no form."""
        return self.text.startswith(OURS)

    def witness(self) -> Witness:
        """What it is evidence of.

        Where no form says so: a code with a sheet's number in it speaks for that.
        """
        # Squares of a cover sheet may lie like a form's, in whose windows its code then stands.
        if self.ours:
            return Witness(self.kind, OPAQUE, self.text)
        if self.place is not None:
            return Witness(self.place.id, self.place.role, self.text, self.place.same)
        return Witness(self.kind, NUMBER if self.number else OPAQUE, self.text)


def read_codes(
    grey: np.ndarray, fits: list[Fit], proven: bool = False
) -> tuple[tuple[Code, ...], Fit | None]:
    """Return all codes of the sheet, and the fit in whose windows they stand.

    Codes there are the best proof that a form is laid right. Codes missing there are looked for on
    the whole page. The first fit is kept when none is proven, unless it rests on three squares only
    and the codes stand elsewhere, or only a `proven` one is wanted.
    """
    found, chosen = _best_fit(grey, fits)
    if chosen is None and fits and not proven:
        chosen = fits[0]
    if _enough(found, chosen):
        return tuple(found), chosen
    inside = {code.text for code in found}
    further = [code for code in codes_on_page(grey) if code.text not in inside]
    if not inside and further and chosen is not None and len(chosen.marks) <= ENOUGH:
        chosen = None  # codes elsewhere than three squares say: those squares were no marks
    found += [_placed(code, chosen) if chosen is not None else code for code in further]
    return tuple(found), chosen


def _best_fit(grey: np.ndarray, fits: list[Fit]) -> tuple[list[Code], Fit | None]:
    """Return the codes that were read and the first fit in whose windows they stand.

    A fit whose constant code reads as it should comes before one where it does not.
    """
    found: list[Code] = []
    chosen = None
    for fit in fits:
        seen = list(codes_in_places(grey, fit))
        if not seen:
            continue
        right = not other_form(seen)
        if right or not found:
            found, chosen = seen, fit
        if right:
            break
    return found, chosen


def other_form(codes: Iterable[Code]) -> str | None:
    """Return what a code that is the same on all sheets reads instead.

    None when every such code of the form reads as it should.
    """
    return next(
        (
            code.text
            for code in codes
            if code.place is not None
            and code.place.role == CONSTANT
            and code.place.text
            and code.text != code.place.text
        ),
        None,
    )


def _enough(found: list[Code], fit: Fit | None) -> bool:
    """Whether the codes that speak for a number were all read: then the page need not be searched."""
    if fit is None:
        return False
    wanted = [place for place in fit.layout.codes if place.role in (NUMBER, PARTNER)]
    known = {code.place.id for code in found if code.place is not None}
    # Two codes are checked against each other; a third is not worth a search of the page.
    return bool(known) and sum(place.id in known for place in wanted) >= min(2, len(wanted))


def codes_in_places(grey: np.ndarray, fit: Fit) -> Iterator[Code]:
    """Codes that stand where the form has them."""
    for place in fit.layout.codes:
        x0, y0, x1, y1 = place.box
        left, top = x0 - WINDOW_MM, y0 - WINDOW_MM
        size = (
            round((x1 - x0 + 2 * WINDOW_MM) * WINDOW_DPMM),
            round((y1 - y0 + 2 * WINDOW_MM) * WINDOW_DPMM),
        )
        to_mm = np.array([[1 / WINDOW_DPMM, 0, left], [0, 1 / WINDOW_DPMM, top], [0, 0, 1]])
        window = cv2.warpPerspective(
            grey,
            fit.matrix @ to_mm,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderValue=255,
        )
        kind = KIND_OF.get(place.symbology)
        for code in _read(window, rare=kind not in KINDS.values()):
            x, y = code.centre[0] / WINDOW_DPMM + left, code.centre[1] / WINDOW_DPMM + top
            if code.kind != kind or not _inside((x, y), place.box):
                # A neighbour that shows in this window, or a label of ours beside it, is not the
                # code of this place.
                continue
            (px,) = project(fit.matrix, np.array([(x, y)]))
            yield Code(code.kind, code.text, (float(px[0]), float(px[1])), place)


def _inside(point: tuple[float, float], box: Box, more: float = WINDOW_MM) -> bool:
    return all(
        low - more <= at <= high + more
        for at, low, high in zip(point, box[:2], box[2:], strict=True)
    )


def codes_on_page(grey: np.ndarray) -> list[Code]:
    """Codes anywhere on the page: at half size first, at full size when that gives nothing."""
    # All three codes of a good scan are read at half size too, in less than half the time.
    small, scale = shrink(grey, -(-max(grey.shape) // 2))
    codes = [Code(c.kind, c.text, (c.centre[0] * scale, c.centre[1] * scale)) for c in _read(small)]
    return codes or list(_read(grey))


def _placed(code: Code, fit: Fit) -> Code:
    """A code of the page with the place of the form that it stands near."""
    (mm,) = project(np.linalg.inv(fit.matrix), np.array([code.centre]))
    at = float(mm[0]), float(mm[1])
    for place in fit.layout.codes:
        if KIND_OF.get(place.symbology) == code.kind and _inside(at, place.box, ASTRAY_MM):
            return replace(code, place=place)
    return code


def _read(grey: np.ndarray, rare: bool = False) -> Iterator[Code]:
    kinds = {**KINDS, **RARE} if rare else KINDS
    formats = zxingcpp.BarcodeFormats(list(kinds))
    for found in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=formats):
        place = found.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        centre = sum(c.x for c in corners) / 4, sum(c.y for c in corners) / 4
        yield Code(kinds.get(found.format, "ean13"), found.text, centre)
