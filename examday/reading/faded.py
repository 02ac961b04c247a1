"""Rows of a form whose printed borders cannot be seen though those of the others can.

Blur in the middle of a photo, the shine of a lamp, a strip that the scanner smeared: the squares in
the corners look well, and what was written there is gone like the borders round it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from examday.domain.transfer.fields import FieldId, Group
from examday.paper.layout import Box, Comb
from examday.reading.flatten import PX, Flat

ZONES = 5, 8  # columns and rows of zones over a sheet: pieces of a handful of rows each
SEEN = 0.03  # darkness of the borders in the middle of all zones, below which they say nothing
FADED = 0.45
"""Share of it below which a zone cannot be seen. Measured: good scans and photos 0.77 and more, blur of
a third of a millimetre and a lamp's shine 0.39 and less."""
BEYOND_MM, NEAR_MM = 1.2, 0.35  # paper on both sides of a border; how far the border may be off
FEWEST_CELLS = 6  # of a row: the writing in a short one hides its borders
FEWEST_ROWS = 2  # of a zone: something may lie on a single one
FEWEST_SHADES = 8  # grey values on a page; one of black and white has lost its fine dots
REPLACEMENTS = "replacements"


def faded_fields(grey: np.ndarray, flat: Flat) -> list[str]:
    """Return the numbers of the tasks whose rows cannot be seen, in order.

    `REPLACEMENTS` stands for rows of that zone. Empty for a page of one bit and for a form without
    rows. `grey`: the page as it was given; `flat`: the same straightened.
    """
    if len(np.unique(grey[::16, ::16])) < FEWEST_SHADES:
        return []
    zones: dict[tuple[int, int], list[tuple[str, float]]] = {}
    layout = flat.fit.layout
    for comb in layout.combs:
        if comb.role == "header" or comb.cells < FEWEST_CELLS:
            continue
        for x0, y0, x1, y1 in _pieces(comb):
            zone = int(ZONES[0] * (x0 + x1) / 2 / layout.width), int(ZONES[1] * y0 / layout.height)
            zones.setdefault(zone, []).append((comb.field, _contrast(flat, (x0, y0, x1, y1))))
    seen = {
        zone: float(np.median([dark for _, dark in rows]))
        for zone, rows in zones.items()
        if len(rows) >= FEWEST_ROWS
    }
    usual = float(np.median(list(seen.values()))) if seen else 0.0
    if usual < SEEN:
        return []
    faded = [zone for zone, dark in seen.items() if dark < FADED * usual]
    return _named(field for zone in faded for field, _ in zones[zone])


def _pieces(comb: Comb) -> Iterator[Box]:
    """A row in pieces of a few cells, so that what covers a part of it shows."""
    x0, y0, x1, y1 = comb.box
    edges = np.linspace(x0, x1, max(1, comb.cells // FEWEST_CELLS) + 1)
    for left, right in zip(edges, edges[1:], strict=False):
        yield float(left), y0, float(right), y1


def _contrast(flat: Flat, box: Box) -> float:
    """How dark the better seen of a row's upper and lower border is against the paper beside it."""
    x0, y0, x1, y1 = box
    return max(_border(flat, x0, x1, y) for y in (y0, y1))


def _border(
    flat: Flat,
    x0: float,
    x1: float,
    y: float,
) -> float:
    top, bottom = max(0, round((y - BEYOND_MM) * PX)), round((y + BEYOND_MM) * PX)
    dark = flat.darkness(round(x0 * PX), top, round(x1 * PX), bottom)
    profile = cv2.reduce(dark, 1, cv2.REDUCE_AVG).ravel()
    middle, near = len(profile) // 2, round(NEAR_MM * PX)
    # The darkness that a quarter of the profile lies below: of paper.
    bare = np.sort(profile)[len(profile) // 4]
    return float(profile[middle - near : middle + near + 1].max() - bare)


def _named(fields: Iterable[str]) -> list[str]:
    ids = [FieldId.parse(field) for field in fields]
    short = sorted({field.number for field in ids if field.group is Group.SHORT})
    others = [REPLACEMENTS] if any(field.group is not Group.SHORT for field in ids) else []
    return [*map(str, short), *others]
