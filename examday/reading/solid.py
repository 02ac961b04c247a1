"""Tells the black squares of a form from letters that are about as wide as high.

A page of typed text has hundreds of letters, and four of them lie like the squares of some small form.
A printed square is black all over; letters have gaps.
"""

from __future__ import annotations

import numpy as np

from examday.reading.fit import Fit, project

INNER = 0.15  # share of a square's side that is left out at each edge: blur and slant pale it
# sides: so far round its middle that some paper is seen with it, to know what white is here
AROUND = 1.2
POINTS = 12  # along each side: few, as hundreds of letters are asked on a typed page
BLACK = 0.9
"""Least share of points that are nearer to black than to paper: of printed squares all, also in photos;
of the letters that were taken for some 0.4 to 0.8."""


def are_solid(grey: np.ndarray, fit: Fit) -> bool:
    """Whether all marks that the fit rests on are black all over. `grey`: uint8 H x W."""
    inner = np.linspace(INNER, 1 - INNER, POINTS)
    grid = np.stack(np.meshgrid(inner, inner), axis=-1).reshape(-1, 2)
    marks = [mark for mark in fit.layout.markers if mark.id in fit.marks]
    return all(
        _black_share(grey, fit, np.array((mark.x, mark.y)) + mark.size * grid, mark.size) >= BLACK
        for mark in marks
    )


def _black_share(
    grey: np.ndarray,
    fit: Fit,
    mm: np.ndarray,
    size: float,
) -> float:
    at = project(fit.matrix, mm)
    columns, rows = np.clip(np.round(at).astype(int), 0, np.array(grey.shape[::-1]) - 1).T
    values = grey[rows, columns]
    (x, y), reach = at.mean(axis=0), AROUND * size * fit.px_per_mm
    around = grey[_span(y, reach), _span(x, reach)]
    if not around.size:
        return 0.0
    black, paper = np.percentile(around, (2, 95))
    return float((values < (black + paper) / 2).mean())


def _span(middle: float, reach: float) -> slice:
    return slice(max(0, int(middle - reach)), max(0, int(middle + reach)) + 1)
