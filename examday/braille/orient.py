"""Which way up a page lies, whether it is mirrored, and from which side the lamp shines.

A page is read in up to eight ways (four turns, and with light and dark swapped: a lamp at the foot of the page makes
bumps look like dents), each also in the mirror. The way under which the cells are both surest and most like writing
wins: in Russian, as in the Latin alphabets, cells with upper left dots are common, and their mirror images are not.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from examday.braille.cells import mirrored, turned_over
from examday.braille.detect import MODELS, Found, detect
from examday.braille.picture import Grey

_ALIKE = np.arange(64)
_MIRROR = np.array([mirrored(dots) for dots in range(64)])
_OVER = np.array([turned_over(dots) for dots in range(64)])
_CREDIT = 7.0  # nats: a surely seen cell counts for a way of holding the page, a frequent one more than a rare one
_CLEARLY = 0.35  # nats a cell: less than this over its mirror images is no decision
_FEW, _SURE = 12, 0.75  # cells, mean certainty: below them a first look decides nothing
_WRITING = 2.4  # nats a cell that Russian text reaches when it is held right, and hardly anything else
_BETTER, _MORE = 1.25, 1.5  # factors by which another way must beat the picture as it lies


@dataclass(frozen=True)
class Way:
    """How a picture is to be held: `turned` anticlockwise quarter turns × 90 to set it upright, mirror, lamp."""

    turned: int = 0
    mirrored: bool = False
    lamp_below: bool = False


@lru_cache(maxsize=1)
def frequency() -> npt.NDArray[np.float64]:
    """Logarithm of how often each of the 64 cells stands in writing (counted on the training pages, smoothed)."""
    counts = json.loads((MODELS / "pages.json").read_text("utf-8"))["cell_counts"]
    smooth = np.array(counts, float) + sum(counts) * 5e-4
    smooth[0] = 1.0
    return np.asarray(np.log(smooth / smooth[1:].sum()))


def held(grey: Grey, way: Way) -> Grey:
    """The picture as it is to be read."""
    picture = np.rot90(grey, way.turned // 90)
    picture = picture[:, ::-1] if way.mirrored else picture
    return np.ascontiguousarray(255 - picture if way.lamp_below else picture)


def back(points: npt.NDArray[np.float32], way: Way, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Points (N×2, x y) of the held picture → points of the file whose shape (H, W) is given."""
    height, width = shape[:2]
    across = width if way.turned % 180 == 0 else height
    x, y = points.T.copy()
    x = across - x if way.mirrored else x
    x, y = {0: (x, y), 90: (width - y, x), 180: (width - x, height - y), 270: (y, height - x)}[way.turned]
    return np.stack([x, y], 1)


def likeness(found: Found, in_mirror: bool = False) -> float:
    """How much the cells look like writing, summed over cells: certainty × (log frequency + credit)."""
    return _likeness(found, _MIRROR if in_mirror else _ALIKE)


def _likeness(found: Found, seen_as: npt.NDArray[np.int64]) -> float:
    dots = seen_as[found.dots]
    return float((found.certainty * (frequency()[dots] + _CREDIT))[dots > 0].sum())


def upright(found: Found) -> bool:
    """Whether a first reading is so sure, and so much more like writing than any mirror image of it, that no other way
    need be tried."""
    count = len(found.centres)
    if count < _FEW or found.certainty.mean() < _SURE:
        return False
    others = (_MIRROR, _OVER, _OVER[_MIRROR])
    return likeness(found) - max(_likeness(found, other) for other in others) > _CLEARLY * count


def evidence(found: Found) -> float:
    """How much is seen at all, whatever it says: summed squares of certainty."""
    return float((found.certainty**2).sum())


def best_way(grey: Grey, first: Found, scale: float, weights: str) -> tuple[Way, Found]:
    """The way to hold the picture, and what is found then.

    The picture as it lies wins unless another way shows much more, or reads clearly more like writing in Russian or
    Latin letters. (Other languages have other frequencies: a page in Chinese looks a little better in the mirror.)
    """
    best, best_found, best_score = Way(), first, likeness(first)
    seen, here = evidence(first), max(best_score, 0.0)
    for way in [Way(turned, False, below) for turned in (0, 90, 180, 270) for below in (False, True)]:
        picture = held(grey, way)
        found = first if way == Way() else detect(picture, scale, weights)
        for in_mirror in (False, True):
            score = likeness(found, in_mirror)
            like_writing = score > _WRITING * len(found.centres) and score > _BETTER * here
            if score > best_score and (like_writing or evidence(found) > _MORE * seen):
                best, best_score = Way(way.turned, in_mirror, way.lamp_below), score
                best_found = _in_mirror(found, picture.shape[1]) if in_mirror else found
    return best, best_found


def _in_mirror(found: Found, width: int) -> Found:
    centres = found.centres.copy()
    centres[:, 0] = width - centres[:, 0]
    return Found(centres, found.sizes, found.p[:, [3, 4, 5, 0, 1, 2]], found.heat)
