"""Straighten a registered page.

Every form then has one scale, upright, so that cells are plain slices.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from examday.paper.layout import Box
from examday.reading.fit import Fit

PX = 300 / 25.4  # px per mm of a straightened page: the standard sheet at 300 dpi
COARSE = 8  # px of the page to one of the paper map: shades are wide, and a map as fine would follow the ink
ALL = slice(None)


@dataclass(frozen=True)
class Flat:
    """A straightened page.

    `page`: straightened grey uint8; `paper`: brightness of bare paper, one value a COARSE x COARSE
    block; `black`: grey value of solid print on this scan; `fit`: where it came from.
    """

    page: np.ndarray
    paper: np.ndarray
    black: float
    fit: Fit

    def darkness(
        self,
        x0: int,
        y0: int,
        x1: int,
        y1: int,
        columns: slice = ALL,
    ) -> np.ndarray:
        """Window of the page as float32, 0 = bare paper, 1 = solid black, whatever the light was.

        Ends excluded. `columns`: those of the window that are wanted.
        """
        window = self.page[y0:y1, x0:x1][:, columns]
        # The map's value belongs to the middle of its block; half a block of offset is far below
        # the blur's width. Made for the whole window, since its places depend on how wide that is.
        part = self.paper[y0 // COARSE : -(-y1 // COARSE) + 1, x0 // COARSE : -(-x1 // COARSE) + 1]
        paper = cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        paper = np.ascontiguousarray(paper[:, columns])
        # In place: most of the time went into arrays of the window's size.
        ink = cv2.subtract(paper, window, dtype=cv2.CV_32F)
        # At least 30 grey values: without contrast noise would become ink.
        np.maximum(np.subtract(paper, np.float32(self.black), out=paper), 30, out=paper)
        np.divide(ink, paper, out=ink)
        return np.asarray(np.clip(ink, 0, 1, out=ink))

    def dark_columns(
        self,
        x0: int,
        y0: int,
        x1: int,
        y1: int,
        dark: float,
    ) -> tuple[int, slice]:
        """How many px of a window may be as dark as `dark`, and the columns from the first to the last.

        A quick look that errs towards more.
        """
        paper = float(
            self.paper[
                y0 // COARSE : -(-y1 // COARSE) + 1, x0 // COARSE : -(-x1 // COARSE) + 1
            ].max()
        )
        # In whole numbers: bytes held against a fraction would all become fractions first.
        least = np.uint8(np.clip(np.ceil(paper - dark * max(paper - self.black, 30)), 0, 255))
        window = self.page[y0:y1, x0:x1]
        there = np.flatnonzero(np.minimum.reduce(window) < least)
        if not len(there):
            return 0, slice(0, 0)
        columns = slice(int(there[0]), int(there[-1]) + 1)
        return int(np.count_nonzero(window[:, columns] < least)), columns

    def pale(
        self,
        x0: int,
        y0: int,
        x1: int,
        inside: list[tuple[slice, slice]],
        dark: float,
    ) -> list[int]:
        """How many columns of each of the windows `inside` may hold ink of darkness `dark`; errs towards more.

        The windows are counted from x0, y0 and share their rows.
        """
        rows = slice(y0 + inside[0][0].start, y0 + inside[0][0].stop)
        lowest = np.minimum.reduce(self.page[rows, x0:x1])
        paper = self.paper[rows.start // COARSE : -(-rows.stop // COARSE) + 1].max(axis=0)
        here = paper[np.arange(x0, x1) // COARSE]
        inked = lowest < here - dark * np.maximum(here - self.black, 30)
        if not inked.any():  # as in most rows: nothing further has to be worked out
            return [0] * len(inside)
        return [int(np.count_nonzero(inked[columns])) for _, columns in inside]

    def to_scan(self, box: Box) -> tuple[float, float, float, float]:
        """Upright box in the scan's px round a box in px of the straightened page."""
        x0, y0, x1, y1 = (value / PX for value in box)
        corners = self.fit.project(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def flatten(grey: np.ndarray, fit: Fit) -> Flat:
    """The page of `fit.layout` as it would lie on a perfect scanner at 300 dpi, standard size."""
    size = round(fit.layout.width * PX), round(fit.layout.height * PX)
    to_mm = np.diag((1 / PX, 1 / PX, 1.0))
    page = (
        cv2.warpPerspective(
            grey,
            fit.matrix @ to_mm,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        if fit.bend is None
        else straightened(grey, fit, PX, size)
    )
    blocks = size[0] // COARSE, size[1] // COARSE
    coarse = cv2.resize(
        page[: blocks[1] * COARSE, : blocks[0] * COARSE], blocks, interpolation=cv2.INTER_AREA
    )
    coarse = cv2.copyMakeBorder(coarse, 0, 2, 0, 2, cv2.BORDER_REPLICATE)
    # Closing takes writing away and leaves the edge of a shadow where it is: the paper in the
    # shadow is no ink.
    paper = cv2.blur(
        cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), (3, 3)
    ).astype(np.float32)
    # Without their edges, which a scan leaves grey: they would make black look paler.
    marks = [
        page[
            round((m.y + 1) * PX) : round((m.y + m.size - 1) * PX),
            round((m.x + 1) * PX) : round((m.x + 4) * PX),
        ]
        for m in fit.layout.markers
        if m.id in fit.marks or not fit.marks
    ]
    black = float(np.median([np.median(mark) for mark in marks])) if marks else 40.0
    return Flat(page, paper, black, fit)


def straightened(
    grey: np.ndarray,
    fit: Fit,
    px_per_mm: float,
    size: tuple[int, int],
    outside: int | None = None,
) -> np.ndarray:
    """Return the sheet upright at `px_per_mm` of the layout, its bend taken out.

    It is `size` px wide and high. The bend changes so slowly that a place in every 16 px tells the
    others. `outside`: grey value where the picture ends, None for that of its edge.
    """
    # The bend changes so slowly that the places between follow from these.
    step = 16
    columns, rows = size[0] // step + 2, size[1] // step + 2
    x, y = np.meshgrid(np.arange(columns) * step / px_per_mm, np.arange(rows) * step / px_per_mm)
    there = fit.project(np.stack([x.ravel(), y.ravel()], axis=1)).astype(np.float32)
    coarse = there.reshape(rows, columns, 2)
    at_x, at_y = np.meshgrid(
        np.arange(size[0], dtype=np.float32) / step, np.arange(size[1], dtype=np.float32) / step
    )
    full = np.asarray(cv2.remap(coarse, at_x, at_y, cv2.INTER_LINEAR))
    return np.asarray(
        cv2.remap(
            grey,
            full[..., 0],
            full[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT,
            borderValue=0 if outside is None else outside,
        )
    )
