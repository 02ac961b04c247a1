"""Cells in a plane → lines and blanks, on flat, tilted and bent pages.

A hint, never forced on what was found: the cells stay where they are.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examday.braille.detect import Found

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_BOX_IN_PITCH = 0.77
"""Width of a box against the distance of two neighbours, median of the training photographs: a
first guess where no neighbours are known yet."""
_TERMS = 6
"""Terms of the surface that straightens a bent page; a cubic one follows a fold, and more would
follow single cells."""


@dataclass(frozen=True)
class Row:
    """One line: indices into the found cells, with the blanks between them."""

    cells: tuple[int, ...]
    blanks: tuple[int, ...]
    """Before each cell; a gap is data, because one blank parts number and answer."""
    indent: int
    """Blanks before the first cell, counted from the leftmost cell of the page, because the edge of
    the sheet is not known."""
    empty_above: int


def rows_of(found: Found) -> list[Row]:
    """Return the lines from top to bottom; every found cell is in exactly one of them."""
    if not len(found.centres):
        return []
    centres = found.centres.astype(float)
    sizes = found.sizes.astype(float)
    pitch = _pitch(centres, sizes)
    links = _links(centres, sizes, pitch)
    level, links = _level(centres, sizes, links, pitch)
    groups = _merge(_chains(len(centres), links), level, centres, sizes)
    # Lonely cells make a line of their own: a one-letter answer must not vanish.
    groups = [group[np.argsort(centres[group, 0])] for group in groups]
    return _with_blanks(groups, level, centres, pitch)


def tilt_of(found: Found) -> float:
    """Return by how many degrees lines fall to the right (negative: rise), 0 for a few cells."""
    centres = found.centres.astype(float)
    sizes = found.sizes.astype(float)
    pitch = _pitch(centres, sizes)
    gaps = _right_gaps(centres, sizes, pitch, 0.0)
    slopes = [dy / dx for dx, dy in gaps if dx < 1.5 * pitch]
    if len(slopes) < 5:
        return 0.0
    return float(np.degrees(np.arctan(np.median(slopes))))


def pitch_of(found: Found) -> float:
    """Return the usual distance of two neighbouring cells, px."""
    return _pitch(found.centres.astype(float), found.sizes.astype(float))


def _pitch(centres: Array, sizes: Array) -> float:
    """Return the usual distance of two neighbours on a line, px."""
    guess = float(np.median(sizes[:, 0])) / _BOX_IN_PITCH
    # Blanks between neighbours would stretch the median: only near ones count.
    near = [d for d, _ in _right_gaps(centres, sizes, guess, 0.0) if d < 1.45 * guess]
    return float(np.median(near)) if len(near) >= 3 else guess


def _right_gaps(
    centres: Array,
    sizes: Array,
    pitch: float,
    slope: float,
) -> list[tuple[float, float]]:
    """Return (dx, dy) to the nearest right neighbour of each cell that has one."""
    dx = centres[None, :, 0] - centres[:, None, 0]
    dy = centres[None, :, 1] - centres[:, None, 1]
    level = np.abs(dy - slope * dx) < 0.3 * sizes[:, 1:]
    right = level & (dx > 0.5 * pitch)
    nearest = np.where(right, dx, np.inf).argmin(axis=1)
    having = np.flatnonzero(right.any(axis=1))
    pairs = zip(having, nearest[having], strict=True)
    return [(float(dx[i, j]), float(dy[i, j])) for i, j in pairs]


def _links(centres: Array, sizes: Array, pitch: float) -> list[tuple[int, int]]:
    """Return pairs of neighbours on a line, at most 3½ pitches apart, along the page's usual slope."""
    gaps = _right_gaps(centres, sizes, pitch, 0.0)
    slopes = [dy / dx for dx, dy in gaps if dx < 2.6 * pitch]
    slope = float(np.median(slopes)) if slopes else 0.0
    return _link_along(centres, sizes, pitch, slope, centres[:, 1])


def _link_along(
    centres: Array,
    sizes: Array,
    pitch: float,
    slope: float,
    level: Array,
) -> list[tuple[int, int]]:
    """Return each cell with its nearest right neighbour along a slope.

    `level`: heights of the cells.
    """
    across = centres[None, :, 0] - centres[:, None, 0]
    fall = level[None, :] - level[:, None]
    off = np.abs(fall - slope * across) / sizes[:, 1:]
    near = (across > 0.5 * pitch) & (across < 3.6 * pitch)
    right = near & (off < 0.34)
    distance = np.where(right, across / pitch + 3 * off, np.inf)
    nearest = distance.argmin(axis=1)
    having = np.flatnonzero(right.any(axis=1))
    pairs = [(int(i), int(nearest[i])) for i in having]
    best: dict[int, int] = {}
    # Only the nearer of two: a cell has one left neighbour, and a wrong link would merge two lines.
    for i, j in pairs:
        if j not in best or centres[i, 0] > centres[best[j], 0]:
            best[j] = i
    return [(i, j) for j, i in best.items()]


def _terms(centres: Array, middle: Array, spread: float) -> Array:
    """Return the terms of a cubic surface at each cell."""
    x, y = ((centres - middle) / spread).T
    return np.stack([x, x * x, x**3, x * y, x * x * y, x * y * y], 1)


def _level(
    centres: Array,
    sizes: Array,
    links: list[tuple[int, int]],
    pitch: float,
) -> tuple[Array, list[tuple[int, int]]]:
    """Return the height of each cell once the page is straightened, and its links.

    A cubic surface under which linked cells lie level, fitted twice: the first finds neighbours
    that the page's usual slope had missed.
    """
    spread = max(float(np.ptp(centres)), 1.0)
    terms = _terms(centres, centres.mean(0), spread)
    level = centres[:, 1].copy()
    for _ in range(2):
        if len(links) < 2:
            break
        # With a few links no more than a tilt is fitted: a curve would follow single cells.
        used = terms[:, :1] if len(links) < 4 * _TERMS else terms
        level = centres[:, 1] - used @ _weights(used, centres, links, (pitch / spread) ** 2)
        links = _link_along(centres, sizes, pitch, 0.0, level)
    return level, links


def _weights(
    terms: Array,
    centres: Array,
    links: list[tuple[int, int]],
    stiffness: float,
) -> Array:
    """Return least-squares weights of the surface under which linked cells lie level."""
    left, right = np.array(links).T
    change = terms[right] - terms[left]
    rise = centres[right, 1] - centres[left, 1]
    # A little stiffness keeps the surface from following the scatter of single cells.
    damp = np.eye(change.shape[1]) * 1e-4 * len(links) * stiffness
    return np.asarray(np.linalg.solve(change.T @ change + damp, change.T @ rise))


def _chains(count: int, links: list[tuple[int, int]]) -> list[Numbers]:
    """Return the cells joined by links, by union of sets."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in links:
        parent[root(i)] = root(j)
    groups: dict[int, list[int]] = {}
    for i in range(count):
        groups.setdefault(root(i), []).append(i)
    return [np.array(group) for group in groups.values()]


def _merge(
    groups: list[Numbers],
    level: Array,
    centres: Array,
    sizes: Array,
) -> list[Numbers]:
    """Join chains of the same height that do not lie above each other, however wide the gap."""
    limit = 0.4 * float(np.median(sizes[:, 1]))
    # Long chains first: their height is known best.
    groups = sorted(groups, key=lambda group: -len(group))
    lines: list[Numbers] = []
    for group in groups:
        fits = [
            (abs(_difference(line, group, level, centres)), n)
            for n, line in enumerate(lines)
            if not _above_each_other(line, group, centres, sizes)
        ]
        off, n = min(fits, default=(limit, -1))
        if off < limit:
            lines[n] = np.concatenate([lines[n], group])
        else:
            lines.append(group)
    return lines


def _difference(
    line: Numbers,
    group: Numbers,
    level: Array,
    centres: Array,
) -> float:
    """Return the height of a chain against the nearest few cells of a line."""
    x = centres[group, 0].mean()
    near = line[np.argsort(np.abs(centres[line, 0] - x))[:4]]
    return float(np.median(level[group]) - np.median(level[near]))


def _above_each_other(
    line: Numbers,
    group: Numbers,
    centres: Array,
    sizes: Array,
) -> bool:
    """Tell whether a cell of one chain stands above a cell of the other."""
    apart = np.abs(centres[line, 0][:, None] - centres[group, 0][None, :])
    return bool((apart < 0.45 * sizes[group, 0][None, :]).any())


def _with_blanks(
    groups: list[Numbers],
    level: Array,
    centres: Array,
    pitch: float,
) -> list[Row]:
    """Return the lines from top to bottom with blanks, indent and the empty lines above each."""
    heights = np.array([float(np.median(level[group])) for group in groups])
    order = np.argsort(heights)
    empty = _empty_above(heights[order], pitch)
    left = min(float(centres[group[0], 0]) for group in groups)
    rows = []
    for n, above in zip(order, empty, strict=True):
        x = centres[groups[n], 0]
        cells = tuple(int(i) for i in groups[n])
        indent = max(0, int(round((x[0] - left) / pitch)))
        rows.append(Row(cells, _blanks(x, pitch), indent, above))
    return rows


def _blanks(x: Array, pitch: float) -> tuple[int, ...]:
    """Return the blanks before each cell of a line; `x`: middles of its cells, px."""
    local = _line_pitch(x, pitch)
    gaps = (int(round(gap / local)) - 1 for gap in np.diff(x))
    return (0, *(max(0, gap) for gap in gaps))


def _empty_above(heights: Array, pitch: float) -> list[int]:
    """Return how many empty lines stand above each line; `heights` from top to bottom, px."""
    steps = np.diff(heights)
    real = steps[steps > 0.5 * pitch]
    # Most lines follow without an empty one, so the lower distances tell the usual step.
    usual = float(np.percentile(real, 20)) if len(real) else 1.6 * pitch
    step = min(usual, 2.2 * pitch)
    return [0, *(max(0, int(round(gap / step)) - 1) for gap in steps)]


def _line_pitch(x: Array, pitch: float) -> float:
    """Return the pitch on one line: a page seen at an angle has another at its far side."""
    near = [gap for gap in np.diff(x) if 0.7 * pitch < gap < 1.35 * pitch]
    return float(np.median(near)) if len(near) >= 4 else pitch
