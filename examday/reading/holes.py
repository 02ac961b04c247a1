"""Finds where pixels that bear no code of their own were never written: a copy that broke off.

Most copies that break off leave nothing but zeros, which are black pixels. They begin in the middle of
a row, whose right part is black then from one pixel on while the row above it is not; no shadow and no
edge of a sheet does that.
"""

from __future__ import annotations

import numpy as np

SIDE = 8  # px on either side at least: nearer to the edge nothing shows that a line broke off
LIGHT = 0.9  # share of the pixels above that are no hole: print above it may be black as well


def has_hole(grey: np.ndarray) -> bool:
    """Whether pure black begins, or ends, in the middle of a row of a picture, H x W."""
    return _begins(grey) or _begins(grey[::-1, ::-1])


def _begins(grey: np.ndarray) -> bool:
    """Whether black begins in the middle of a row and fills at least the row behind it."""
    black = grey == 0
    full = black.all(axis=1)
    for row in np.flatnonzero(full[1:] & ~full[:-1]):
        light = np.flatnonzero(~black[row])
        at = int(light[-1]) + 1
        # What is black from here on in this row is not so in the row above.
        if SIDE <= at <= grey.shape[1] - SIDE and row and _light(black[row - 1, at:]):
            return True
    return False


def _light(black: np.ndarray) -> bool:
    return 1.0 - float(black.mean()) >= LIGHT
