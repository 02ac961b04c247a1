"""Finds the solid black squares printed on a form. Works small first, then measures each centre at full size."""

from __future__ import annotations

import cv2
import numpy as np

SMALL_SIDE = 900  # longest side of the small picture, px; a 5 mm mark on a 297 mm page is then 15 px
SIDE_SHARE = (0.0085, 0.034)  # a mark's side as a share of the page's longest side: 5.08/297 halved and doubled
MOST = 40


def find_squares(grey: np.ndarray) -> np.ndarray:
    """Centres and sides of solid squares: float array (n, 3) of x, y, side in full-size px, biggest fill first."""
    small, scale = shrink(grey, SMALL_SIDE)
    dark = _dark(small)
    count, _, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=4)
    found = []
    low, high = (share * max(small.shape) for share in SIDE_SHARE)
    for label in range(1, count):
        _, _, width, height, area = stats[label]
        if not (low <= width <= high and low <= height <= high and 0.66 <= width / height <= 1.5):
            continue
        fill = area / (width * height)
        if fill >= 0.62:
            found.append((fill, (centres[label] + 0.5) * scale - 0.5, float(np.sqrt(area)) * scale))
    found.sort(key=lambda item: -item[0])
    refined = [_refine(grey, centre, side) for _, centre, side in found[:MOST]]
    return np.array([square for square in refined if square is not None], np.float64).reshape(-1, 3)


def shrink(grey: np.ndarray, longest: int) -> tuple[np.ndarray, int]:
    """The picture made smaller by a whole factor, so that its longest side is `longest` px at most, and that factor.
    Whole factors are several times as fast as others; the last few rows and columns may be left out."""
    factor = -(-max(grey.shape) // longest)
    if factor == 1:
        return grey, 1
    height, width = (side // factor for side in grey.shape)
    return cv2.resize(grey[:height * factor, :width * factor], (width, height), interpolation=cv2.INTER_AREA), factor


def _dark(small: np.ndarray) -> np.ndarray:
    """1 where a pixel is far darker than the paper round it, so that shadows do not count."""
    around = max(15, (max(small.shape) // 12) | 1)
    tiny = cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(tiny, np.ones((around // 4, around // 4), np.uint8))
    paper = cv2.resize(cv2.blur(paper, (around // 4, around // 4)), small.shape[::-1])
    return (small.astype(np.uint16) * 100 < paper.astype(np.uint16) * 58).astype(np.uint8)


def _refine(grey: np.ndarray, centre: np.ndarray, side: float) -> tuple[float, float, float] | None:
    """Centre and side at full size; None when the thing there is not a solid square after all."""
    reach = side * 0.9
    x0, y0 = (max(0, int(c - reach)) for c in centre)
    x1, y1 = int(centre[0] + reach) + 2, int(centre[1] + reach) + 2
    window = grey[y0:y1, x0:x1]
    if min(window.shape) < 6:
        return None
    low, high = np.percentile(window, (10, 95))
    if high - low < 50:
        return None
    dark = (window < (low + high) / 2).astype(np.uint8)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=4)
    at = labels[min(labels.shape[0] - 1, int(centre[1] - y0)), min(labels.shape[1] - 1, int(centre[0] - x0))]
    if at == 0:
        return None
    area, width, height = stats[at, 4], stats[at, 2], stats[at, 3]
    # A tilted square fills less of its upright box: 1 / (1 + sin 2a), 0.66 at 15 degrees.
    if area < 0.6 * width * height or not 0.75 < width / height < 1.33 or not 0.7 < np.sqrt(area) / side < 1.35:
        return None
    return float(centres[at][0] + x0), float(centres[at][1] + y0), float(np.sqrt(area))
