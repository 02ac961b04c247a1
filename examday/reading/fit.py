"""Lay a form over the squares found on a scan.

That is which square is which mark, which way up, how large, how far off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

import cv2
import numpy as np

from examday.paper.layout import Layout

ENOUGH = 3  # marks needed: with fewer, neither skew nor a wrong match would show
# A mark this near its place after turn, scale and shift may still be moved by keystone
NEAR_MM = 7.0
WELL_MM = 1.2  # and within this after the full fit, which leaves nothing but measuring errors
# with all marks this near no other form is tried: each try costs time, and none could fit better
SURE_MM = 0.3

# squares tried in every order, which costs the fourth power: a photo has the marks and few things
# as solid
TILTED = 12
TILTED_MM = 4.0  # a fifth mark this near its place under a perspective may be moved by a bend
NEAR_BY_FAR = 1.9  # a mark near the camera may look this much larger than one far from it
MOST_TILTED = 6  # candidates that are looked at: each costs a look for its codes
UNSOUND = 1e13  # four places on a line tell no perspective: their equations have no sure answer
CANDIDATES = 3  # a tilted camera makes several ways likely; codes choose between them, at a cost


@dataclass(frozen=True)
class Bend:
    """How bent paper moves places of the layout, before the matrix.

    `terms` (2, 10): the coefficients of `powers` for dx and dy in mm.
    """

    terms: np.ndarray

    def moved(self, mm: np.ndarray) -> np.ndarray:
        """The places (n, 2), mm, where they lie on the bent sheet."""
        return np.asarray(mm + powers(mm) @ self.terms.T)


def powers(mm: np.ndarray) -> np.ndarray:
    """Return all products of x and y up to the third degree, (n, 10).

    About the middle of an A4 sheet, in units of 100 mm.
    """
    x, y = ((mm - (105.0, 148.5)) / 100.0).T
    one = np.ones(len(mm))
    return np.stack([one, x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=1)


def through(matrix: np.ndarray, bend: Bend | None, mm: np.ndarray) -> np.ndarray:
    """Places (n, 2) of the layout, mm, on bent paper → px."""
    return project(matrix, mm if bend is None else bend.moved(np.asarray(mm, float)))


@dataclass(frozen=True)
class Fit:
    """A layout laid over a scan.

    `matrix` 3x3 takes mm of the layout to px of the scan; `marks` are the mark ids found;
    `residual_mm` is the root mean square distance of the marks from their places; `px_per_mm` the
    mean scale; `bend_mm` what turn, scale and shift alone leave over: large for keystone, and for
    squares that are no marks; `bend` how the paper itself is bent; `proven`: whether print that did
    not make the fit lies where it says.
    """

    layout: Layout
    matrix: np.ndarray
    marks: tuple[str, ...]
    residual_mm: float
    px_per_mm: float
    bend_mm: float = 0.0
    bend: Bend | None = None
    proven: bool = False
    """False until `proof` has looked: a fit on three squares has no residual to judge it by."""

    def project(self, mm: np.ndarray) -> np.ndarray:
        """Places (n, 2) of the layout, mm → px of the scan."""
        return through(self.matrix, self.bend, mm)

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
    """Fits of the layouts, the best first; none where fewer than three marks agree.

    `squares`: see `find_squares`.
    """
    fits = []
    for layout in layouts:
        found = _lay_one(layout, squares)
        fits += found
        if any(
            len(fit.marks) == len(layout.markers) > 4 and fit.residual_mm < SURE_MM for fit in found
        ):
            break  # every mark in its place: five squares fit no other form
    # One mark more counts as much as a millimetre less: chance rarely puts a square in its place.
    return sorted(fits, key=lambda fit: fit.bend_mm * 0.4 + fit.residual_mm - len(fit.marks))


def lay_tilted(layouts: Iterable[Layout], squares: np.ndarray) -> list[Fit]:
    """Return fits of the layouts as a tilted camera sees them, the best first.

    Four marks lie in their places under a perspective that has them all in their own size. Such a
    fit is only a candidate: four places fit a perspective exactly, so something else must prove it.
    """
    likely = squares[:TILTED]
    fits: list[Fit] = []
    for layout in layouts:
        fits += _lay_tilted(layout, likely)
        if any(len(fit.marks) > 4 and fit.residual_mm < SURE_MM for fit in fits):
            break  # all five in their places under one perspective: no chance finds that
    return sorted(fits, key=lambda fit: fit.residual_mm - len(fit.marks))[:MOST_TILTED]


def _lay_tilted(layout: Layout, squares: np.ndarray) -> list[Fit]:
    places = np.array([mark.centre for mark in layout.markers])
    best: dict[tuple[int, ...], Fit] = {}
    for four in combinations(range(len(places)), 4):
        orders = _alike(places[list(four)], squares)
        for at, matrix in _perspectives(layout, places[list(four)], squares, orders):
            pairs = _lying(places, squares, matrix, list(zip(four, at, strict=True)))
            fit = _tilted_fit(layout, places, squares, pairs)
            key = tuple(sorted(square for _, square in pairs))
            if fit is not None and (key not in best or fit.residual_mm < best[key].residual_mm):
                best[key] = fit
    most = max((len(fit.marks) for fit in best.values()), default=0)
    found = [fit for fit in best.values() if len(fit.marks) == most]
    return sorted(found, key=lambda fit: fit.bend_mm)[:CANDIDATES]


def _alike(places: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Return index tuples (n, 4) of squares that lie round each other as four places do.

    Both are seen from the same side of the paper.
    """
    if len(squares) < 4:
        return np.zeros((0, 4), int)
    tuples = np.array(list(permutations(range(len(squares)), 4)))
    sides = squares[:, 2][tuples]
    tuples = tuples[sides.max(axis=1) < NEAR_BY_FAR * sides.min(axis=1)]
    for a, b, c in combinations(range(4), 3):
        wanted = _turn(places[a], places[b], places[c])
        points = squares[:, :2]
        seen = _turn(*(points[tuples[:, i]] for i in (a, b, c)))
        # No camera sees paper from behind, which is what the other sense of turn means.
        tuples = tuples[seen * np.sign(wanted) > 0]
    return np.asarray(tuples)


def _turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Twice the signed area of triangles."""
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    return np.asarray(ux * vy - uy * vx)


def _perspectives(
    layout: Layout,
    places: np.ndarray,
    squares: np.ndarray,
    orders: np.ndarray,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give four squares and the 3x3 perspective that takes four places to them.

    Only where each square is as large as the perspective says of a mark there. All orders are
    solved at once: there are thousands.
    """
    if not len(orders):
        return
    seen = squares[orders, :2]
    lines = np.zeros((len(orders), 4, 2, 8))
    lines[:, :, 0, 0:2] = lines[:, :, 1, 3:5] = places
    lines[:, :, 0, 2] = lines[:, :, 1, 5] = 1
    lines[:, :, :, 6:] = -seen[:, :, :, None] * places[None, :, None, :]
    design = lines.reshape(-1, 8, 8)
    # Four places on a line fix no perspective.
    sound = np.linalg.cond(design) < UNSOUND
    orders, seen = orders[sound], seen[sound]
    found = np.linalg.solve(design[sound], seen.reshape(-1, 8, 1))[:, :, 0]
    matrices = np.c_[found, np.ones(len(found))].reshape(-1, 3, 3)
    depth = matrices[:, 2, :2] @ places.T + 1
    # A place behind the camera gets no size, so its order is dropped below.
    growth = np.linalg.det(matrices)[:, None] / np.where(depth > 0, depth, np.inf) ** 3
    ratio = layout.markers[0].size * np.sqrt(np.clip(growth, 0, None)) / squares[orders, 2]
    for i in np.flatnonzero(((ratio > 0.85) & (ratio < 1.18)).all(axis=1)):
        yield orders[i], matrices[i]


def _lying(
    places: np.ndarray,
    squares: np.ndarray,
    matrix: np.ndarray,
    pairs: list[tuple[int, int]],
) -> list[tuple[int, int]]:
    """The pairs, with the fifth mark where a square lies near its place."""
    taken = {square for _, square in pairs}
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    for mark in set(range(len(places))) - {mark for mark, _ in pairs}:
        gaps = np.hypot(*(project(matrix, places[mark : mark + 1]) - squares[:, :2]).T) / scale
        nearest = int(gaps.argmin())
        if gaps[nearest] < TILTED_MM and nearest not in taken:
            pairs = [*pairs, (mark, nearest)]
    return pairs


def _tilted_fit(
    layout: Layout,
    places: np.ndarray,
    squares: np.ndarray,
    pairs: list[tuple[int, int]],
) -> Fit | None:
    source = places[[mark for mark, _ in pairs]]
    target = squares[[square for _, square in pairs], :2]
    matrix = solve(source, target)
    middle = np.array([(layout.width / 2, layout.height / 2)])
    step = (project(matrix, middle + (1.0, 0.0)) - project(matrix, middle))[0]
    rise = (project(matrix, middle + (0.0, 1.0)) - project(matrix, middle))[0]
    scale = float(np.sqrt(abs(step[0] * rise[1] - step[1] * rise[0])))
    gaps = np.hypot(*(project(matrix, source) - target).T) / max(scale, 1e-9)
    if not scale or gaps.max() > TILTED_MM:
        return None
    marks = tuple(layout.markers[mark].id for mark, _ in pairs)
    off = float(np.sqrt((gaps**2).mean()))
    return Fit(layout, matrix, marks, off, scale, _bend(source, target))


def project(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (n, 2) through a 3x3 matrix."""
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def _lay_one(layout: Layout, squares: np.ndarray) -> list[Fit]:
    """Return the best fit of a layout.

    One for each way up where its squares lie alike when the sheet is turned.
    """
    places = np.array([mark.centre for mark in layout.markers])
    best: dict[int, tuple[int, float, list[tuple[int, int]]]] = {}
    for first, second in combinations(range(len(places)), 2):
        apart = float(np.hypot(*(places[second] - places[first])))
        alike = like_pairs(squares, apart, layout.markers[0].size)
        turned = similarities(places[first], places[second], *squares[alike.T, :2])
        for quarter, pairs, off in _pairs(places, squares, turned):
            if (len(pairs), -off) > best.get(quarter, (ENOUGH - 1, 0.0))[:2]:
                best[quarter] = (len(pairs), -off, pairs)
    most = max((count for count, _, _ in best.values()), default=0)
    likely = sorted(
        (found for found in best.values() if found[0] == most), key=lambda found: -found[1]
    )
    fits = [_full_fit(layout, places, squares, pairs) for _, _, pairs in likely]
    return [fit for fit in fits if fit is not None]


def like_pairs(squares: np.ndarray, distance: float, size: float) -> np.ndarray:
    """Ordered pairs (n, 2) of squares whose size and distance go together as two marks' do."""
    apart = np.hypot(*(squares[:, None, :2] - squares[None, :, :2]).transpose(2, 0, 1))
    ratio = (
        squares[:, 2] / size / np.maximum(apart / distance, 1e-9)
    )  # 1 when side and distance have one scale: letters have another
    fits = (ratio > 0.8) & (ratio < 1.25)
    # Both squares must have the size of a mark, not one of them alone.
    return np.argwhere(fits & fits.T & (apart > 0))


def similarities(
    p: np.ndarray,
    q: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
) -> np.ndarray:
    """Turns, scales and shifts (n, 2, 3) that take p to each of a and q to each of b, (n, 2)."""
    ratio = (b - a) @ (1, 1j) / complex(*(q - p))
    turn = np.array([[ratio.real, -ratio.imag], [ratio.imag, ratio.real]]).transpose(2, 0, 1)
    return np.concatenate([turn, (a - turn @ p)[:, :, None]], axis=2)


def _pairs(
    places: np.ndarray,
    squares: np.ndarray,
    turned: np.ndarray,
) -> Iterator[tuple[int, list[tuple[int, int]], float]]:
    """Give the quarter turn, the mark and square that lie on each other, and their mean distance.

    In mm, for each of the `similarities` that pairs enough of them. All are looked at at once:
    there are thousands.
    """
    if not len(turned):
        return
    where = places @ turned[:, :, :2].transpose(0, 2, 1) + turned[:, None, :, 2]
    scale = np.hypot(turned[:, 0, 0], turned[:, 0, 1])
    gaps = np.hypot(*(where[:, :, None] - squares[:, :2]).transpose(3, 0, 1, 2))
    nearest, closest = gaps.argmin(axis=2), gaps.min(axis=2) / scale[:, None]
    # One to one: of two marks on one square both would look found.
    own = np.take_along_axis(gaps.argmin(axis=1), nearest, axis=1) == np.arange(len(places))
    paired = own & (closest < NEAR_MM)
    for i in np.flatnonzero(paired.sum(axis=1) >= ENOUGH):
        angle = float(np.degrees(np.arctan2(turned[i, 1, 0], turned[i, 0, 0])))
        pairs = [(int(mark), int(nearest[i, mark])) for mark in np.flatnonzero(paired[i])]
        yield round(angle / 90) % 4, pairs, float(closest[i, paired[i]].mean())


def _full_fit(
    layout: Layout,
    places: np.ndarray,
    squares: np.ndarray,
    pairs: list[tuple[int, int]],
) -> Fit | None:
    """Fit a layout to paired squares: affine with three or four marks, perspective with five.

    Marks that stay off are dropped, worst first.
    """
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
    """Return how far places (mm) and squares differ after the best turn, scale and shift.

    The root mean square of what they leave, in mm.
    """
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
    # Three points fix an affine map only; a perspective through them would be invented.
    design = np.c_[source, np.ones(len(source))]
    affine = np.linalg.lstsq(design, target, rcond=None)[0].T
    return np.vstack([affine, [[0.0, 0.0, 1.0]]])
