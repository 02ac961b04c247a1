"""Finds two sheets that lie beside each other on one picture, and where to cut between them.

A cut is offered only where both sheets were laid under a form and a straight cut touches neither.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from examday.paper.layout import Layout
from examday.reading.fit import project
from examday.reading.laying import lay_page

PixelBox = tuple[int, int, int, int]
MARGIN_MM = 3.0
"""Painted out round the first sheet, in mm of the layout: its shadow must not pass for print of the
second."""
MAY_TOUCH = 0.01
"""Share of a picture's side by which the frames of two sheets that lie edge to edge may overlap: a
fit is some tenths of a millimetre off, and sheets lie a little askew."""


def two_sheets(grey: np.ndarray, known: Mapping[str, Layout]) -> tuple[PixelBox, PixelBox] | None:
    """Return the two parts of a picture that hold a sheet each.

    In px of the picture, left or upper one first; None where two sheets were not both found.
    """
    first = _frame(grey, known)
    if first is None:
        return None
    rest = grey.copy()
    x0, y0, x1, y1 = first
    # Painted over in a light tone of the picture: this sheet must not be found again.
    rest[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = int(np.percentile(grey, 90))
    second = _frame(rest, known)
    return None if second is None else _cut(first, second, (grey.shape[0], grey.shape[1]))


def _frame(grey: np.ndarray, known: Mapping[str, Layout]) -> PixelBox | None:
    """The upright box round the sheet that lies under a form, px."""
    fit = lay_page(grey, known).fit
    if fit is None:
        return None
    wide, high, more = fit.layout.width, fit.layout.height, MARGIN_MM
    edges = [(-more, -more), (wide + more, -more), (wide + more, high + more), (-more, high + more)]
    corners = project(fit.matrix, np.array(edges))
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return round(x0), round(y0), round(x1), round(y1)


def _cut(
    one: PixelBox, other: PixelBox, shape: tuple[int, int]
) -> tuple[PixelBox, PixelBox] | None:
    """Both parts of the picture on either side of a straight cut between the frames."""
    height, width = shape
    for axis, long in ((0, width), (1, height)):
        first, second = sorted((one, other), key=lambda box: box[axis])
        if second[axis] < first[axis + 2] - MAY_TOUCH * long - 2 * MARGIN_MM * _px_per_mm(first):
            continue
        # Each part keeps at least one row or column of pixels.
        at = min(max((first[axis + 2] + second[axis]) // 2, 1), long - 1)
        if axis == 0:
            return (0, 0, at, height), (at, 0, width, height)
        return (0, 0, width, at), (0, at, width, height)
    return None


def _px_per_mm(box: PixelBox) -> float:
    """Roughly, from the shorter side of a sheet that is 210 mm wide in the layout's millimetres."""
    return min(box[2] - box[0], box[3] - box[1]) / 216.0
