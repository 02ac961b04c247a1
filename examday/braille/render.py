"""Pages of Braille as a camera would see them: dots in relief under raking light, on paper.

Used for training without photographs, for tests and for sample pages. Nothing is copied from
anywhere: the relief is computed. Lengths in millimetres follow the usual page: dots 2.5 mm apart, a
cell every 6.25 mm, a line every 10 mm («Руководство по выпуску брайлевских изданий массового
распространения», ВОС, 2015, names the order of the page).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Reals = npt.NDArray[np.floating]
"""Of either width: OpenCV and NumPy widen what they compute."""

DOT_MM, CELL_MM, LINE_MM = 2.5, 6.25, 10.0
BOX_IN_DOTS = (1.98, 3.07)
"""Width and height of a cell's box, in dot distances, as people draw it on photographs: drawn pages
are trained on together with those."""


@dataclass(frozen=True)
class Look:
    """How a page was made and photographed; the defaults are a clean page under a lamp at the top."""

    pixels_per_mm: float = 4.2
    page_mm: tuple[float, float] = (230.0, 310.0)
    margin_mm: tuple[float, float] = (25.0, 25.0)
    pitch: float = 1.0
    """Factor of all distances between dots, cells and lines: slates differ, and so must what is
    drawn."""
    light_from: float = -90.0
    """Degrees: −90 from the top edge, 0 from the right, 90 from the foot. Its side decides where a
    dot is bright."""
    relief: float = 1.0
    """Strength of the shading; 0.25 is diffuse light, under which dots are hardest to see."""
    shadow: float = 0.35
    """Strength of the cast shadow against the shading: it tells on which side the lamp stood."""
    dot_size: float = 1.0
    unevenness: float = 0.06
    """Spread of dot heights, and of places in dot distances: work on a slate is uneven, that of a
    press is not."""
    paper: float = 205.0
    """Grey level of the sheet; the table is darker, as on most photographs."""
    table: float = 60.0
    grain: float = 2.0
    """Grey levels of fibres and stains: paper is never even, and dots must be told from it."""
    noise: float = 1.5
    """Grey levels of the camera's noise, which differs from the paper's grain: it has no size."""
    slope: tuple[float, float] = (0.0, 0.0)
    """How much the light falls off to the right and to the bottom: near a lamp one part of a page
    is darker."""
    bend_mm: tuple[float, float] = (0.0, 0.0)
    """How far lines rise in the middle, and how far the page is turned in waves: an open notebook
    never lies flat."""
    corners: tuple[float, ...] = (0.0,) * 8
    """Shift of each corner as a share of the page: a phone is never held quite straight above
    it."""
    turn: float = 0.0
    """Degrees by which the sheet lies askew: nobody photographs it straight."""
    blur: float = 0.5
    """px of the lens: without it drawn dots would be sharper than any photograph."""


@dataclass(frozen=True)
class RenderedPage:
    """A drawn page with the truth about its cells."""

    grey: npt.NDArray[np.uint8]
    boxes: Array
    labels: npt.NDArray[np.int64]
    """N, sums of 2^(dot−1), line by line; blanks are left out, as in the labels people draw."""


@dataclass
class _Relief:
    """Heights of a page while dots are raised on it."""

    height: Array
    scale: float
    rng: np.random.Generator
    look: Look

    def raise_dot(
        self,
        x_mm: float,
        y_mm: float,
        strength: float,
    ) -> None:
        """Raise one dot (negative strength: a dent seen from the other side)."""
        look = self.look
        wobble = look.unevenness * DOT_MM * 0.6
        x = (x_mm + self.rng.normal(0, wobble)) * self.scale
        y = (y_mm + self.rng.normal(0, wobble)) * self.scale
        strength *= float(np.clip(self.rng.normal(1, look.unevenness * 2), 0.5, 1.5))
        sigma = 0.24 * DOT_MM * look.pitch * look.dot_size * self.scale
        reach = int(sigma * 4) + 1
        column = int(round(x))
        row = int(round(y))
        if not (
            reach < column < self.height.shape[1] - reach
            and reach < row < self.height.shape[0] - reach
        ):
            return
        bump = _bump(reach, x - column, y - row, sigma) * (sigma * strength)
        self.height[row - reach : row + reach + 1, column - reach : column + reach + 1] += bump


def _bump(
    reach: int,
    dx: float,
    dy: float,
    sigma: float,
) -> Reals:
    """Return a dot of height 1 that stands off the middle by dx, dy."""
    axis = np.arange(-reach, reach + 1, dtype=np.float32)
    distance = np.hypot(axis[None, :] - dx, axis[:, None] - dy)
    # A flatter top and steeper sides than a Gaussian has, as a stylus leaves them.
    return np.asarray(np.exp(-0.5 * (distance / sigma) ** 3))


def render(
    lines: Sequence[Sequence[int]],
    look: Look | None = None,
    seed: int = 0,
    verso: Sequence[Sequence[int]] = (),
    rubbed_out: Sequence[tuple[int, int, int]] = (),
) -> RenderedPage:
    """Draw lines of cells (0 = blank) on one page.

    `verso`: lines embossed from the other side, half a line lower and half a cell to the side, seen
    as dents. `rubbed_out`: (line, cell, dots) of flattened dots that stay faintly visible and do
    not count.
    """
    look = look or Look()
    rng = np.random.default_rng(seed)
    scale = look.pixels_per_mm
    size = (int(look.page_mm[1] * scale), int(look.page_mm[0] * scale))
    relief = _Relief(np.zeros(size, np.float32), scale, rng, look)
    centres, labels = _emboss(relief, lines)
    for row, column, dots in rubbed_out:
        _emboss_cell(relief, _place(look, row, column), dots, 0.28)
    _emboss_back(relief, verso)
    page = _shade(relief.height, look, rng)
    return _photograph(
        page, np.array(centres, np.float32).reshape(-1, 2) * scale, labels, look, rng
    )


def _emboss_back(relief: _Relief, lines: Sequence[Sequence[int]]) -> None:
    """Draw the dents of what was written on the other side.

    They lie half a cell to the side and half a line lower.
    """
    look = relief.look
    shift = (CELL_MM * 0.5 * look.pitch, LINE_MM * 0.5 * look.pitch)
    for row, cells in enumerate(lines):
        for column, dots in enumerate(cells):
            x, y = _place(look, row, column)
            # Drawn mirrored and as dents, because writing on the other side is seen so from here.
            _emboss_cell(relief, (x + shift[0], y + shift[1]), _mirrored(dots), -0.9)


def _mirrored(dots: int) -> int:
    """Return the cell seen from the back."""
    return (dots & 7) << 3 | dots >> 3


def _place(look: Look, row: int, column: int) -> tuple[float, float]:
    """Return the middle of a cell in mm of the page."""
    x = look.margin_mm[0] + (column + 0.5) * CELL_MM * look.pitch
    y = look.margin_mm[1] + (row + 0.5) * LINE_MM * look.pitch
    return x, y


def _emboss(
    relief: _Relief, lines: Sequence[Sequence[int]]
) -> tuple[list[tuple[float, float]], list[int]]:
    """Raise all cells; return their middles in mm and their dots."""
    centres, labels = [], []
    for row, cells in enumerate(lines):
        for column, dots in enumerate(cells):
            if dots:
                centre = _place(relief.look, row, column)
                _emboss_cell(relief, centre, dots, 1.0)
                centres.append(centre)
                labels.append(dots)
    return centres, labels


def _emboss_cell(
    relief: _Relief,
    centre: tuple[float, float],
    dots: int,
    strength: float,
) -> None:
    """Raise the dots of one cell."""
    step = DOT_MM * relief.look.pitch
    for dot in range(6):
        if dots >> dot & 1:
            x = centre[0] + (dot // 3 - 0.5) * step
            relief.raise_dot(x, centre[1] + (dot % 3 - 1) * step, strength)


def _shade(height: Array, look: Look, rng: np.random.Generator) -> Array:
    """Turn relief into grey levels.

    The side that faces the lamp is bright, the other dark, and a soft shadow lies behind.
    """
    angle = np.deg2rad(look.light_from)
    towards = np.array([np.cos(angle), np.sin(angle)], np.float32)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=0.125)
    right = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=0.125)
    facing = -(right * towards[0] + down * towards[1])
    light = 0.55 * np.clip(facing, -1.2, 1.2) - look.shadow * _shadow(height, towards, look)
    tone = np.clip(1 + look.relief * light, 0.1, 1.6)
    fibres, stains = _grain(height.shape, look, rng)
    return np.asarray(look.paper * tone + fibres + stains, np.float32)


def _shadow(height: Array, towards: Array, look: Look) -> Reals:
    """Return how much of the lamp (its direction is `towards`) the dots keep from each pixel, 0…1."""
    reach = 0.5 * DOT_MM * look.pitch * look.pixels_per_mm
    move = np.array([[1, 0, -towards[0] * reach], [0, 1, -towards[1] * reach]], np.float32)
    raised = np.maximum(height, 0)
    behind = cv2.warpAffine(raised, move, height.shape[::-1])
    cast = np.maximum(cv2.GaussianBlur(behind, (0, 0), reach * 0.4) - 0.6 * raised, 0)
    return np.asarray(np.minimum(cast / reach, 1.0))


def _grain(shape: tuple[int, ...], look: Look, rng: np.random.Generator) -> tuple[Reals, Reals]:
    """Return fibres and stains of the paper, grey levels."""
    fibres = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 1.2)
    stains = cv2.resize(
        rng.standard_normal((9, 7), np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(fibres * look.grain * 3), np.asarray(stains * look.grain)


def _photograph(
    page: Array,
    centres: Array,
    labels: list[int],
    look: Look,
    rng: np.random.Generator,
) -> RenderedPage:
    """Bend, tilt and turn the page before a table.

    Let the light fall off and add the camera's noise.
    """
    height, width = page.shape
    edge = int(0.06 * width)
    out_size = (width + 2 * edge, height + 2 * edge)
    forward = _forward((width, height), edge, look)
    columns, rows = np.meshgrid(
        np.arange(out_size[0], dtype=np.float32), np.arange(out_size[1], dtype=np.float32)
    )
    picture = _seen(page, forward, columns, rows, look)
    across = columns / out_size[0] - 0.5
    down = rows / out_size[1] - 0.5
    fall = 1 + look.slope[0] * across + look.slope[1] * down
    picture = cv2.GaussianBlur(picture * fall, (0, 0), max(look.blur, 0.1))
    picture += rng.standard_normal(picture.shape, np.float32) * look.noise
    boxes = _boxes(centres, forward, look, (width, height))
    return RenderedPage(
        np.asarray(np.clip(picture, 0, 255), np.uint8), boxes, np.array(labels, np.int64)
    )


def _seen(
    page: Array,
    forward: Reals,
    columns: Array,
    rows: Array,
    look: Look,
) -> Reals:
    """Return what of the page, or of the table, each pixel of the photograph shows."""
    height, width = page.shape
    flat = _through(np.linalg.inv(forward), np.stack([columns.ravel(), rows.ravel()], 1))
    bent = flat + _bend(flat, look, (width, height))
    source = bent.reshape(*columns.shape, 2).astype(np.float32)
    return np.asarray(
        cv2.remap(page, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=look.table)
    )


def _forward(size: tuple[int, int], edge: int, look: Look) -> Reals:
    """Return the 3×3 matrix from the flat page (`size`: px) to the photograph.

    The photograph shows `edge` px of the table around the page.
    """
    width, height = size
    out_size = (width + 2 * edge, height + 2 * edge)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + edge + np.array(look.corners, np.float32).reshape(4, 2) * (width, height)
    turn = cv2.getRotationMatrix2D((out_size[0] / 2, out_size[1] / 2), look.turn, 1.0)
    moved = np.asarray(moved @ turn[:, :2].T + turn[:, 2], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved), np.float64)


def _through(matrix: Reals, points: Array) -> Array:
    """Return points after a perspective."""
    homogeneous = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float32)


def _bend(points: Array, look: Look, size: tuple[int, int]) -> Array:
    """Return the shift of the paper at a point, px.

    Lines rise in the middle, and the page is compressed in slow waves.
    """
    u = points[:, 0] / size[0]
    v = points[:, 1] / size[1]
    rise = look.bend_mm[0] * look.pixels_per_mm * np.sin(np.pi * u) * (0.3 + 0.7 * v)
    wave = look.bend_mm[1] * look.pixels_per_mm * np.sin(2 * np.pi * u)
    return np.stack([wave, rise], 1).astype(np.float32)


def _boxes(
    centres: Array,
    forward: Reals,
    look: Look,
    size: tuple[int, int],
) -> Array:
    """Return where the cells lie in the photograph."""
    if not len(centres):
        return np.zeros((0, 4), np.float32)

    def seen(points: Array) -> Array:
        flat = points
        # The bend is undone by iteration: it is slow compared with a cell, so six rounds are
        # enough.
        for _ in range(6):
            flat = points - _bend(flat, look, size)
        return _through(forward, flat)

    unit = DOT_MM * look.pitch * look.pixels_per_mm
    middle = seen(centres)

    def half_box(step: tuple[int, int], dots: float) -> Reals:
        scale = np.linalg.norm(seen(centres + np.array(step, np.float32)) - middle, axis=1)
        return np.asarray(scale * unit * dots / 2)

    half = np.stack([half_box((1, 0), BOX_IN_DOTS[0]), half_box((0, 1), BOX_IN_DOTS[1])], 1)
    return np.concatenate([middle - half, middle + half], 1).astype(np.float32)
