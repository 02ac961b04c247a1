"""Rows of a form whose printed borders cannot be seen though those of the others can.

Blur in the middle of a photo, the shine of a lamp, a strip that the scanner smeared: the squares in
the corners look well, and what was written there is gone like the borders round it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import cv2
import numpy as np

from examday.domain.transfer.fields import FieldId, Group
from examday.paper.layout import Box, Comb
from examday.reading.covered import covered_fields
from examday.reading.flatten import COARSE, PX, Flat

# columns and rows of zones over a sheet: pieces of a handful of rows each, as fading is local
ZONES = 5, 8
# darkness of the borders in the middle of all zones, below which no zone can be told from noise
SEEN = 0.03
SURE = 0.6  # share from which a zone is seen for sure: told by the bytes alone, which is quicker
FADED = 0.45
"""Share of it below which a zone cannot be seen. Measured: good scans and photos 0.77 and more, blur of
a third of a millimetre and a lamp's shine 0.39 and less."""
# paper on both sides of a border, without the next line; how far the border may be off
BEYOND_MM, NEAR_MM = 1.2, 0.35
FEWEST_CELLS = 6  # of a row: the writing in a short one hides its borders
FEWEST_ROWS = 2  # of a zone: something may lie on a single one
# grey values on a page: one of black and white has lost its fine dots, so nothing can be told
FEWEST_SHADES = 8
REPLACEMENTS = "replacements"
Window = tuple[int, int, int, int]


def faded_fields(grey: np.ndarray, flat: Flat) -> list[str]:
    """Return the numbers of the tasks whose rows cannot be seen, in order.

    `REPLACEMENTS` stands for rows of that zone. Of a page of one bit only what is covered in black; empty
    for a form without rows. `grey`: the page as it was given; `flat`: the same straightened.
    """
    shades = np.count_nonzero(np.bincount(grey[::16, ::16].ravel(), minlength=256))
    covered = covered_fields(flat, bool(shades >= FEWEST_SHADES))
    return _named([*(_faded(flat) if shades >= FEWEST_SHADES else ()), *covered])


def _faded(flat: Flat) -> list[str]:
    """The fields of all zones that are seen much worse than the others."""
    zones: dict[tuple[int, int], list[tuple[str, Box]]] = {}
    layout = flat.fit.layout
    for comb in layout.combs:
        if comb.role == "header" or comb.cells < FEWEST_CELLS:
            continue
        for box in _pieces(comb):
            x0, y0, x1, _y1 = box
            zone = int(ZONES[0] * (x0 + x1) / 2 / layout.width), int(ZONES[1] * y0 / layout.height)
            zones.setdefault(zone, []).append((comb.field, box))
    zones = {zone: rows for zone, rows in zones.items() if len(rows) >= FEWEST_ROWS}
    # Of a good scan the bytes alone say so, in a fifth of the time.
    if not zones or min((about := _seen(flat, zones, _grey)).values()) >= SURE * _usual(about):
        return []
    seen = _seen(flat, zones, _dark)
    usual = _usual(seen)
    if usual < SEEN:
        return []
    faded = [zone for zone, dark in seen.items() if dark < FADED * usual]
    return [field for zone in faded for field, _ in zones[zone]]


def _seen(
    flat: Flat,
    zones: Mapping[tuple[int, int], list[tuple[str, Box]]],
    border: Callable[[Flat, Window], np.ndarray],
) -> dict[tuple[int, int], float]:
    """How well the borders of rows are seen in each zone; `border`: darkness down a window."""
    return {
        zone: float(np.median([_contrast(flat, box, border) for _, box in rows]))
        for zone, rows in zones.items()
    }


def _usual(seen: Mapping[tuple[int, int], float]) -> float:
    return float(np.median(list(seen.values())))


@lru_cache(maxsize=256)
def _pieces(comb: Comb) -> tuple[Box, ...]:
    """A row in pieces of a few cells, so that what covers a part of it shows."""
    x0, y0, x1, y1 = comb.box
    edges = np.linspace(x0, x1, max(1, comb.cells // FEWEST_CELLS) + 1).tolist()
    return tuple((left, y0, right, y1) for left, right in zip(edges, edges[1:], strict=False))


def _contrast(flat: Flat, box: Box, border: Callable[[Flat, Window], np.ndarray]) -> float:
    """How dark the better seen of a row's upper and lower border is against the paper beside it."""
    x0, y0, x1, y1 = box
    return max(_stands_out(border(flat, _round(x0, x1, y))) for y in (y0, y1))


def _round(x0: float, x1: float, y: float) -> Window:
    """The window round a border, px."""
    top, bottom = max(0, round((y - BEYOND_MM) * PX)), round((y + BEYOND_MM) * PX)
    return round(x0 * PX), top, round(x1 * PX), bottom


def _dark(flat: Flat, window: Window) -> np.ndarray:
    return np.asarray(cv2.reduce(flat.darkness(*window), 1, cv2.REDUCE_AVG).ravel())


def _grey(flat: Flat, window: Window) -> np.ndarray:
    """As `_dark`, with one brightness of paper for the window, and what is lighter not cut off."""
    x0, y0, x1, y1 = window
    grey = cv2.reduce(flat.page[y0:y1, x0:x1], 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel()
    paper = float(flat.paper[(y0 + y1) // 2 // COARSE, (x0 + x1) // 2 // COARSE])
    return np.asarray((paper - grey) / max(paper - flat.black, 30))


def _stands_out(profile: np.ndarray) -> float:
    middle, near = len(profile) // 2, round(NEAR_MM * PX)
    # A quarter of the profile lies below it: that much is paper, whatever is printed.
    bare = np.sort(profile)[len(profile) // 4]
    return float(profile[middle - near : middle + near + 1].max() - bare)


def _named(fields: Iterable[str]) -> list[str]:
    ids = [FieldId.parse(field) for field in fields]
    short = sorted({field.number for field in ids if field.group is Group.SHORT})
    others = [REPLACEMENTS] if any(field.group is not Group.SHORT for field in ids) else []
    return [*map(str, short), *others]
