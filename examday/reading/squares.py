"""Finds the solid black squares printed on a form.

Works small first, then measures each centre at full size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

# Longest side of the small picture, px; a 5 mm mark on a 297 mm page is then 15 px
SMALL_SIDE = 900
# A mark's side as a share of the page's longest side: 5.08/297 halved and doubled
SIDE_SHARE = 0.0085, 0.034
MOST = 40
# A square turned by 45° fills half of its upright box, a frayed one a little less
TURNED_FILL = 0.45
SQUARE_FILL = 0.8  # and nearly all of the box that is turned as it is: print is frayed by copying
CUT = 0.3  # least share of a square that a lost margin may leave of it


def find_squares(grey: np.ndarray) -> np.ndarray:
    """Find the centres and sides of solid squares.

    Float array (n, 3) of x, y, side in full-size px, biggest fill first.
    """
    refined = [_refine(grey, centre, side) for centre, side in _blobs(grey, 0.66)]
    return _table(square for square in refined if square is not None)


def cut_squares(grey: np.ndarray) -> np.ndarray:
    """Squares of which a lost margin left a strip, as `find_squares` gives them.

    It cannot be seen which end of a strip is missing, so each gives two squares; only the true one
    will lie in its place on a form.
    """
    return _table(
        square for centre, side in _blobs(grey, CUT) for square in _completed(grey, centre, side)
    )


def _table(squares: Iterable[tuple[float, float, float]]) -> np.ndarray:
    return np.array(list(squares), np.float64).reshape(-1, 3)


def _blobs(grey: np.ndarray, slimmest: float) -> list[tuple[np.ndarray, float]]:
    """Find solid dark boxes: their centres and longer sides, in full-size px.

    The shorter side is at least `slimmest` of the longer.
    """
    small, scale = shrink(grey, SMALL_SIDE)
    dark = _dark(small)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=4)
    found = []
    low, high = (share * max(small.shape) for share in SIDE_SHARE)
    longest, least = stats[:, 2:4].max(axis=1), stats[:, 2:4].min(axis=1)
    # Asked cheaply first: of a thousand things on a page a few dozen have the size of a square.
    likely = (longest >= low) & (longest <= high) & (least >= slimmest * np.maximum(low, longest))
    likely[0] = False
    for label in np.flatnonzero(likely):
        left, top, width, height, area = stats[label]
        longer, shorter = max(width, height), min(width, height)
        fill = area / (width * height)
        if TURNED_FILL <= fill < 0.62:
            window = labels[top : top + height, left : left + width]
            fill = _turned_fill(window == label, area)
        if fill >= 0.62:
            side = float(np.sqrt(area)) if shorter >= 0.66 * longer else float(longer)
            found.append((fill, (centres[label] + 0.5) * scale - 0.5, side * scale))
    found.sort(key=lambda item: -item[0])
    return [(centre, side) for _, centre, side in found[:MOST]]


def _turned_fill(mask: np.ndarray, area: int) -> float:
    """Share of the smallest box, however it is turned, that a thing fills; 0 unless it is a square one.

    A square turned by 45 degrees fills half of its upright box.
    """
    points = np.argwhere(mask).astype(np.float32)
    _, sides, _ = cv2.minAreaRect(points)
    longer, shorter = max(sides) + 1, min(sides) + 1
    fill = float(area) / (longer * shorter)
    return fill if shorter >= 0.75 * longer and fill >= SQUARE_FILL else 0.0


def shrink(grey: np.ndarray, longest: int) -> tuple[np.ndarray, int]:
    """Make the picture smaller by a whole factor; return it and that factor.

    Its longest side is then `longest` px at most. Whole factors are several times as fast as
    others; the last few rows and columns may be left out.
    """
    factor = -(-max(grey.shape) // longest)
    if factor == 1:
        return grey, 1
    height, width = (side // factor for side in grey.shape)
    return cv2.resize(
        grey[: height * factor, : width * factor], (width, height), interpolation=cv2.INTER_AREA
    ), factor


def _dark(small: np.ndarray) -> np.ndarray:
    """1 where a pixel is far darker than the paper round it, so that shadows do not count."""
    around = max(15, (max(small.shape) // 12) | 1)
    tiny = cv2.resize(
        small,
        None,
        fx=0.25,
        fy=0.25,
        interpolation=cv2.INTER_AREA,
    )
    paper = cv2.dilate(tiny, np.ones((around // 4, around // 4), np.uint8))
    paper = cv2.resize(cv2.blur(paper, (around // 4, around // 4)), small.shape[::-1])
    return (small.astype(np.uint16) * 100 < paper.astype(np.uint16) * 58).astype(np.uint8)


def _refine(grey: np.ndarray, centre: np.ndarray, side: float) -> tuple[float, float, float] | None:
    """Centre and side at full size; None when the thing there is not a solid square after all."""
    reach = side * 0.9
    x0, y0 = (max(0, int(c - reach)) for c in centre)
    x1, y1 = int(centre[0] + reach) + 2, int(centre[1] + reach) + 2
    blob = _blob(grey[y0:y1, x0:x1], centre[0] - x0, centre[1] - y0)
    if blob is None:
        return None
    (left, top, width, height, area), middle, mask = blob
    # A turned square fills less of its upright box: 1 / (1 + sin 2a), 0.66 at 15 degrees.
    turned = mask[top : top + height, left : left + width]
    solid = area >= 0.6 * width * height or _turned_fill(turned, area) > 0
    if not solid or not 0.75 < width / height < 1.33 or not 0.7 < np.sqrt(area) / side < 1.35:
        return None
    return float(middle[0] + x0), float(middle[1] + y0), float(np.sqrt(area))


def _completed(
    grey: np.ndarray, centre: np.ndarray, side: float
) -> Iterator[tuple[float, float, float]]:
    """The two squares that a solid strip round `centre`, `side` px long, may be what is left of."""
    x0, y0 = (max(0, int(c - side)) for c in centre)
    window = grey[y0 : int(centre[1] + side) + 2, x0 : int(centre[0] + side) + 2]
    blob = _blob(window, centre[0] - x0, centre[1] - y0)
    if blob is None:
        return
    (left, top, width, height, area), _, _mask = blob
    longer, shorter = float(max(width, height)), float(min(width, height))
    if area < 0.75 * width * height or not CUT <= shorter / longer < 0.75:
        return
    x, y = x0 + left + (width - 1) / 2, y0 + top + (height - 1) / 2
    off = (longer - shorter) / 2
    for sign in (-1, 1):
        yield (x + sign * off, y, longer) if width < height else (x, y + sign * off, longer)


def _levels(window: np.ndarray) -> tuple[float, float]:
    """The grey values that a tenth and that nineteen twentieths of a window lie below.

    From how often each occurs, several times as fast as putting them in order.
    """
    total = np.cumsum(np.bincount(window.ravel(), minlength=256))
    places = np.array([0.1, 0.95]) * (window.size - 1)
    low, high = (
        np.searchsorted(total, at, side="right") for at in (np.floor(places), np.ceil(places))
    )
    tenth, most = low + (high - low) * (places - np.floor(places))
    return float(tenth), float(most)


def _blob(
    window: np.ndarray, x: float, y: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Measure the dark thing at x, y in a window; None for bare paper.

    Returns its left, top, width, height and area, its centre, and True where it is.
    """
    if min(window.shape) < 6:
        return None
    low, high = _levels(window)
    if high - low < 50:
        return None
    dark = cv2.threshold(window, np.ceil((low + high) / 2) - 1, 1, cv2.THRESH_BINARY_INV)[1]
    _, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=4)
    at = labels[min(labels.shape[0] - 1, int(y)), min(labels.shape[1] - 1, int(x))]
    return None if at == 0 else (stats[at], centres[at], labels == at)
