"""Cells of a form of which not one border is seen, some beside each other: something lies on them.

A strip of paper, a folded corner, a black band. What fades loses the borders of one direction first, as a fax
of half the height its level lines; what lies on a sheet hides the upright ones as well. The level ones may go
on being seen: a strip as high as a row has edges where they are. Over whole zones `faded` judges; these are
pieces as small as two cells of two rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from examday.paper.layout import Comb
from examday.reading.flatten import COARSE, PX, Flat

# how far the fit may be off, and paper on both sides of a border, without the next line
NEAR_MM, BEYOND_MM = 0.45, 1.2
FEWEST_CELLS = 6  # of a row that tells how borders look here: writing hides some of a short one
SEEN = 0.03  # darkness of the borders of all cells: with less none can be told from noise
HIDDEN = 0.35
"""Share of it below which a border is not there. Measured on good scans, of one bit too: the palest cell of 224
files has 0.5 and more, 0.77 where it is grey."""
GONE = 0.2
"""Share below which nothing is left of an upright border, where nothing is left of those beside it either. On the
same scans four in a row have 0.74 and more; what a lamp washed out keeps more, and is told as `faded`."""
BLACK = 0.35  # of the brightness of other cells: no writing darkens a whole cell so much
LONG, ROWS, BESIDE = 4, 2, 2
"""So many cells beside each other in one row, or two of each of two rows, which may be as short as a task's
number: a blot may hide one."""
LIGHT = 0.8  # of the brightness of other cells: no blot hides the borders of such a cell, so two say enough

_Cells = tuple[Comb, np.ndarray]
"""A row, and which of its cells are hidden."""


@dataclass(frozen=True)
class _Row:
    """How dark the level and upright borders of a row's cells are, and how bright the cells."""

    comb: Comb
    level: np.ndarray
    upright: np.ndarray
    bright: np.ndarray


def covered_fields(flat: Flat, shades: bool) -> list[str]:
    """Return the fields of which cells are hidden, some more than once.

    `shades`: the page has more than black and white. Of one that has not, only what is black can be told:
    it may have lost its fine dots.
    """
    rows = [
        row
        for comb in flat.fit.layout.combs
        if comb.role != "header" and comb.cells >= BESIDE
        for row in [_look(flat, comb)]
        if row is not None
    ]
    long = [row for row in rows if row.comb.cells >= FEWEST_CELLS]
    if not long:
        return []
    level, upright, bright = (
        float(np.median(np.concatenate(values)))
        for values in zip(*((row.level, row.upright, row.bright) for row in long), strict=True)
    )
    told = shades and min(level, upright) >= SEEN
    hidden: list[_Cells] = []
    light: list[_Cells] = []
    found = []
    for row in rows:
        gone = row.bright < BLACK * bright
        if told:
            gone |= np.maximum(row.level / level, row.upright / upright) < HIDDEN
            if _run(row.upright < GONE * upright) >= LONG:
                found.append(row.comb.field)
        hidden.append((row.comb, gone))
        light.append((row.comb, gone & (row.bright > LIGHT * bright)))
    return [*found, *_together(hidden, LONG, BESIDE), *_together(light, BESIDE, 1)]


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


def _together(rows: Sequence[_Cells], long: int, beside: int) -> list[str]:
    """Fields of which so many cells are hidden: beside each other, or of two rows under each other each."""
    found = []
    for comb, mine in rows:
        under = [
            cells
            for other, cells in rows
            if (other.x, other.cells) == (comb.x, comb.cells)
            and 0 < abs(other.y - comb.y) < ROWS * comb.height
        ]
        if _run(mine) >= long or any(_run(mine & other) >= beside for other in under):
            found.append(comb.field)
    return found


def _run(cells: np.ndarray) -> int:
    """The longest run of True."""
    longest = here = 0
    for cell in cells:
        here = here + 1 if cell else 0
        longest = max(longest, here)
    return longest
