"""Two sheets on one picture: both are named, and where to cut between them is looked for.

A cut is offered only where both sheets were laid under a form and a straight cut touches nothing that
somebody may have written on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from examday.domain.custody.sheet_codes import NUMBER, settle
from examday.domain.messages import N_
from examday.paper.layout import Layout
from examday.reading.codes import Code, codes_on_page
from examday.reading.fit import Fit, lay, project
from examday.reading.judgement import PageWarning
from examday.reading.laying import Laid, lay_page
from examday.reading.printed import number_in, read_header
from examday.reading.solid import are_solid

PixelBox = tuple[int, int, int, int]
BESIDE_MM = 8.0
"""A code this far outside the sheet is one of another sheet beside it: its own codes lie within."""
ROOM = 1.12
"""A picture this much larger than the sheet may hold the edge of another one; an A4 glass is larger by
less."""
MARGIN_MM = 3.0
"""Painted out round the first sheet, in mm of the layout: its shadow must not pass for print of the
second."""
INK_MM = 1.5
"""The same round its print alone, where both sheets lie so close that their margins overlap."""
CLEAR_MM = 1.0
"""A cut keeps so far from what may be written on, where there is room."""
COARSE = 4
"""Pixels to a millimetre: letters beside a sheet are to be noticed, never read."""
DARKER = 30
"""Grey values by which a letter is darker than the paper round it: what is paler is a shade or a
crease."""
LETTER_MM = (1.2, 8.0)
"""Height of a letter, mm of the standard form: lower is dust, higher a line or a picture."""
LETTERS = 150
"""More of them beside a sheet are a page: a few lines. Dust, a lid's hinge and a table give dozens."""
SQUARES = 3
"""So many black squares beside a sheet are worth a look for another one: two lie beside each other
by chance."""

NAMED = N_("There are two sheets on one picture: %(codes)s.")
ONE_NAMED = N_(
    "There are two sheets on one picture: %(codes)s, and one whose number could not be read."
)
NONE_NAMED = N_("There are two sheets on one picture; the number of neither could be read.")
WORDS: Mapping[int, str] = {0: NONE_NAMED, 1: ONE_NAMED, 2: NAMED}


@dataclass(frozen=True)
class Beside:
    """Another sheet on the same picture: what a person is told, and the two parts of the picture that
    hold a sheet each, in px, left or upper one first; None where it cannot be cut.
    """

    note: PageWarning
    parts: tuple[PixelBox, PixelBox] | None


def other_sheet(grey: np.ndarray, known: Mapping[str, Layout], laid: Laid) -> Beside | None:
    """Look for another sheet on the picture of one that was laid; None where there is none."""
    fit = laid.fit
    if fit is None or grey.size < ROOM * fit.layout.width * fit.layout.height * fit.px_per_mm**2:
        return None
    here = [code for code in laid.codes if _on_sheet(code.centre, fit)]
    beside = [code for code in codes_on_page(grey) if not _on_sheet(code.centre, fit)]
    numbers = _numbers(beside) - _numbers(here)
    squares = np.array(
        [square for square in laid.squares if not _on_sheet((square[0], square[1]), fit)]
    ).reshape(-1, 3)
    surely = bool(numbers) or _marks_of_another(grey, known, squares) or _letters_beside(grey, fit)
    if not surely and len(squares) < SQUARES:
        return None
    second = _second(grey, known, fit)
    if not surely and (second is None or not second.proven):
        return None
    named = [_number(grey, here, fit), _number_beside(grey, second, beside)]
    parts = None if second is None or second.fit is None else _cut(fit, second.fit, grey.shape)
    return Beside(_note([number for number in named if number]), parts)


def _note(numbers: list[str]) -> PageWarning:
    params = {"codes": ", ".join(numbers)} if numbers else {}
    return PageWarning("two-sheets", WORDS[len(numbers)], params)


def _number(grey: np.ndarray, codes: list[Code], fit: Fit) -> str:
    """The number of a sheet by its codes, else by its printed digits; "" where neither is read."""
    told = settle([code.witness() for code in codes]).number
    return told or number_in(read_header(grey, fit)) or ""


def _number_beside(grey: np.ndarray, second: Laid | None, beside: list[Code]) -> str:
    if second is not None and second.fit is not None:
        own = [code for code in second.codes if _on_sheet(code.centre, second.fit)]
        return _number(grey, own, second.fit)
    # Of a sheet that no form lies on, nobody knows which code bears its number.
    found = [c.number for c in beside if c.number and c.witness().role == NUMBER]
    return next(iter(found), "")


def _marks_of_another(grey: np.ndarray, known: Mapping[str, Layout], squares: np.ndarray) -> bool:
    # Three squares lie on many things, so only more of them make another sheet.
    fits = (fit for fit in lay(known.values(), squares) if len(fit.marks) > SQUARES)
    return any(are_solid(grey, fit) for fit in fits)


def _letters_beside(grey: np.ndarray, fit: Fit) -> bool:
    """Whether lines of print or writing lie beside the sheet: a page of another kind."""
    share = COARSE / fit.px_per_mm
    small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 8 * COARSE + 1, DARKER
    )
    own = _corners(fit, _paper(fit.layout), BESIDE_MM) * share
    cv2.fillConvexPoly(ink, np.round(own).astype(np.int32), 0)
    _count, _labels, boxes, _centres = cv2.connectedComponentsWithStats(ink)
    wide, high = boxes[1:, cv2.CC_STAT_WIDTH], boxes[1:, cv2.CC_STAT_HEIGHT]
    low, most = LETTER_MM[0] * COARSE, LETTER_MM[1] * COARSE
    letters = (high >= low) & (high <= most) & (wide <= most)
    return int(letters.sum()) > LETTERS


def _numbers(codes: list[Code]) -> set[str]:
    return {code.number for code in codes if code.number is not None}


def _on_sheet(at: tuple[float, float], fit: Fit) -> bool:
    """Whether a point in px lies on the sheet, or so near that a fit a little off explains it."""
    (mm,) = project(np.linalg.inv(fit.matrix), np.array([at]))
    return bool(
        -BESIDE_MM < mm[0] < fit.layout.width + BESIDE_MM
        and -BESIDE_MM < mm[1] < fit.layout.height + BESIDE_MM
    )


def _second(grey: np.ndarray, known: Mapping[str, Layout], first: Fit) -> Laid | None:
    """The other sheet under its form, proven where that can be; None where none would lie."""
    found = [laid for area in _areas(first) if (laid := _laid_without(grey, known, area)).fit]
    return next((laid for laid in found if laid.proven), next(iter(found), None))


def _areas(fit: Fit) -> Iterator[np.ndarray]:
    """What is painted over so that the first sheet is not found again, px: its paper, its print."""
    yield _corners(fit, _paper(fit.layout), MARGIN_MM)
    yield _corners(fit, _print(fit.layout), INK_MM)


def _laid_without(grey: np.ndarray, known: Mapping[str, Layout], area: np.ndarray) -> Laid:
    rest = grey.copy()
    # In a light tone of the picture: an edge to white would pass for print.
    cv2.fillConvexPoly(
        rest, np.round(area).astype(np.int32), int(np.percentile(grey[::8, ::8], 90))
    )
    return lay_page(rest, known)


def _paper(layout: Layout) -> np.ndarray:
    return np.array([0.0, 0.0, layout.width, layout.height])


def _print(layout: Layout) -> np.ndarray:
    """The box round all that may be written on, the codes and the squares, mm."""
    boxes = [*(comb.box for comb in layout.combs), *(area.box for area in layout.areas)]
    boxes += [code.box for code in layout.barcodes] + ([layout.qr] if layout.qr else [])
    boxes += [(m.x, m.y, m.x + m.size, m.y + m.size) for m in layout.markers]
    edges = np.array(boxes)
    return np.concatenate([edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)])


def _corners(fit: Fit, box: np.ndarray, more: float) -> np.ndarray:
    """The corners in px of a box of the layout that is this much larger on every side."""
    x0, y0, x1, y1 = box + (-more, -more, more, more)
    return project(fit.matrix, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))


def _cut(one: Fit, other: Fit, shape: tuple[int, ...]) -> tuple[PixelBox, PixelBox] | None:
    """Both parts of the picture on either side of a straight cut between the prints of two sheets."""
    height, width = shape[:2]
    for axis, long in ((0, width), (1, height)):
        at = _between(one, other, axis)
        if at is None:
            continue
        # A part without pixels is no picture, and its decoder would fail on it.
        at = min(max(at, 1), long - 1)
        if axis == 0:
            return (0, 0, at, height), (at, 0, width, height)
        return (0, 0, width, at), (0, at, width, height)
    return None


def _between(one: Fit, other: Fit, axis: int) -> int | None:
    """Where to cut across an axis: between the papers, at any rate between what they bear.

    None where the paper of one reaches into the print of the other: what it covers would look blank.
    """
    sheets = [(_span(fit, _print(fit.layout), axis), fit) for fit in (one, other)]
    ((_begin, end), first), ((begin, _end), second) = sorted(sheets, key=lambda sheet: sheet[0])
    ends = _span(first, _paper(first.layout), axis)[1]
    begins = _span(second, _paper(second.layout), axis)[0]
    if begin <= end or ends > begin or begins < end:
        return None
    room = min(CLEAR_MM * one.px_per_mm, (begin - end) / 2)
    return round(float(np.clip((ends + begins) / 2, end + room, begin - room)))


def _span(fit: Fit, box: np.ndarray, axis: int) -> tuple[float, float]:
    along = _corners(fit, box, 0.0)[:, axis]
    return float(along.min()), float(along.max())
