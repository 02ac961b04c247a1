"""Rubbed-out dots: flattened with a nail, they stay visible as faint bumps. A commission must be
told of them.

The network says how surely there is a dot; it does not say how high. So every dot that was read is
measured against the dots around it, and a cell with a dot much fainter than its neighbours carries
a doubt flag.
"""

import cv2
import numpy as np
import numpy.typing as npt

from examday.braille.detect import READING_HEIGHT, Found
from examday.braille.picture import Grey

Array = npt.NDArray[np.float32]

_CELL_IN_DOTS = (1.98, 3.07)  # width and height of a box in dot distances
_LOW = 0.7
_NEIGHBOURS = 60  # dots whose median strength a dot is measured against
_PLACES = np.array([[-0.5, -1], [-0.5, 0], [-0.5, 1], [0.5, -1], [0.5, 0], [0.5, 1]], np.float32)


def strengths(picture: Grey, found: Found) -> Array:
    """N×6: the relief of each dot that was read against the median of dots near it; 1 where no dot
    was read.

    `picture` is the one the cells were found in, in the same pixels.
    """
    relative = np.ones((len(found.centres), 6), np.float32)
    on = found.p > 0.5
    if on.sum() < _NEIGHBOURS // 2:
        return relative
    scale = READING_HEIGHT / max(found.cell_height, 1.0)
    relief = _relief(picture, scale)
    step = found.sizes / np.array(_CELL_IN_DOTS, np.float32)
    places = np.asarray(
        (found.centres[:, None, :] + _PLACES[None] * step[:, None, :]) * scale, np.float32
    )
    columns = np.clip(places[..., 0].round().astype(int), 0, relief.shape[1] - 1)
    rows = np.clip(places[..., 1].round().astype(int), 0, relief.shape[0] - 1)
    heights = relief[rows, columns]
    relative[on] = _against_neighbours(places[on], heights[on])
    return relative


def _relief(picture: Grey, scale: float) -> Array:
    """How much light and dark differ around each pixel of the picture at this scale."""
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    rise = cv2.dilate(small, brush).astype(np.float32) - cv2.erode(small, brush)
    return np.asarray(cv2.blur(rise, (3, 3)), np.float32)


def _against_neighbours(places: Array, heights: Array) -> Array:
    """Height of each dot over the median of the nearest ones, for light and relief change slowly
    over a page; dots that are not low for the page are not looked at more closely."""
    relative = heights / max(float(np.median(heights)), 1.0)
    count = min(_NEIGHBOURS, len(heights))
    for i in np.flatnonzero(relative < _LOW):
        away = np.abs(places - places[i]).sum(1)
        near = heights[np.argpartition(away, count - 1)[:count]]
        relative[i] = heights[i] / max(float(np.median(near)), 1.0)
    return np.asarray(relative, np.float32)
