"""Takes away the lines that run over a whole sheet: streaks of a scanner, creases of a fold.

Dust on a scanner's glass draws a streak from edge to edge, which would be a «1» in every row; a crease
would be a dash in the cells of a row that it crosses.

Streaks run along the scanner's feed, so they are straight columns (or rows) of the picture as
scanned, whichever way the sheet lies. Printed rules end before the paper does; that tells them
apart.
"""

from __future__ import annotations

import cv2
import numpy as np

from examday.reading.creases import creases, lighten

SAMPLED = 200  # rows that are looked at: enough for a share, and a hundredth of the work
# of the page's width: a wider dark band is a shadow or an edge, and taking it away would take
# writing
WIDEST = 1 / 150
DARKER = 22  # grey values a streak is darker than what lies beside it: less is the grain of paper
THROUGHOUT = 0.9  # share of the page's length on which it must be seen; other dark things cross it
# share of the light that a streak takes under which nothing can be seen: there is no ink to be
# restored
OPAQUE = 0.5
SOFT = 3  # px on either side: the pale edge of a streak would be a stroke by itself
ENDS = 0.02  # share of the length at either end: a printed rule ends before the paper does


def without_streaks(grey: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the page with its streaks filled in and its creases lightened, and how many there were.

    The same array when there are none.
    """
    if min(grey.shape) < 2 * SAMPLED:
        return grey, 0
    count = 0
    for across in (False, True):
        step = grey.shape[across] // SAMPLED
        # Column by column would be read from all over the memory: first cut, then turned.
        some = np.ascontiguousarray(grey[:, ::step] if across else grey[::step])
        rows = np.asarray(cv2.transpose(some)) if across else some
        deeper = _deeper(rows)
        dark = deeper > DARKER
        streaks = [(a, b) for a, b in _streaks(dark) if _hides(rows[:, a:b], deeper[:, a:b])]
        for start, end in streaks:
            dark[:, max(0, start - SOFT) : end + SOFT] = False
        folds = list(creases(rows, deeper, dark, step))
        # Copied only now: the caller's own picture stays as it is.
        if (streaks or folds) and not count:
            grey = grey.copy()
        view = grey.T if across else grey
        for start, end in streaks:
            _fill(view, start, end)
        for fold in folds:
            lighten(view, fold)
        count += len(streaks) + len(folds)
    return grey, count


def _deeper(rows: np.ndarray) -> np.ndarray:
    """By how many grey values the pixels of rows are darker than what is beside."""
    widest = max(5, int(rows.shape[1] * WIDEST))
    beside = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((1, widest), np.uint8))
    return np.asarray(cv2.subtract(beside, rows))


def _streaks(dark: np.ndarray) -> list[tuple[int, int]]:
    """First and last column (excluded) of every streak, of the rows that were sampled."""
    ends = max(3, int(len(dark) * ENDS))
    through = (
        (dark.mean(axis=0) >= THROUGHOUT)
        & (dark[:ends].mean(axis=0) > 0.5)
        & (dark[-ends:].mean(axis=0) > 0.5)
    )
    through[:3] = through[-3:] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], through.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _hides(rows: np.ndarray, deeper: np.ndarray) -> bool:
    """Whether nothing can be seen under a streak: a paler one is a crease, under which writing shows."""
    share = deeper.max(axis=1) / np.maximum(1.0, (rows.astype(float) + deeper).max(axis=1))
    return float(np.median(share)) > OPAQUE


def _fill(grey: np.ndarray, start: int, end: int) -> None:
    """Lay a straight blend over a streak and its soft edges, in place.

    It runs between the columns on both sides.
    """
    left, right = max(0, start - SOFT), min(grey.shape[1] - 1, end + SOFT - 1)
    share = np.linspace(0, 1, right - left + 1, dtype=np.float32)[None, 1:-1]
    one, other = (grey[:, at : at + 1].astype(np.float32) for at in (left, right))
    grey[:, left + 1 : right] = np.rint(one * (1 - share) + other * share).astype(np.uint8)
