"""Measure the shape of the ink in one cell: a low stroke may be a mark, a high one is a character."""

from __future__ import annotations

import cv2
import numpy as np

from examday.reading.marks import Stroke

# of the largest piece of ink in a cell: smaller ones beside it are dirt, and would make the box too
# large
CRUMB = 0.15
# of the cell; only ink lower than this may be a mark: measuring its shape costs time, and most is
# higher
LOW = 0.6


def hanging_together(
    mask: np.ndarray,
) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """The pieces of ink of a uint8 mask: their number and labels, stats and centres as OpenCV has them.

    Of a mask of up to 260,000 px. Small labels take half the time of the usual ones.
    """
    count, labels, stats, centres = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_16U, cv2.CCL_SPAGHETTI
    )
    return count, np.asarray(labels), np.asarray(stats), np.asarray(centres)


def stroke_of(
    mine: np.ndarray,
    dx: float,
    dy: float,
    wide: float,
    high: float,
    was_cut: bool,
) -> Stroke:
    """Measure the main ink of a cell.

    `dx`, `dy`: px from the cell's corner to the window's; `wide`, `high`: the cell's size in px.
    """
    _, labels, stats, _ = hanging_together(mine.view(np.uint8))
    # A cell has a piece or two: lists of Python take a fifth of the time of arrays.
    pieces = stats[1:].tolist()
    least = CRUMB * max(piece[cv2.CC_STAT_AREA] for piece in pieces)
    main = {label: piece for label, piece in enumerate(pieces, 1) if piece[4] >= least}
    x0, y0 = (min(piece[side] for piece in main.values()) for side in (0, 1))
    x1, y1 = (max(piece[side] + piece[side + 2] for piece in main.values()) for side in (0, 1))
    size = ((y0 + dy) / high, (y1 - y0) / high, (x1 - x0) / wide)
    if size[1] >= LOW:
        return Stroke(*size, parts=len(main), cut=was_cut)
    points = np.argwhere(np.isin(labels[y0:y1, x0:x1], list(main)))[:, ::-1].astype(np.float32)
    hull = cv2.convexHull(points)
    filled = cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1
    return Stroke(*size, _lean(points), float(len(points) / filled), len(main), was_cut)


def _lean(points: np.ndarray) -> float:
    """Degrees between the long axis of the points and the horizontal."""
    if len(points) <= 2:
        return 0.0
    x, y = (points - points.mean(axis=0, dtype=float)).T
    return float(0.5 * np.degrees(np.arctan2(2 * abs(x @ y), x @ x - y @ y)))
