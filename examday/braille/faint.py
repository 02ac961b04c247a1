"""Rubbed-out dots: flattened with a nail, they stay visible as faint bumps.

A commission must be told of them. The network says how surely there is a dot; it does not say how
high. So every dot that was read is measured against the dots around it, and a cell with a dot much
fainter than its neighbours carries a doubt flag.
"""

import cv2
import numpy as np
import numpy.typing as npt

from examday.braille.detect import READING_HEIGHT, Found
from examday.braille.picture import Grey

Array = npt.NDArray[np.float32]

_CELL_IN_DOTS = (1.98, 3.07)
"""Width and height of a box in dot distances, as measured on photographs: dots are found from the
box, because nobody labels them."""
_LOW = 0.7
"""Share of the page's usual height below which a dot is looked at more closely: for most that costs
time for nothing."""
_NEIGHBOURS = 60
"""Dots whose median a dot is measured against: some two dozen cells, over which light hardly changes."""
_PLACES = np.array([[-0.5, -1], [-0.5, 0], [-0.5, 1], [0.5, -1], [0.5, 0], [0.5, 1]], np.float32)
"""Places of dots 1 to 6 around the middle of a cell, in dot distances; the network gives the cell
alone."""


def strengths(picture: Grey, found: Found) -> Array:
    """Return N×6: the relief of each dot that was read against the median of dots near it.

    1 where no dot was read. `picture` is the one the cells were found in, in the same pixels.
    """
    relative = np.ones((len(found.centres), 6), np.float32)
    on = found.p > 0.5
    # Too few dots have no usual height to be compared with.
    if on.sum() < _NEIGHBOURS // 2:
        return relative
    scale = READING_HEIGHT / max(found.cell_height, 1.0)
    relief = _relief(picture, scale)
    step = found.sizes / np.array(_CELL_IN_DOTS, np.float32)
    offsets = _PLACES[None] * step[:, None, :]
    places = np.asarray((found.centres[:, None, :] + offsets) * scale, np.float32)
    heights = _heights_at(relief, places)
    relative[on] = _against_neighbours(places[on], heights[on])
    return relative


def _heights_at(relief: Array, places: Array) -> Array:
    """Return the relief at each place (… x y); places outside of the picture count as its edge."""
    height, width = relief.shape
    columns = np.clip(places[..., 0].round().astype(int), 0, width - 1)
    rows = np.clip(places[..., 1].round().astype(int), 0, height - 1)
    return np.asarray(relief[rows, columns], np.float32)


def _relief(picture: Grey, scale: float) -> Array:
    """Return how much light and dark differ around each pixel of the picture at this scale."""
    small = cv2.resize(
        picture,
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_AREA,
    )
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    rise = cv2.dilate(small, brush).astype(np.float32) - cv2.erode(small, brush)
    return np.asarray(cv2.blur(rise, (3, 3)), np.float32)


def _against_neighbours(places: Array, heights: Array) -> Array:
    """Return the height of each dot over the median of the nearest ones."""
    relative = heights / max(float(np.median(heights)), 1.0)
    count = min(_NEIGHBOURS, len(heights))
    # Light and relief change slowly over a page; only dots that are low for the page are compared
    # with their neighbours, which is the slow part.
    for i in np.flatnonzero(relative < _LOW):
        away = np.abs(places - places[i]).sum(1)
        near = heights[np.argpartition(away, count - 1)[:count]]
        relative[i] = heights[i] / max(float(np.median(near)), 1.0)
    return np.asarray(relative, np.float32)
