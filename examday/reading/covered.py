"""Cells of a form of which not one border is seen, some beside each other: something lies on them.

A strip of paper, a folded corner, a black band. What fades loses the borders of one direction first, as a fax
of half the height its level lines; what lies on a sheet hides the upright ones as well. Over whole zones
`faded` judges; these are pieces as small as two cells of two rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from examday.paper.layout import Comb
from examday.reading.flatten import COARSE, PX, Flat

# how far the fit may be off, and paper on both sides of a border, without the next line
NEAR_MM, BEYOND_MM = 0.45, 1.2
FEWEST_CELLS = 6  # of a row: the writing in a short one hides its borders
SEEN = 0.03  # darkness of the borders of all cells: with less none can be told from noise
HIDDEN = 0.35
"""Share of it below which a border is not there. Measured on good scans, of one bit too: the palest cell of 224
files has 0.5 and more, 0.77 where it is grey."""
BLACK = 0.35  # of the brightness of other cells: no writing darkens a whole cell so much
LONG, ROWS, BESIDE = 4, 2, 2
"""So many cells beside each other in one row, or two of each of two rows: a blot may hide one."""


@dataclass(frozen=True)
class _Row:
    """How dark the level and upright borders of a row's cells are, and how bright the cells."""

    comb: Comb
    level: np.ndarray
    upright: np.ndarray
    bright: np.ndarray


def covered_fields(flat: Flat, shades: bool) -> list[str]:
    """Return the fields of which cells are hidden, in the order of the form.

    `shades`: the page has more than black and white. Of one that has not, only what is black can be told:
    it may have lost its fine dots.
    """
    rows = [
        row
        for comb in flat.fit.layout.combs
        if comb.role != "header" and comb.cells >= FEWEST_CELLS
        for row in [_look(flat, comb)]
        if row is not None
    ]
    if not rows:
        return []
    level, upright, bright = (
        float(np.median(np.concatenate(values)))
        for values in zip(*((row.level, row.upright, row.bright) for row in rows), strict=True)
    )
    told = shades and min(level, upright) >= SEEN
    hidden = {}
    for row in rows:
        gone = row.bright < BLACK * bright
        if told:
            gone |= np.maximum(row.level / level, row.upright / upright) < HIDDEN
        hidden[row.comb.field] = gone
    return _together([row.comb for row in rows], hidden)


def _look(flat: Flat, comb: Comb) -> _Row | None:
    """The borders of a row's cells; None where it would leave the page."""
    beyond, near = round(BEYOND_MM * PX), round(NEAR_MM * PX)
    left, top, right, bottom = (round(v * PX) for v in comb.box)
    high, wide = flat.page.shape
    if min(left, top) < beyond or right + beyond >= wide or bottom + beyond >= high:
        return None
    dark = cv2.bitwise_not(
        flat.page[top - beyond : bottom + beyond, left - beyond : right + beyond]
    )
    starts = [round((comb.cell(i)[0] - comb.x) * PX) + beyond for i in range(comb.cells)]
    edges = np.array([*starts, right - left + beyond])
    inner = cv2.reduce(dark[beyond + near : -beyond - near], 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    places = np.add.outer(edges, np.arange(-beyond, beyond)).clip(0, inner.size - 1)
    sides = _stands_out(inner.ravel()[places].T, near)
    cells = [
        cv2.reduce(dark[:, a:b], 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    lines = np.hstack(cells)
    ends = [_stands_out(part, near) for part in (lines[: 2 * beyond], lines[-2 * beyond :])]
    middles = (left - beyond + (edges[:-1] + edges[1:]) // 2) // COARSE
    paper = flat.paper[(top + bottom) // 2 // COARSE, middles]
    scale = np.maximum(paper - flat.black, 30)
    return _Row(
        comb,
        np.maximum(*ends) / scale,
        np.maximum(sides[:-1], sides[1:]) / scale,
        255 - lines[2 * beyond : -2 * beyond].mean(axis=0),
    )


def _stands_out(profiles: np.ndarray, near: int) -> np.ndarray:
    """How much darker the middle of each column is than a quarter of it, which is paper whatever is printed."""
    middle = len(profiles) // 2
    bare = np.sort(profiles, axis=0)[len(profiles) // 4]
    return np.asarray(profiles[middle - near : middle + near + 1].max(axis=0) - bare)


def _together(rows: Sequence[Comb], hidden: Mapping[str, np.ndarray]) -> list[str]:
    """Fields of which so many cells beside each other are hidden that no blot explains it."""
    found = []
    for comb in rows:
        mine = hidden[comb.field]
        under = [
            hidden[other.field]
            for other in rows
            if (other.x, other.cells) == (comb.x, comb.cells)
            and 0 < abs(other.y - comb.y) < ROWS * comb.height
        ]
        if _run(mine) >= LONG or any(_run(mine & other) >= BESIDE for other in under):
            found.append(comb.field)
    return found


def _run(cells: np.ndarray) -> int:
    """The longest run of True."""
    longest = here = 0
    for cell in cells:
        here = here + 1 if cell else 0
        longest = max(longest, here)
    return longest
