"""Tell whether a sheet went through a scanner in one piece.

Of a form for long answers only squares and a frame are seen, and whole stretches between them show
nothing. So they are asked together: paper that lies flat is turned, scaled and sheared as one, and a
feeder that pulls a stretch of it, or drags it askew, moves some of that print against the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from examday.paper.layout import Layout
from examday.reading.evidence import FRAME, MARK, Trace
from examday.reading.fit import Fit

FLAT_MM = 0.15  # so far off the flat sheet print may lie, which is drawn and measured to half of it
LEARNED_MM = 0.3  # and print of a form learned from sheets, whose places are told to 0.2 mm only
WRITTEN = 2  # pieces of frames that writing may have pulled
# From which print counts half: most of a sheet is right even where a stretch is not.
STRAY_MM = 0.15
ROUNDS = 6


def in_one_piece(fit: Fit, found: Sequence[Trace]) -> bool:
    """Whether squares and frames lie as on a flat sheet, the place of each told by all the others.

    `found`: what was measured under the fit. Where nothing is seen, nothing contradicts.
    """
    seen = [trace for trace in found if trace.kind in (MARK, FRAME)]
    if not seen:
        return True
    off = np.abs(_off_flat(fit, seen))
    square = np.array([trace.kind == MARK for trace in seen])
    frame = np.sort(off[~square])[: max(0, int((~square).sum()) - WRITTEN)]
    return bool(np.r_[off[square], frame, 0.0].max() <= _bound(fit.layout))


def _bound(layout: Layout) -> float:
    return LEARNED_MM if layout.measured else FLAT_MM


def _off_flat(fit: Fit, seen: Sequence[Trace]) -> np.ndarray:
    """How far, mm, each trace lies from where the best flat sheet has it."""
    at = np.array([trace.at for trace in seen])
    way = np.eye(2)[[trace.axis for trace in seen]]
    place = fit.project(at + way * np.array([[trace.off] for trace in seen]))
    # px of the picture that a millimetre goes along the measured axis there: under a camera it
    # differs from place to place
    along = fit.project(at + way) - fit.project(at)
    along /= (along**2).sum(axis=1, keepdims=True)
    level = np.c_[at / 100, np.ones(len(at))]
    design = (along[:, :, None] * level[:, None, :]).reshape(len(at), 6)
    goal = (along * place).sum(axis=1)
    weight = np.ones(len(at))
    for _ in range(ROUNDS):
        sheet = np.linalg.lstsq(design * weight[:, None], goal * weight, rcond=None)[0]
        left = goal - design @ sheet
        weight = 1 / (1 + (left / STRAY_MM) ** 2)
    return np.asarray(left)
