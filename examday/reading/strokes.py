"""Measure the shape of the ink in one cell: a low stroke may be a mark, a high one is a character."""

from __future__ import annotations

import cv2
import numpy as np

from examday.reading.marks import Stroke

CRUMB = 0.15  # of the largest piece of ink in a cell: smaller ones beside it do not count when it is measured
LOW = 0.6  # of the cell; only ink lower than this may be a mark, and has its shape measured


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
    count, labels, stats, _ = hanging_together(mine.view(np.uint8))
    main = [k for k in range(1, count) if stats[k, 4] >= CRUMB * stats[1:, 4].max()]
    x0, y0 = int(stats[main, 0].min()), int(stats[main, 1].min())
    x1, y1 = (
        int((stats[main, 0] + stats[main, 2]).max()),
        int((stats[main, 1] + stats[main, 3]).max()),
    )
    size = ((y0 + dy) / high, (y1 - y0) / high, (x1 - x0) / wide)
    if size[1] >= LOW:
        return Stroke(*size, parts=len(main), cut=was_cut)
    points = np.argwhere(np.isin(labels, main)[y0:y1, x0:x1])[:, ::-1].astype(np.float32)
    hull = (
        cv2.contourArea(cv2.convexHull(points))
        + cv2.arcLength(cv2.convexHull(points), True) / 2
        + 1
    )
    spread = np.cov(points.T) if len(points) > 2 else np.eye(2)
    lean = 0.5 * np.degrees(np.arctan2(2 * abs(spread[0, 1]), spread[0, 0] - spread[1, 1]))
    return Stroke(*size, float(lean), float(len(points) / hull), len(main), was_cut)
