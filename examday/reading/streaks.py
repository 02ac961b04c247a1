"""Takes away the streaks that dust on a scanner's glass draws from edge to edge.

Each would be a «1» in every row.

Streaks run along the scanner's feed, so they are straight columns (or rows) of the picture as
scanned, whichever way the sheet lies. Printed rules end before the paper does; that tells them
apart.
"""

from __future__ import annotations

import cv2
import numpy as np

SAMPLED = 200  # rows that are looked at: enough for a share, and a hundredth of the work
WIDEST = 1 / 150  # of the page's width: a wider dark band is a shadow or an edge
DARKER = 22  # grey values a streak is darker than what lies beside it
THROUGHOUT = 0.9  # share of the page's length on which it must be seen; other dark things cross it
ENDS = 0.02  # share of the length at either end that must show it too


def without_streaks(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the page with its streaks filled in from both sides, and how many there were.

    The same array when there are none.
    """
    count = 0
    for across in (False, True):
        found = _streaks(grey.T if across else grey)
        # Copied only now: the caller's own picture stays as it is.
        if found and not count:
            grey = grey.copy()
        for start, end in found:
            _fill(grey.T if across else grey, start, end)
        count += len(found)
    return grey, count


def _streaks(grey: np.ndarray) -> list[tuple[int, int]]:
    """First and last column (excluded) of every streak."""
    height, width = grey.shape
    if min(height, width) < 2 * SAMPLED:
        return []
    rows = np.ascontiguousarray(grey[:: height // SAMPLED])
    widest = max(5, int(width * WIDEST))
    beside = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((1, widest), np.uint8))
    dark = cv2.subtract(beside, rows) > DARKER
    ends = max(3, int(len(dark) * ENDS))
    through = (
        (dark.mean(axis=0) >= THROUGHOUT)
        & (dark[:ends].mean(axis=0) > 0.5)
        & (dark[-ends:].mean(axis=0) > 0.5)
    )
    through[:3] = through[-3:] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], through.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _fill(grey: np.ndarray, start: int, end: int) -> None:
    """Lay a straight blend over a streak and its soft edges, in place.

    It runs between the columns on both sides.
    """
    left, right = max(0, start - 3), min(grey.shape[1] - 1, end + 2)
    share = np.linspace(0, 1, right - left + 1, dtype=np.float32)[None, 1:-1]
    one, other = (grey[:, at : at + 1].astype(np.float32) for at in (left, right))
    grey[:, left + 1 : right] = np.rint(one * (1 - share) + other * share).astype(np.uint8)
