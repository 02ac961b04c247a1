"""Lays a form over the squares found on a scan: which square is which mark, which way up, how
large, how far off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

from examday.paper.layout import Layout

ENOUGH = 3  # marks needed: with fewer, neither skew nor a wrong match would show
NEAR_MM = (
    7.0  # a mark this near its place after turn, scale and shift may still be moved by keystone
)
WELL_MM = 1.2  # and within this after the full fit
SURE_MM = 0.3  # with all marks this near, no other form is tried


@dataclass(frozen=True)
class Fit:
    """A layout laid over a scan. `matrix` 3x3 takes mm of the layout to px of the scan; `marks` are the mark ids found;
    `residual_mm` is the root mean square distance of the marks from their places; `px_per_mm` the mean scale;
    `bend_mm` what turn, scale and shift alone leave over: large for keystone, and for squares that are no marks.
    """

    layout: Layout
    matrix: np.ndarray
    marks: tuple[str, ...]
    residual_mm: float
    px_per_mm: float
    bend_mm: float = 0.0

    @property
    def angle(self) -> float:
        """Degrees the sheet is turned clockwise in the scan, 0…360."""
        dx, dy = self.matrix[:2, :2] @ (1.0, 0.0)
        return float(np.degrees(np.arctan2(dy, dx)) % 360)

    @property
    def turned(self) -> int:
        """The nearest quarter turn: 0, 90, 180 or 270 degrees clockwise."""
        return round(self.angle / 90) % 4 * 90


def lay(layouts: Iterable[Layout], squares: np.ndarray) -> list[Fit]:
    """Fits of the layouts, the best first; none where fewer than three marks agree. `squares`: see
    `find_squares`."""
    fits = []
    for layout in layouts:
        found = _lay_one(layout, squares)
        fits += found
        if any(
            len(fit.marks) == len(layout.markers) > 4 and fit.residual_mm < SURE_MM for fit in found
        ):
            break  # every mark in its place: five squares fit no other form
    return sorted(fits, key=lambda fit: fit.bend_mm * 0.4 + fit.residual_mm - len(fit.marks))


def project(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (n, 2) through a 3x3 matrix."""
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def _lay_one(layout: Layout, squares: np.ndarray) -> list[Fit]:
    """The best fit of a layout; one for each way up where its squares lie alike when the sheet is
    turned."""
    places = np.array([mark.centre for mark in layout.markers])
    best: dict[int, tuple[int, float, list[tuple[int, int]]]] = {}
    for first, second in combinations(range(len(places)), 2):
        for a, b in _like_pairs(
            squares, np.hypot(*(places[second] - places[first])), layout.markers[0].size
        ):
            matrix = _similarity(places[first], places[second], squares[a, :2], squares[b, :2])
            pairs, off = _pairs(places, squares, matrix, float(np.hypot(*matrix[0, :2])))
            quarter = round(float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))) / 90) % 4
            if (len(pairs), -off) > best.get(quarter, (ENOUGH - 1, 0.0))[:2]:
                best[quarter] = (len(pairs), -off, pairs)
    most = max((count for count, _, _ in best.values()), default=0)
    likely = sorted(
        (found for found in best.values() if found[0] == most), key=lambda found: -found[1]
    )
    fits = [_full_fit(layout, places, squares, pairs) for _, _, pairs in likely]
    return [fit for fit in fits if fit is not None]


def _like_pairs(squares: np.ndarray, distance: float, size: float) -> np.ndarray:
    """Ordered pairs (n, 2) of squares whose size and distance go together as two marks' do."""
    apart = np.hypot(*(squares[:, None, :2] - squares[None, :, :2]).transpose(2, 0, 1))
    ratio = (
        squares[:, 2] / size / np.maximum(apart / distance, 1e-9)
    )  # 1 when side and distance have one scale
    fits = (ratio > 0.8) & (ratio < 1.25)
    return np.argwhere(fits & fits.T & (apart > 0))


def _similarity(p: np.ndarray, q: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """2x3 turn, scale and shift that takes p to a and q to b."""
    ratio = complex(*(b - a)) / complex(*(q - p))
    turn = np.array([[ratio.real, -ratio.imag], [ratio.imag, ratio.real]])
    return np.c_[turn, a - turn @ p]


def _pairs(
    places: np.ndarray, squares: np.ndarray, matrix: np.ndarray, scale: float
) -> tuple[list[tuple[int, int]], float]:
    """Mark and square that lie on each other, one to one, and their mean distance in mm."""
    where = places @ matrix[:, :2].T + matrix[:, 2]
    gaps = np.hypot(*(where[:, None] - squares[None, :, :2]).transpose(2, 0, 1)) / scale
    pairs, off = [], 0.0
    for mark in range(len(places)):
        square = int(np.argmin(gaps[mark]))
        if gaps[mark, square] < NEAR_MM and int(np.argmin(gaps[:, square])) == mark:
            pairs.append((mark, square))
            off += float(gaps[mark, square])
    return pairs, off / max(1, len(pairs))


def _full_fit(
    layout: Layout, places: np.ndarray, squares: np.ndarray, pairs: list[tuple[int, int]]
) -> Fit | None:
    """Affine with three or four marks, perspective with five; marks that stay off are dropped,
    worst first."""
    while len(pairs) >= ENOUGH:
        source = places[[mark for mark, _ in pairs]]
        target = squares[[square for _, square in pairs], :2]
        matrix = solve(source, target)
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
        gaps = np.hypot(*(project(matrix, source) - target).T) / scale
        if gaps.max() < WELL_MM:
            marks = tuple(layout.markers[mark].id for mark, _ in pairs)
            return Fit(
                layout,
                matrix,
                marks,
                float(np.sqrt((gaps**2).mean())),
                scale,
                _bend(source, target),
            )
        pairs = [pair for pair, gap in zip(pairs, gaps, strict=True) if gap < gaps.max()]
    return None


def _bend(source: np.ndarray, target: np.ndarray) -> float:
    """Root mean square of what the best turn, scale and shift leave between places (mm) and
    squares, in mm."""
    here, there = (np.array([complex(*p) for p in points]) for points in (source, target))
    here, there = here - here.mean(), there - there.mean()
    ratio = (there * here.conj()).sum() / (abs(here) ** 2).sum()
    return float(np.sqrt((abs(there - ratio * here) ** 2).mean()) / abs(ratio))


def solve(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """3x3 matrix from mm to px: perspective from four points on, affine from three."""
    if len(source) >= 4:
        matrix, _ = cv2.findHomography(source, target, 0)
        if matrix is not None:
            return np.asarray(matrix)
    design = np.c_[source, np.ones(len(source))]
    affine = np.linalg.lstsq(design, target, rcond=None)[0].T
    return np.r_[affine, [[0.0, 0.0, 1.0]]]
