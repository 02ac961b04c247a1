"""Which way up a page lies, whether it is mirrored, and from which side the lamp shines.

A page is read in up to eight ways (four turns, and with light and dark swapped: a lamp at the foot
of the page makes bumps look like dents), each also in the mirror. The way under which the cells are
both surest and most like writing wins: in Russian, as in the Latin alphabets, cells with upper left
dots are common, and their mirror images are not.
"""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from examday.braille.cells import mirror, turn_over
from examday.braille.detect import MODELS, Found, detect
from examday.braille.picture import Grey

Places = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_ALIKE = np.arange(64)
_MIRROR = np.array([mirror(dots) for dots in range(64)])
_OVER = np.array([turn_over(dots) for dots in range(64)])
_CREDIT = 7.0
"""Nats of a surely seen cell: it counts for a way of holding the page, a frequent one more."""
_CLEARLY = 0.35
"""Nats a cell: a smaller lead over the mirror images is no decision."""
_FEW = 12
"""Cells below which a first look decides nothing: a few look like writing in any direction."""
_SURE = 0.75
"""Median certainty below which a first look decides nothing, see `is_sure` for what was measured.
"""
_WRITING = 2.4
"""Nats a cell that Russian text reaches when it is held right; without this bound a page of noise
would be turned."""
_BETTER = 1.25
"""Factor of likeness by which another way must beat the picture as it lies."""
_MORE = 1.5
"""Factor of evidence by which another way must beat it where neither looks like writing."""


@dataclass(frozen=True)
class Way:
    """How a picture is to be held."""

    turned: int = 0
    """Degrees of anticlockwise turning that set it upright: 0, 90, 180, 270. No others: a slight
    tilt is taken out by the lines."""
    mirrored: bool = False
    lamp_below: bool = False
    """The lamp stood at the foot: light and dark are swapped before reading."""


@lru_cache(maxsize=1)
def frequency() -> Scores:
    """Return the logarithm of how often each of the 64 cells stands in writing."""
    # Counted on the training pages, and smoothed: a cell that none of them had is rare, not
    # impossible.
    counts = json.loads((MODELS / "pages.json").read_text("utf-8"))["cell_counts"]
    smooth = np.array(counts, float) + sum(counts) * 5e-4
    smooth[0] = 1.0
    return np.asarray(np.log(smooth / smooth[1:].sum()))


def turn_to(grey: Grey, way: Way) -> Grey:
    """Return the picture as it is to be read."""
    picture = np.rot90(grey, way.turned // 90)
    picture = picture[:, ::-1] if way.mirrored else picture
    return np.ascontiguousarray(255 - picture if way.lamp_below else picture)


def back(points: Places, way: Way, shape: tuple[int, ...]) -> Places:
    """Return points (N×2, x y) of the turned picture as points of the file with this shape (H, W)."""
    height, width = shape[:2]
    across = width if way.turned % 180 == 0 else height
    x, y = points.T.copy()
    x = across - x if way.mirrored else x
    x, y = {0: (x, y), 90: (width - y, x), 180: (width - x, height - y), 270: (y, height - x)}[
        way.turned
    ]
    return np.stack([x, y], 1)


def likeness(found: Found, in_mirror: bool = False) -> float:
    """Return how much the cells look like writing: certainty × (log frequency + credit), summed."""
    return _likeness(found, _MIRROR if in_mirror else _ALIKE)


def _likeness(found: Found, seen_as: Numbers) -> float:
    """Return the likeness of the cells, seen as other cells."""
    dots = seen_as[found.dots]
    return float((found.certainty * (frequency()[dots] + _CREDIT))[dots > 0].sum())


def is_sure(found: Found) -> bool:
    """Tell whether enough cells are seen surely enough for their rows to run across the picture.

    Most cells of a page that lies sideways are doubtful (median certainty up to 0.6 on the training
    pages; lying right or on its head from 0.85).
    """
    return len(found.centres) >= _FEW and bool(np.median(found.certainty) >= _SURE)


def is_upright(found: Found) -> bool:
    """Tell whether a first reading is so sure that no other way need be tried."""
    # Each other way costs a pass of the network; most scans lie right.
    others = (_MIRROR, _OVER, _OVER[_MIRROR])
    ahead = likeness(found) - max(_likeness(found, other) for other in others)
    return is_sure(found) and ahead > _CLEARLY * len(found.centres)


def evidence(found: Found) -> float:
    """Return how much is seen at all, whatever it says: summed squares of certainty."""
    return float((found.certainty**2).sum())


def best_way(
    grey: Grey,
    first: Found,
    scale: float,
    weights: str,
) -> tuple[Way, Found]:
    """Return the way to hold the picture, and what is found then.

    The picture as it lies wins unless another way reads clearly more like writing in Russian or
    Latin letters (other languages have other frequencies: a page in Chinese looks a little better
    in the mirror), or shows much more where the picture as it lies shows nothing surely. The back
    of a two-sided sheet may hold more than its face: what reads best under a lamp from below is the
    back when a lamp from above shows sure cells as well.
    """
    if is_sure(first):
        return _right_way_up(grey, first, scale, weights)
    tries = _tries(grey, first, scale, weights)
    here = likeness(first)
    enough = _MORE * evidence(first)
    better = {way: one for way, one in tries.items() if one[0] > here}
    written = [way for way, (score, found) in better.items() if _like_writing(score, found, here)]
    written = written or [way for way, (_, found) in better.items() if evidence(found) > enough]
    best = max(written, key=lambda way: tries[way][0], default=Way())
    face = Way(best.turned, not best.mirrored, False)
    if best.lamp_below and is_sure(tries[face][1]):
        best = face
    return best, tries[best][1]


def _tries(
    grey: Grey,
    first: Found,
    scale: float,
    weights: str,
) -> dict[Way, tuple[float, Found]]:
    """Return what is found in each way to hold the picture, and how much it looks like writing."""
    tries = {}
    for turned, below in product((0, 90, 180, 270), (False, True)):
        way = Way(turned, False, below)
        picture = turn_to(grey, way)
        # The mirror needs no pass of its own: the same cells, seen from behind.
        found = first if way == Way() else detect(picture, scale, weights)
        tries[way] = (likeness(found), found)
        tries[replace(way, mirrored=True)] = (
            likeness(found, True),
            _in_mirror(found, picture.shape[1]),
        )
    return tries


def _right_way_up(
    grey: Grey,
    first: Found,
    scale: float,
    weights: str,
) -> tuple[Way, Found]:
    """Return the way of a sheet whose rows run across: it lies right or on its head, or mirrored.

    A sheet turned over and on its head is, rather, a picture on its head that shows the back of a
    two-sided sheet: its shadows fall the other way, so that dents pass for dots. Then its face is
    read.
    """
    ways = {
        Way(): _ALIKE,
        Way(0, True): _MIRROR,
        Way(180, False, True): _OVER,
        Way(180, True, True): _OVER[_MIRROR],
    }
    scores = {way: _likeness(first, seen_as) for way, seen_as in ways.items()}
    best = max(scores, key=lambda way: scores[way])
    if best == Way() or not _like_writing(scores[best], first, scores[Way()]):
        return Way(), first
    if best == Way(180, True, True):
        found = detect(turn_to(grey, Way(180)), scale, weights)
        if is_sure(found) and _like_writing(likeness(found), found, 0.0):
            return Way(180), found
    return best, detect(turn_to(grey, best), scale, weights)


def _like_writing(score: float, found: Found, here: float) -> bool:
    """Tell whether a way reads like writing, and clearly better than the picture as it lies."""
    return score > _WRITING * len(found.centres) and score > _BETTER * max(here, 0.0)


def _in_mirror(found: Found, width: int) -> Found:
    """Return the same cells seen in a mirror."""
    centres = found.centres.copy()
    centres[:, 0] = width - centres[:, 0]
    return Found(centres, found.sizes, found.p[:, [3, 4, 5, 0, 1, 2]], found.heat)
