"""Move one-column cells to the other column where the page's grid shows that they belong there.

Dots 2 and 5 alone look the same; only the columns of the page tell them apart: on slate, machine
and press every cell of a page stands in one comb (cells about 6.25 mm apart, dots 2.5 mm). A line
of leaders, dot 5 with blanks between, gives the network nothing else to go by.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from examday.braille.detect import Found
from examday.braille.lines import pitch_of, tilt_of

Places = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

_LEFT, _RIGHT = 0b000111, 0b111000
_DOUBTFUL = 0.9
"""Certainty below which a cell may be moved: a sure one was seen where it is."""
_SURE = 0.9
"""Certainty from which a neighbour is a witness: a doubtful one may be off the grid itself."""
_LINES = 4.0
"""Line pitches up or down within which a witness counts: a bent page has another grid further on."""
_CELLS = 8.0
"""Cell pitches aside within which a witness counts, because a page seen at an angle changes its
pitch."""
_LINE = 1.6
"""Line pitch in cell pitches: 10 mm against 6.25 mm."""
_COLUMN = 0.4
"""Distance of a cell's two columns in cell pitches: 2.5 mm against 6.25 mm."""
_WITNESSES = 4
"""Fewer witnesses may agree by chance, and a cell would be moved for nothing."""
_AGREE = 0.9
"""Length of the witnesses' mean direction on the circle of one pitch (1: all agree). Witnesses that
disagree know no place to move a cell to."""
_OFF = 0.25
"""Pitches off the comb that speak against a place; the two columns are 0.4 apart, so half of that
and a little more."""
_ON = 0.13
"""Pitches off the comb that still speak for a place: handwriting on a slate is not exact."""


def move_into_columns(found: Found) -> Found:
    """Move doubtful one-column cells into the grid of the sure cells around them.

    The page is upright. A cell is moved by the distance of two columns, and only where this brings
    it into the grid. Its doubt stays.
    """
    dots = found.dots
    left = (dots & _RIGHT) == 0
    right = (dots & _LEFT) == 0
    witness = ~left & ~right & (found.certainty >= _SURE)
    moved = np.flatnonzero((left | right) & (found.certainty < _DOUBTFUL))
    if witness.sum() < _WITNESSES or not len(moved):
        return found
    pitch = pitch_of(found)
    slope = np.tan(np.radians(tilt_of(found)))
    along, across = _straight(found.centres, slope)
    centres = found.centres.copy()
    p = found.p.copy()
    for index in moved:
        near = witness & _near(index, along, across, pitch)
        step = -_COLUMN if left[index] else _COLUMN
        distances = (along[index] - along[near]) / pitch
        if near.sum() >= _WITNESSES and _fits_after(step, distances):
            centres[index, 0] += step * pitch
            # A cell that is moved by a column has its dots in the other one: 1–3 become 4–6.
            p[index] = p[index][[3, 4, 5, 0, 1, 2]]
    return replace(
        found,
        centres=centres,
        p=p,
        source=None,
    )


def _near(
    index: np.int64,
    along: Array,
    across: Array,
    pitch: float,
) -> npt.NDArray[np.bool_]:
    """Tell which cells stand near enough to a cell to be its witnesses."""
    same_lines = np.abs(across - across[index]) < _LINES * _LINE * pitch
    same_part = np.abs(along - along[index]) < _CELLS * pitch
    return np.asarray(same_lines & same_part, np.bool_)


def _fits_after(step: float, distances: Array) -> bool:
    """Tell whether a cell stands off the comb of its witnesses, and on it after `step`.

    `distances` to the witnesses and `step` in cell pitches.
    """
    # Distances modulo one pitch are angles, so witnesses at any distance can be averaged.
    turns = np.exp(2j * np.pi * distances).mean()
    off = float(np.angle(turns) / (2 * np.pi))
    agreed = bool(np.abs(turns) > _AGREE)
    return agreed and abs(off) > _OFF and abs((off + step + 0.5) % 1 - 0.5) < _ON


def _straight(centres: Places, slope: float) -> tuple[Array, ...]:
    """Return places along the lines and across them, px, for lines that fall by `slope`."""
    x, y = centres.astype(float).T
    return x + slope * y, y - slope * x
