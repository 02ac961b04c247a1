"""Second registration, row by row: lays the dotted borders of each row on those of the layout.

A fit over the whole page is not enough: paper stretches and folds, copiers bend. Each row is moved
on its own; rows whose borders cannot be seen follow a smooth surface through the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from examday.paper.layout import Comb
from examday.reading.flatten import PX, Flat

REACH = 14  # px a row may be moved: 1.2 mm of the standard sheet, less than half a cell
FAR = 30  # px a row may be moved where a mark is missing and the page's fit is a guess: 2.5 mm, half a pitch
FAINT = 0.3  # darker than this counts no more than a border dot, so that writing does not pull
SURE = 3.2  # a shift hardly better than the others, in their spread, is chance
AGREES = 3.0  # px a row may differ from the surface through its neighbours: paper does not jump


@dataclass(frozen=True)
class Shifts:
    """How far the rows of a page lie from their places.

    `of[i]`: dx, dy in px of row i on the straightened page; `residual_mm`: how far the measured
    rows still lie from the smooth surface, root mean square; `seen`: share of rows outside the
    header whose borders were found.
    """

    of: np.ndarray
    residual_mm: float
    seen: float


def register_rows(flat: Flat, combs: tuple[Comb, ...]) -> Shifts:
    """Measure how far each row of a page lies from its place in the layout."""
    found = measure(flat, combs)
    centres = np.array([((c.box[0] + c.box[2]) / 2, (c.box[1] + c.box[3]) / 2) for c in combs])
    scaled = (centres - (flat.fit.layout.width / 2, flat.fit.layout.height / 2)) / 100
    design = np.c_[np.ones(len(combs)), scaled, scaled[:, :1] * scaled[:, 1:], scaled**2]
    smooth, gaps = np.zeros_like(found), []
    for axis in (0, 1):
        known = ~np.isnan(found[:, axis])
        smooth[:, axis] = _surface(design, found[:, axis], known)
        gaps.append(np.abs(found[known, axis] - smooth[known, axis]))
    near = np.abs(found - smooth) <= AGREES
    own = np.where(near & ~np.isnan(found), found, smooth)
    spread = np.concatenate(gaps)
    residual = float(np.sqrt((spread**2).mean()) / PX) if len(spread) else float("nan")
    white = np.array(
        [comb.role != "header" for comb in combs]
    )  # not measured: header cells stand on grey, where their dots do not show
    seen = float((~np.isnan(found[white])).all(axis=1).mean()) if white.any() else 1.0
    return Shifts(own, residual, seen)


@lru_cache(maxsize=1024)
def parts_of(comb: Comb) -> tuple[Comb, ...]:
    """Cut a long row in three; a short one stays whole.

    Where the fit is a guess the row may be tilted, and a whole row's line would be smeared.
    """
    if comb.cells < 9:
        return (comb,)
    cuts = [0, comb.cells // 3, 2 * comb.cells // 3, comb.cells]
    return tuple(
        replace(comb, x=comb.x + a * comb.pitch, cells=b - a)
        for a, b in zip(cuts, cuts[1:], strict=False)
    )


def _surface(design: np.ndarray, values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Quadratic through the known values, those far off left out; zero when too few are known.

    It never goes beyond what was measured: carried on over a page it would lay rows on their
    neighbours.
    """
    if known.sum() < 12:
        return np.zeros(len(values))
    keep = known.copy()
    for _ in range(3):
        coefficients = np.linalg.lstsq(design[keep], values[keep], rcond=None)[0]
        off = np.abs(values - design @ coefficients)
        limit = max(1.5, 2.5 * float(np.median(off[keep])))
        better = known & (off <= limit)
        if better.sum() < 12:
            break
        keep = better
    low, high = values[keep].min() - AGREES, values[keep].max() + AGREES
    return np.asarray(np.clip(design @ coefficients, low, high))


def measure(flat: Flat, combs: Sequence[Comb], reach: int = REACH) -> np.ndarray:
    """Return dx, dy (up to `reach` px) that lay the borders of each row on the layout, (rows, 2).

    NaN where they cannot be seen.
    """
    found = np.full((len(combs), 2), np.nan)
    profiles: dict[tuple[int, int], list[tuple[int, np.ndarray, np.ndarray]]] = {}
    for number, comb in enumerate(combs):
        ways = zip(_profiles(flat, comb, reach), _lines(comb, reach), strict=False)
        for axis, (profile, lines) in enumerate(ways):
            alike = profiles.setdefault((axis, lines.shape[1]), [])
            alike.append((number, profile, lines))
    # Rows with as many lines are judged together: one by one took most of the time.
    for (axis, _count), alike in profiles.items():
        numbers, shown, lines_of = zip(*alike, strict=True)
        found[list(numbers), axis] = _best(shown, np.stack(lines_of), reach)
    return found


def _profiles(flat: Flat, comb: Comb, reach: int) -> tuple[np.ndarray, ...]:
    """How dark a row and what is round it are, column by column and line by line.

    None where it would leave the page.
    """
    x0, y0, x1, y1 = (round(v * PX) for v in comb.box)
    if (
        min(x0, y0) < reach + 2
        or x1 + reach + 2 > flat.page.shape[1]
        or y1 + reach + 2 > flat.page.shape[0]
    ):
        return ()
    window = flat.page[y0 - reach - 1 : y1 + reach + 2, x0 - reach - 1 : x1 + reach + 2]
    bare = _middle(window[::4, ::4])
    palest = int(max(0.0, bare - FAINT * max(30.0, bare - flat.black)))
    faint = cv2.max(window, np.array([float(palest)]))
    across = cv2.reduce(faint[reach:-reach], 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    down = cv2.reduce(faint[:, reach:-reach], 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return bare - across.ravel(), bare - down.ravel()


def _middle(grey: np.ndarray) -> float:
    """The median of grey values, from how often each occurs: faster than putting them in order."""
    counts = cv2.calcHist([np.ascontiguousarray(grey)], [0], None, [256], [0, 256])
    total = np.cumsum(counts)
    low, high = np.searchsorted(total, ((grey.size - 1) // 2, grey.size // 2), side="right")
    return float(low + high) / 2


@lru_cache(maxsize=1024)
def _lines(comb: Comb, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the borders of a row stand in its profiles, px, one row for every shift.

    Kept: the same rows are measured on every page, several times.
    """
    shifts = np.arange(-reach, reach + 1)[:, None] + reach + 1
    across = [v for i in range(comb.cells) for v in (comb.cell(i)[0], comb.cell(i)[2])]
    lines = np.array(across) * PX - comb.x * PX, np.array([0.0, comb.height * PX])
    sides, edges = (np.round(at).astype(int)[None, :] + shifts for at in lines)
    return sides, edges


def _best(profiles: Sequence[np.ndarray], lines: np.ndarray, reach: int) -> np.ndarray:
    """Shift in px at which each profile is darkest on its lines, NaN unless it stands out."""
    padded = np.zeros((len(profiles), max(map(len, profiles)) + 2))
    for row, profile in zip(padded, profiles, strict=True):
        row[1 : 1 + len(profile)] = profile
    soft = 0.25 * padded[:, :-2] + 0.5 * padded[:, 1:-1] + 0.25 * padded[:, 2:]
    each = np.arange(len(profiles))
    scores = soft[each[:, None, None], lines].mean(axis=2)
    best = scores.argmax(axis=1)
    others = np.abs(np.arange(2 * reach + 1) - best[:, None]) > 2
    count = others.sum(axis=1)
    mean = np.where(others, scores, 0).sum(axis=1) / count
    spread = np.sqrt(np.where(others, (scores - mean[:, None]) ** 2, 0).sum(axis=1) / count)
    # At the end of the reach the peak has no neighbour to be placed by.
    inner = best.clip(1, 2 * reach - 1)
    sure = (scores[each, best] - mean >= SURE * (spread + 0.02)) & (inner == best)
    left, here, right = (scores[each, inner + step] for step in (-1, 0, 1))
    bend = left - 2 * here + right
    top = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, 1), 0)
    return np.where(sure, best - reach + top, np.nan)
