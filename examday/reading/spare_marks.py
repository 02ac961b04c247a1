"""Black squares as witnesses: each lies where all the others say, though it had no part in that.

A page of one bit has lost the dots of its cells. What is still seen there lies where chance put it,
and a corner of the sheet may show nothing but its square.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from examday.reading.evidence import CELLS, MARK, SPARE, Trace
from examday.reading.fit import Fit, project, solve

ENOUGH = 5
"""Squares that must be seen whole: of four, three would have to speak for the whole sheet."""
RIGHT_MM = 0.3  # so near its place by the others a square is right, as print is in `proof`
STRAY_MM = 0.6  # one bit leaves crumbs of borders: those further off lie there by chance
# every so many pixels are looked at for their grey: shares need no more, and it is done for each
# page
EVERY = 7
BLACK, DARK = 48, 160  # of a page of one bit, hardly any dark pixel is less than black
SOLID = 0.9  # a page of grey has soft edges, so less of its dark is black


def spare_marks(fit: Fit, found: Sequence[Trace]) -> list[Trace]:
    """Return how far each square lies from where the others put it, mm, along both axes.

    All of them where paper that is merely turned, scaled and sheared explains them, else those that
    a perspective of the other four foretells. Nothing where fewer than `ENOUGH` are seen.
    """
    seen = _seen(found)
    if len(seen) < ENOUGH:
        return []
    places = np.array(list(seen))
    px = fit.project(places + np.array(list(seen.values())))
    affine = _foretold(_affine, px, places)
    if np.abs(affine).max() <= RIGHT_MM:
        return _traces(places, affine)
    tilted = _foretold(solve, px, places)
    # A lone corner is hardly foretold by the others, so what it says of them counts little.
    right = np.abs(tilted).max(axis=1) <= RIGHT_MM
    return _traces(places[right], tilted[right])


def _foretold(
    way: Callable[[np.ndarray, np.ndarray], np.ndarray],
    px: np.ndarray,
    places: np.ndarray,
) -> np.ndarray:
    """How far each place, mm, lies from where its px lies under the `way` of all the others."""
    out = np.zeros(places.shape)
    for i in range(len(places)):
        others = np.arange(len(places)) != i
        out[i] = project(way(px[others], places[others]), px[i : i + 1])[0] - places[i]
    return out


def _affine(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The 3x3 matrix without perspective that takes places (n, 2) to others best."""
    found = np.linalg.lstsq(np.c_[source, np.ones(len(source))], target, rcond=None)[0]
    return np.vstack([found.T, (0.0, 0.0, 1.0)])


def _traces(places: np.ndarray, off: np.ndarray) -> list[Trace]:
    """Each place with what it is off along both axes."""
    return [
        Trace(SPARE, (float(at[0]), float(at[1])), axis, float(by[axis]))
        for at, by in zip(places, off, strict=True)
        for axis in (0, 1)
    ]


def _seen(found: Sequence[Trace]) -> dict[tuple[float, float], tuple[float, float]]:
    """Place of each square that was seen whole, with how far it lies off along x and y, mm."""
    marks = [trace for trace in found if trace.kind == MARK]
    down = {trace.at: trace.off for trace in marks if trace.axis == 1}
    return {t.at: (t.off, down[t.at]) for t in marks if t.axis == 0 and t.at in down}


def without_chance(grey: np.ndarray, found: Sequence[Trace]) -> list[Trace]:
    """Leave out the borders of cells that lie far off by chance on a page of one bit.

    Only where most of the borders that were seen confirm the fit: else they contradict it.
    """
    cells = [abs(trace.off) for trace in found if trace.kind == CELLS]
    most = 2 * sum(off <= RIGHT_MM for off in cells) >= len(cells)
    if not most or not one_bit(grey):
        return list(found)
    return [t for t in found if t.kind != CELLS or abs(t.off) <= STRAY_MM]


def one_bit(grey: np.ndarray) -> bool:
    """Tell whether a picture knows black and white alone, as a fax does."""
    some = grey[::EVERY, ::EVERY]
    dark = some[some < DARK]
    return len(dark) > 0 and float((dark < BLACK).mean()) >= SOLID
