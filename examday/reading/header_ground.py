"""Tell whether the cells of a header lie where the form says, by the grey ground they are printed on.

No rule stands beside them, and what is near lies below: a feeder that pulls the first stretch of a
sheet moves them alone. The ground may contradict a fit and never confirms one: a fax has lost it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from examday.paper.layout import Comb
from examday.reading.evidence import darkness_of
from examday.reading.flatten import PX, Flat

REACH_MM = 1.4  # how far off a ground is looked for: below it the next line of print begins
GREY = 0.04, 0.35
"""Darkness of a ground, at the least and at the most: of a fax only black and white are left."""
STEP = 0.05  # that its edge makes at the least
EDGE_PX = 3  # and how wide that is
CLEAR = 2  # times stronger than anywhere else: writing has edges too
OFF_MM = 0.25  # on good sheets a ground lies within 0.12 mm


def header_elsewhere(flat: Flat) -> bool:
    """Whether the ground of some field of the header is seen, and lies off."""
    fields = (comb for comb in flat.fit.layout.combs if comb.role == "header")
    return any(abs(off) > OFF_MM for comb in fields for off in _offs(flat, comb))


def _offs(flat: Flat, comb: Comb) -> Iterator[float]:
    """How far, mm, the ground of a field lies off across and down; nothing where it is not told."""
    x0, y0, x1, y1 = comb.box
    far, reach = REACH_MM, round(REACH_MM * PX)
    dark = darkness_of(flat, (x0 - far, y0 - far, x1 + far, y1 + far))
    if not dark.size:
        return
    least, most = GREY
    if not least <= float(np.median(dark[reach:-reach, reach:-reach])) <= most:
        return
    # Ink counts no more than the ground, so that writing does not pull.
    faint = np.minimum(dark, most)
    across = [side for cell in range(comb.cells) for side in comb.cell(cell)[::2]]
    for axis, edges, low in ((0, across, x0), (1, [y0, y1], y0)):
        inner = faint[reach:-reach] if axis == 0 else faint[:, reach:-reach]
        off = _at_edges(inner.mean(axis=axis), np.array(edges) - low, reach)
        if off is not None:
            yield off


def _at_edges(profile: np.ndarray, edges: np.ndarray, reach: int) -> float | None:
    """How far off, mm, a ground lies that begins and ends at these edges by turns; None where none is clear."""
    step = np.convolve(profile, [1, 1, 0, -1, -1], "same")
    step[:2] = step[-2:] = 0
    places = np.round(edges * PX).astype(int) + reach
    shifts = np.arange(1 - reach, reach)
    sign = np.where(np.arange(len(places)) % 2, -1, 1)
    score = (step[np.clip(places + shifts[:, None], 0, len(step) - 1)] * sign).mean(axis=1)
    best = int(score.argmax())
    others = score[np.abs(shifts - shifts[best]) > EDGE_PX]
    if not 0 < best < len(score) - 1 or score[best] < max(STEP, CLEAR * others.max()):
        return None
    left, here, right = score[best - 1 : best + 2]
    bend = left - 2 * here + right
    return float(shifts[best] + (0.5 * (left - right) / bend if bend < 0 else 0)) / PX
