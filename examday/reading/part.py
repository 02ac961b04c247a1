"""Lays a picture of a part of a sheet, such as half of an A3 sheet on an A4 scanner, under its form.

A part shows too few marks for the usual fit: the lower half of the answer form has two of five and
no code. Two marks give turn, scale and place; the rules and rows of cells that the picture should
show then prove the fit or refute it, zone by zone, as they do for a whole sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from examday.paper.layout import Box, Layout
from examday.reading.codes import KIND_OF, Code, codes_in_places, codes_on_page
from examday.reading.fit import Fit, like_pairs, similarities
from examday.reading.flatten import Flat
from examday.reading.proof import prove
from examday.reading.squares import find_squares

EDGE_MM = 1.5
"""Print nearer to the picture's edge than this counts as unseen: the glass is dark there."""
NEAR_MM = 3.0
"""A square so near a mark's place is the mark: scanners keep a sheet flat, so 1 % of 200 mm and some."""
ROUGHLY_MM = 10.0
"""The same where a camera may have looked from a slant, and a code of the form says what it is."""
SIZE_OFF = 0.25
"""Share by which a mark may look larger or smaller than the form's size says."""
BEYOND_MM = 20.0
"""How far the picture may reach beyond the sheet: a glass is larger than A4 by 6 mm, and paper is
laid on it by hand. More means that the squares were matched the wrong way round."""
SLIP_MM = 3.5
"""How far the proof may move a place that two marks gave. They are right to 1.5 % of 100 mm, a
scanner's pull, and to 3 mm under a camera held a little askew; the next row of cells, which looks the
same, is 7.7 mm away, and less than half of that leads to no neighbour."""
HALF_PX = 0.5
"""A picture ends where its outermost pixels end, which is not in their middle."""
MOST = 6
"""Fits that are tried: each costs a straightened page, a tenth of a second."""


@dataclass(frozen=True)
class Part:
    """A part of a sheet under its form.

    `fit` takes mm of the whole layout to px, `flat` is the page straightened by it, `shape` the
    picture's height and width, `codes` those that were read.
    """

    fit: Fit
    flat: Flat
    shape: tuple[int, int]
    codes: tuple[Code, ...]

    def depth(self, mm: np.ndarray) -> np.ndarray:
        """How far inside the picture places (n, 2) of the layout lie, mm; negative outside."""
        return _depth(self.fit, self.shape, mm)

    def beyond_seam(self, mm: np.ndarray) -> np.ndarray:
        """How far places (n, 2) of the layout lie beyond the edge behind which the sheet goes on, mm.

        Negative on the picture's side of that edge, beside the picture too. Only for a part: of a whole
        sheet nothing goes on.
        """
        middle = _middles(self.fit.layout)[self.missing]
        edges = _edges(self.fit, self.shape, np.vstack([middle, mm]))
        return -np.asarray(edges[np.argmin(edges[:, 0]), 1:]) - HALF_PX / self.fit.px_per_mm

    def shows(self, box: Box, inside_mm: float = EDGE_MM) -> bool:
        """Whether the picture shows all of a box of the layout."""
        return _shows(self.fit, self.shape, box, inside_mm)

    @property
    def missing(self) -> str:
        """Return on which side of the sheet the missing part lies.

        One of above, below, left and right; "" for a whole sheet.
        """
        return _missing(self.fit, self.shape)


def _missing(fit: Fit, shape: tuple[int, int]) -> str:
    layout = fit.layout
    middles = _middles(layout)
    depths = _depth(fit, shape, np.array(list(middles.values())))
    side, depth = min(zip(middles, depths, strict=True), key=lambda item: item[1])
    boxes = [*(comb.box for comb in layout.combs), *(area.box for area in layout.areas)]
    whole = all(_shows(fit, shape, box, EDGE_MM) for box in boxes)
    return "" if depth > -EDGE_MM or whole else side


def _middles(layout: Layout) -> dict[str, tuple[float, float]]:
    """The middle of each side of the sheet, just inside its edge, mm."""
    x, y = layout.width / 2, layout.height / 2
    return {
        "above": (x, EDGE_MM),
        "below": (x, layout.height - EDGE_MM),
        "left": (EDGE_MM, y),
        "right": (layout.width - EDGE_MM, y),
    }


def lay_part(grey: np.ndarray, known: Mapping[str, Layout]) -> Part | None:
    """The part of a sheet that a scanner's picture shows; None where nothing proves it.

    `grey`: uint8 H x W.
    """
    squares, shape = find_squares(grey), (grey.shape[0], grey.shape[1])
    for fit in _candidates(known.values(), squares, shape)[:MOST]:
        seen = visible(fit, shape)
        if not seen.combs:
            continue
        codes = tuple(codes_in_places(grey, fit))
        places = [code.place for code in codes if code.place is not None]
        proven, flat = prove(grey, replace(fit, layout=seen), places, still=False, part=True)
        if proven.proven and not _slipped(fit, proven, seen):
            whole = replace(proven, layout=fit.layout)
            return Part(whole, replace(flat, fit=whole), shape, codes)
    return None


def missing_by_codes(grey: np.ndarray, known: Mapping[str, Layout]) -> str:
    """Return on which side the rest of the sheet is missing, as `Part.missing`; "" when not known.

    For a part whose frames are not proven: its number stands in the window of a form that two marks fit.
    """
    squares, shape = find_squares(grey), (grey.shape[0], grey.shape[1])
    for fit in _candidates(known.values(), squares, shape)[:MOST]:
        if any(code.number is not None for code in codes_in_places(grey, fit)):
            return _missing(fit, shape)
    # Seen from a slant, two marks lead some millimetres astray: a code and a mark, less strictly.
    codes = [code for code in codes_on_page(grey) if code.number is not None]
    roughly = (fit for form in known.values() for fit in _rough_fits(form, codes, squares, shape))
    return next((side for fit in roughly if (side := _missing(fit, shape))), "")


def _rough_fits(
    layout: Layout, codes: Sequence[Code], squares: np.ndarray, shape: tuple[int, int]
) -> Iterator[Fit]:
    """Where a form may lie by a code in its place and two marks roughly in theirs, to tell a part."""
    places = np.array([mark.centre for mark in layout.markers])
    for code in codes:
        for box in (
            place.box for place in layout.codes if KIND_OF.get(place.symbology) == code.kind
        ):
            middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
            for mark in places:
                at = np.tile(np.array(code.centre), (len(squares), 1))
                turned = similarities(middle, mark, at, squares[:, :2])
                for rows in turned[_on_the_sheet(layout, turned, shape)]:
                    fit = _of_size(layout, rows, squares)
                    if fit is not None:
                        yield fit


def _of_size(layout: Layout, rows: np.ndarray, squares: np.ndarray) -> Fit | None:
    """The fit of a similarity under which two marks lie roughly in their places, in their size."""
    scale = float(np.hypot(*rows[0, :2]))
    fit = Fit(layout, np.vstack([rows, [[0.0, 0.0, 1.0]]]), (), 0.0, scale)
    like = np.abs(squares[:, 2] / (layout.markers[0].size * scale) - 1) < SIZE_OFF
    if like.sum() < 2:
        return None
    places = fit.project(np.array([mark.centre for mark in layout.markers]))
    gaps = np.hypot(*(places[:, None] - squares[None, like, :2]).transpose(2, 0, 1))
    return fit if (gaps.min(axis=1) < ROUGHLY_MM * scale).sum() >= 2 else None


def _slipped(before: Fit, after: Fit, seen: Layout) -> bool:
    """Whether the proof moved the fit so far that rows may lie on their neighbours."""
    corners = np.array([(x, y) for c in seen.combs for x in c.box[::2] for y in c.box[1::2]])
    moved = np.hypot(*(after.project(corners) - before.project(corners)).T)
    return bool(moved.max() > SLIP_MM * before.px_per_mm)


def visible(fit: Fit, shape: tuple[int, int]) -> Layout:
    """The layout with the print alone that the picture should show."""
    layout = fit.layout

    def seen(box: Box) -> bool:
        return _shows(fit, shape, box, EDGE_MM)

    return replace(
        layout,
        markers=tuple(m for m in layout.markers if seen((m.x, m.y, m.x + m.size, m.y + m.size))),
        combs=tuple(comb for comb in layout.combs if seen(comb.box)),
        areas=tuple(area for area in layout.areas if seen(area.box)),
        lines=tuple(line for line in layout.lines if seen(line)),
        barcodes=tuple(code for code in layout.barcodes if seen(code.box)),
        qr=layout.qr if layout.qr is not None and seen(layout.qr) else None,
    )


def _candidates(
    layouts: Iterable[Layout], squares: np.ndarray, shape: tuple[int, int]
) -> list[Fit]:
    """Fits of two marks or more under which every mark that the picture should show is there."""
    fits = [fit for layout in layouts for fit in _fits(layout, squares, shape)]
    kept: list[Fit] = []
    for fit in sorted(fits, key=lambda fit: (-len(fit.marks), fit.residual_mm)):
        if not any(_same(fit, other) for other in kept):
            kept.append(fit)
    return kept


def _same(fit: Fit, other: Fit) -> bool:
    return fit.layout is other.layout and fit.marks == other.marks and fit.turned == other.turned


def _fits(layout: Layout, squares: np.ndarray, shape: tuple[int, int]) -> Iterator[Fit]:
    places = np.array([mark.centre for mark in layout.markers])
    for one, other in combinations(range(len(places)), 2):
        apart = float(np.hypot(*(places[other] - places[one])))
        alike = like_pairs(squares, apart, layout.markers[0].size)
        turned = similarities(places[one], places[other], *squares[alike.T, :2])
        for rows in turned[_on_the_sheet(layout, turned, shape)]:
            matrix = np.vstack([rows, [[0.0, 0.0, 1.0]]])
            fit = Fit(layout, matrix, (), 0.0, float(np.hypot(*rows[0, :2])))
            if (marked := _marked(fit, squares, shape)) is not None:
                yield marked


def _on_the_sheet(layout: Layout, turned: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Which of the `similarities` leave the picture on the sheet; all at once, as most do not."""
    high, wide = shape
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], float)
    back = np.linalg.inv(turned[:, :, :2])
    mm = (corners - turned[:, None, :, 2]) @ back.transpose(0, 2, 1)
    sheet = np.array([layout.width, layout.height])
    return np.asarray(((mm >= -BEYOND_MM) & (mm <= sheet + BEYOND_MM)).all(axis=(1, 2)))


def _marked(fit: Fit, squares: np.ndarray, shape: tuple[int, int]) -> Fit | None:
    """Return the fit with the marks that lie in their places.

    None where a mark that should be seen is not.
    """
    places = np.array([mark.centre for mark in fit.layout.markers])
    gaps = np.hypot(*(fit.project(places)[:, None] - squares[None, :, :2]).transpose(2, 0, 1))
    off = gaps.min(axis=1) / fit.px_per_mm
    expected = _depth(fit, shape, places) > fit.layout.markers[0].size
    if (expected & (off > NEAR_MM)).any():
        return None
    found = off <= NEAR_MM
    marks = tuple(m.id for m, here in zip(fit.layout.markers, found, strict=True) if here)
    return replace(fit, marks=marks, residual_mm=float(np.sqrt((off[found] ** 2).mean())))


def _shows(
    fit: Fit,
    shape: tuple[int, int],
    box: Box,
    inside_mm: float,
) -> bool:
    x0, y0, x1, y1 = box
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    return bool((_depth(fit, shape, corners) >= inside_mm).all())


def _depth(fit: Fit, shape: tuple[int, int], mm: np.ndarray) -> np.ndarray:
    return np.asarray(_edges(fit, shape, mm).min(axis=0))


def _edges(fit: Fit, shape: tuple[int, int], mm: np.ndarray) -> np.ndarray:
    """How far inside each edge (4, n) of the picture places (n, 2) of the layout lie, mm."""
    x, y = fit.project(mm).T
    high, wide = shape
    return np.array([x, y, wide - 1 - x, high - 1 - y]) / fit.px_per_mm
