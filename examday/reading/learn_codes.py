"""Learn the printed codes of a form: where each stands and what it is.

What a code is (the sheet's number, its partner, a constant) is told by how its text varies from
sheet to sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import zxingcpp

from examday.domain.custody.sheet_codes import CONSTANT, NUMBER, OPAQUE, PARTNER, sheet_number
from examday.domain.messages import N_
from examday.paper.layout import Barcode, Box
from examday.reading.fit import project
from examday.reading.identify import PageWarning

SYMBOLOGIES = {
    zxingcpp.BarcodeFormat.QRCode: "QR",
    zxingcpp.BarcodeFormat.EAN13: "EAN-13",
    zxingcpp.BarcodeFormat.Code128: "Code 128",
    zxingcpp.BarcodeFormat.DataMatrix: "DataMatrix",
    zxingcpp.BarcodeFormat.Code39: "Code 39",
    zxingcpp.BarcodeFormat.ITF: "ITF",
    zxingcpp.BarcodeFormat.PDF417: "PDF417",
    zxingcpp.BarcodeFormat.Aztec: "Aztec",
}
SQUARE_CODES = frozenset({"QR", "DataMatrix", "Aztec"})
NEAR_MM = 6.0  # a code's place differs from kit to kit; two codes of one form lie further apart
SHARED = 6  # characters that two numbers must share to be a pair: fewer agree by chance


@dataclass(frozen=True)
class SeenCode:
    """One code of one sheet, in mm of the form."""

    symbology: str
    text: str
    box: Box
    upright: bool


class Role(NamedTuple):
    """What a code is, and for a partner the digits that it shares with the number, from 1."""

    name: str
    same: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Place:
    """One code of the form: what was read there, with the number of the sheet."""

    seen: list[tuple[int, SeenCode]]

    @property
    def first(self) -> SeenCode:
        return self.seen[0][1]

    @property
    def texts(self) -> dict[int, str]:
        """What was read, by sheet."""
        return {sheet: code.text for sheet, code in self.seen}

    @property
    def varies(self) -> bool:
        return len(set(self.texts.values())) > 1

    def holds(self, code: SeenCode) -> bool:
        """Whether a code of another sheet is the same code of the form."""
        apart = np.subtract(_centre(self.first.box), _centre(code.box))
        return self.first.symbology == code.symbology and bool(np.hypot(*apart) < NEAR_MM)


def all_codes(grey: np.ndarray) -> list[zxingcpp.Barcode]:
    """Read every code on a sheet that has a text."""
    formats = zxingcpp.BarcodeFormats(list(SYMBOLOGIES))
    return [
        found
        for found in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=formats)
        if found.text
    ]


def corners(found: zxingcpp.Barcode) -> np.ndarray:
    """The corners (4, 2) of a code, px."""
    p = found.position
    return np.array(
        [(c.x, c.y) for c in (p.top_left, p.top_right, p.bottom_right, p.bottom_left)], np.float32
    )


def codes_on(grey: np.ndarray, matrix: np.ndarray) -> list[SeenCode]:
    """Read the codes of one sheet, in mm of the form."""
    return [_in_mm(found, matrix) for found in all_codes(grey)]


def _in_mm(found: zxingcpp.Barcode, matrix: np.ndarray) -> SeenCode:
    mm = project(np.linalg.inv(matrix), corners(found).astype(np.float64))
    (x0, y0), (x1, y1) = mm.min(axis=0), mm.max(axis=0)
    # A linear code is sometimes reported as the one line it was read on: it gets 4 mm of width.
    if min(x1 - x0, y1 - y0) < 1.0 and x1 - x0 < y1 - y0:
        x0, x1 = x0 - 2, x1 + 2
    elif min(x1 - x0, y1 - y0) < 1.0:
        y0, y1 = y0 - 2, y1 + 2
    along = mm[1] - mm[0]
    return SeenCode(
        SYMBOLOGIES[found.format],
        found.text,
        (_tenth(x0), _tenth(y0), _tenth(x1), _tenth(y1)),
        bool(abs(along[1]) > abs(along[0])),
    )


def form_codes(
    seen: Sequence[Sequence[SeenCode]],
) -> tuple[tuple[Barcode, ...], list[PageWarning]]:
    """Tell the codes of the form and the role of each, with notes for a person."""
    places = _places(seen)
    if not places:
        note = PageWarning(
            "no-codes", N_("No code was read on the sheets: their numbers cannot be told.")
        )
        return (), [note]
    if len(seen) < 2:
        roles, notes = [Role(OPAQUE) for _ in places], [_one_sheet()]
    else:
        roles, notes = _roles(places)
    found = zip(places, roles, strict=True)
    return tuple(_barcode(at, place, role) for at, (place, role) in enumerate(found, 1)), notes


def _places(seen: Sequence[Sequence[SeenCode]]) -> list[_Place]:
    """Find the codes that stand at the same place of more than half of the sheets."""
    places: list[_Place] = []
    for sheet, codes in enumerate(seen):
        for code in codes:
            place = next((place for place in places if place.holds(code)), None)
            if place is None:
                places.append(_Place([(sheet, code)]))
            else:
                place.seen.append((sheet, code))
    return [place for place in places if len(place.seen) * 2 > len(seen)]


def _one_sheet() -> PageWarning:
    return PageWarning(
        "one-sheet",
        N_(
            "With one sheet it cannot be told which code bears the number: give sheets with different numbers. No code "
            "has a role."
        ),
    )


def _roles(places: Sequence[_Place]) -> tuple[list[Role], list[PageWarning]]:
    """Tell what each code is.

    The best one that varies is the number, the others by how they go with it.
    """
    roles = [Role(OPAQUE if place.varies else CONSTANT) for place in places]
    varying = sorted(
        (i for i, place in enumerate(places) if place.varies), key=lambda i: _rank(places[i])
    )
    if not varying or _rank(places[varying[0]])[0] >= 3:
        return roles, [_no_number()]
    number, *others = varying
    roles[number] = Role(NUMBER)
    for other in others:
        roles[other] = _role_beside(places[number].texts, places[other].texts)
    partner = any(role.name == PARTNER for role in roles)
    rival = any(
        roles[other].name == OPAQUE and places[other].first.symbology not in SQUARE_CODES
        for other in others
    )
    return roles, [_number_chosen()] if partner or rival else []


def _no_number() -> PageWarning:
    return PageWarning(
        "no-number",
        N_(
            "No code was found that could be the sheet's number; all have the role of an opaque or constant "
            "one."
        ),
    )


def _number_chosen() -> PageWarning:
    return PageWarning(
        "number-chosen",
        N_(
            "More than one code changes from sheet to sheet. The level one was taken for the sheet's number: "
            "compare it with the numbers of the plan, and swap the roles if it is the other one."
        ),
    )


def _barcode(at: int, place: _Place, role: Role) -> Barcode:
    """The code as the layout has it, at the median of its places."""
    x0, y0, x1, y1 = np.median(np.array([code.box for _, code in place.seen]), axis=0)
    return Barcode(
        f"code_{at}",
        place.first.symbology,
        (_tenth(x0), _tenth(y0), _tenth(x1), _tenth(y1)),
        place.first.upright,
        role.name,
        role.same,
        place.first.text if role.name == CONSTANT else "",
    )


def _tenth(mm: float) -> float:
    return round(float(mm), 1)


def _rank(place: _Place) -> tuple[int, float]:
    """How well a code that varies would serve as the sheet's number, the best first.

    0: level, with the digits of a form number; 1: upright, with them; 2: a short text; 3: a long
    one. Then by the place, from the top.
    """
    code, texts = place.first, place.texts.values()
    if all(sheet_number(text) == text for text in texts):
        return (0 if not code.upright else 1), code.box[1]
    short = all(4 <= len(text) <= 20 and text.isalnum() for text in texts)
    return (2 if short else 3), code.box[1]


def _role_beside(number: dict[int, str], other: dict[int, str]) -> Role:
    """What a code is beside the number: the number again, its partner, or nothing that can be told."""
    pairs = [(number[sheet], other[sheet]) for sheet in sorted(set(number) & set(other))]
    if len(pairs) < 2:
        return Role(OPAQUE)
    if all(one == another for one, another in pairs):
        return Role(NUMBER)
    if len({len(text) for pair in pairs for text in pair}) != 1:
        return Role(OPAQUE)
    first, last = _shared(pairs)
    varied = len({one[first:last] for one, _ in pairs}) > 1
    return Role(PARTNER, (first + 1, last)) if last - first >= SHARED and varied else Role(OPAQUE)


def _shared(pairs: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """The longest run of characters that both texts of every pair share: its start and end."""
    with_check_digit = all(sheet_number(text) == text for pair in pairs for text in pair)
    length = len(pairs[0][0]) - with_check_digit
    same = [all(one[i] == other[i] for one, other in pairs) for i in range(length)] + [False]
    runs, start = [], 0
    for at, fits in enumerate(same):
        if not fits:
            runs.append((start, at))
            start = at + 1
    return max(runs, key=lambda run: run[1] - run[0])


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
