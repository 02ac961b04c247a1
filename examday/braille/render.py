"""Pages of Braille as a camera would see them: dots in relief under raking light, on noisy, bent,
two-sided paper.

Used for training without photographs, for tests and for sample pages. Nothing is copied from
anywhere: the relief is computed. Lengths in millimetres follow the usual page: dots 2.5 mm apart,
a cell every 6.25 mm, a line every 10 mm («Руководство по выпуску брайлевских изданий массового
распространения», ВОС, 2015, names the order of the page).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

DOT_MM, CELL_MM, LINE_MM = 2.5, 6.25, 10.0
BOX_IN_DOTS = (
    1.98,
    3.07,
)  # a cell's box around its dots, in dot distances, as people draw it on photographs


@dataclass(frozen=True)
class Look:
    """How a page was made and photographed; the defaults are a clean one-sided page under a lamp
    at the top."""

    pixels_per_mm: float = 4.2
    page_mm: tuple[float, float] = (230.0, 310.0)
    margin_mm: tuple[float, float] = (25.0, 25.0)
    pitch: float = 1.0  # of all distances between dots, cells and lines
    light_from: float = (
        -90.0
    )  # degrees, image axes: −90 is the top edge, 0 the right edge, 90 the bottom edge
    relief: float = 1.0  # strength of the shading; 0.25 is diffuse light
    shadow: float = 0.35  # strength of the cast shadow against the shading
    dot_size: float = 1.0
    unevenness: float = (
        0.06  # spread of dot heights, and of places in dot distances (slate work is uneven)
    )
    paper: float = 205.0  # grey level
    table: float = 60.0
    grain: float = 2.0  # fibres, grey levels
    noise: float = 1.5  # camera, grey levels
    slope: tuple[float, float] = (0.0, 0.0)  # light falls off to the right, to the bottom
    bend_mm: tuple[float, float] = (
        0.0,
        0.0,
    )  # how far lines rise in the middle; how far the page is turned in waves
    corners: tuple[float, ...] = (
        0.0,
    ) * 8  # perspective: shift of each corner as a share of the page
    turn: float = 0.0  # degrees
    blur: float = 0.5  # px


@dataclass(frozen=True)
class RenderedPage:
    """`grey` H×W; `boxes` N×4 px; `labels` N (sum of 2^(dot−1)); order as given, line by line,
    blanks left out."""

    grey: npt.NDArray[np.uint8]
    boxes: Array
    labels: npt.NDArray[np.int64]


@dataclass
class _Relief:
    height: Array
    scale: float
    rng: np.random.Generator
    look: Look
    patches: dict[int, Array] = field(default_factory=dict)

    def raise_dot(self, x_mm: float, y_mm: float, strength: float) -> None:
        """Adds one dot (negative strength: a dent seen from the other side)."""
        look = self.look
        wobble = look.unevenness * DOT_MM * 0.6
        x = (x_mm + self.rng.normal(0, wobble)) * self.scale
        y = (y_mm + self.rng.normal(0, wobble)) * self.scale
        strength *= float(np.clip(self.rng.normal(1, look.unevenness * 2), 0.5, 1.5))
        sigma = 0.24 * DOT_MM * look.pitch * look.dot_size * self.scale
        reach = int(sigma * 4) + 1
        column, row = int(round(x)), int(round(y))
        if not (
            reach < column < self.height.shape[1] - reach
            and reach < row < self.height.shape[0] - reach
        ):
            return
        axis = np.arange(-reach, reach + 1, dtype=np.float32)
        distance = np.hypot(axis[None, :] - (x - column), axis[:, None] - (y - row))
        bump = np.exp(-0.5 * (distance / sigma) ** 3) * (
            sigma * strength
        )  # flatter top, steeper side than a Gaussian
        self.height[row - reach : row + reach + 1, column - reach : column + reach + 1] += bump


def render(
    lines: Sequence[Sequence[int]],
    look: Look | None = None,
    seed: int = 0,
    verso: Sequence[Sequence[int]] = (),
    rubbed_out: Sequence[tuple[int, int, int]] = (),
) -> RenderedPage:
    """Draws lines of cells (0 = blank) on one page.

    `verso`: lines embossed from the other side, half a line lower and half a cell to the side, seen as dents.
    `rubbed_out`: (line, cell, dots) of flattened dots that stay faintly visible and do not count.
    """
    look = look or Look()
    rng = np.random.default_rng(seed)
    scale = look.pixels_per_mm
    size = (int(look.page_mm[1] * scale), int(look.page_mm[0] * scale))
    relief = _Relief(np.zeros(size, np.float32), scale, rng, look)
    centres, labels = _emboss(relief, lines)
    for row, column, dots in rubbed_out:
        _emboss_cell(relief, _place(look, row, column), dots, 0.28)
    shift = (CELL_MM * 0.5 * look.pitch, LINE_MM * 0.5 * look.pitch)
    for row, cells in enumerate(verso):
        for column, dots in enumerate(cells):
            x, y = _place(look, row, column)
            _emboss_cell(relief, (x + shift[0], y + shift[1]), _mirrored(dots), -0.9)
    page = _shade(relief.height, look, rng)
    return _photograph(
        page, np.array(centres, np.float32).reshape(-1, 2) * scale, labels, look, rng
    )


def _mirrored(dots: int) -> int:
    return (dots & 7) << 3 | dots >> 3


def _place(look: Look, row: int, column: int) -> tuple[float, float]:
    """Middle of a cell in mm of the page."""
    pitch = look.pitch
    return look.margin_mm[0] + (column + 0.5) * CELL_MM * pitch, look.margin_mm[1] + (
        row + 0.5
    ) * LINE_MM * pitch


def _emboss(
    relief: _Relief, lines: Sequence[Sequence[int]]
) -> tuple[list[tuple[float, float]], list[int]]:
    centres, labels = [], []
    for row, cells in enumerate(lines):
        for column, dots in enumerate(cells):
            if dots:
                centre = _place(relief.look, row, column)
                _emboss_cell(relief, centre, dots, 1.0)
                centres.append(centre)
                labels.append(dots)
    return centres, labels


def _emboss_cell(relief: _Relief, centre: tuple[float, float], dots: int, strength: float) -> None:
    step = DOT_MM * relief.look.pitch
    for dot in range(6):
        if dots >> dot & 1:
            x = centre[0] + (dot // 3 - 0.5) * step
            relief.raise_dot(x, centre[1] + (dot % 3 - 1) * step, strength)


def _shade(height: Array, look: Look, rng: np.random.Generator) -> Array:
    """Relief → grey levels: the side that faces the lamp is bright, the other dark, a soft shadow
    lies behind."""
    angle = np.deg2rad(look.light_from)
    towards = np.array([np.cos(angle), np.sin(angle)], np.float32)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=0.125)
    right = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=0.125)
    facing = -(right * towards[0] + down * towards[1])
    reach = 0.5 * DOT_MM * look.pitch * look.pixels_per_mm
    move = np.array([[1, 0, -towards[0] * reach], [0, 1, -towards[1] * reach]], np.float32)
    behind = cv2.warpAffine(np.maximum(height, 0), move, height.shape[::-1])
    behind = np.maximum(
        cv2.GaussianBlur(behind, (0, 0), reach * 0.4) - 0.6 * np.maximum(height, 0), 0
    )
    tone = 1 + look.relief * (
        0.55 * np.clip(facing, -1.2, 1.2) - look.shadow * np.minimum(behind / reach, 1.0)
    )
    fibres = (
        cv2.GaussianBlur(rng.standard_normal(height.shape, np.float32), (0, 0), 1.2)
        * look.grain
        * 3
    )
    stains = cv2.resize(
        rng.standard_normal((9, 7), np.float32), height.shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(
        look.paper * np.clip(tone, 0.1, 1.6) + fibres + stains * look.grain, np.float32
    )


def _photograph(
    page: Array, centres: Array, labels: list[int], look: Look, rng: np.random.Generator
) -> RenderedPage:
    """Bends, tilts and turns the page before a table, lets the light fall off and adds the
    camera's noise."""
    height, width = page.shape
    edge = int(0.06 * width)
    out_size = (width + 2 * edge, height + 2 * edge)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + edge + np.array(look.corners, np.float32).reshape(4, 2) * (width, height)
    turn = cv2.getRotationMatrix2D((out_size[0] / 2, out_size[1] / 2), look.turn, 1.0)
    moved = np.asarray(moved @ turn[:, :2].T + turn[:, 2], np.float32)
    forward = cv2.getPerspectiveTransform(corners, moved)
    columns, rows = np.meshgrid(
        np.arange(out_size[0], dtype=np.float32), np.arange(out_size[1], dtype=np.float32)
    )
    flat = _through(np.linalg.inv(forward), np.stack([columns.ravel(), rows.ravel()], 1))
    source = (
        (flat + _bend(flat, look, (width, height)))
        .reshape(out_size[1], out_size[0], 2)
        .astype(np.float32)
    )
    picture = cv2.remap(
        page, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=look.table
    )
    fall = (
        1
        + look.slope[0] * (columns / out_size[0] - 0.5)
        + look.slope[1] * (rows / out_size[1] - 0.5)
    )
    picture = cv2.GaussianBlur(picture * fall, (0, 0), max(look.blur, 0.1))
    picture += rng.standard_normal(picture.shape, np.float32) * look.noise
    boxes = _boxes(centres, forward, look, (width, height))
    return RenderedPage(
        np.asarray(np.clip(picture, 0, 255), np.uint8), boxes, np.array(labels, np.int64)
    )


def _through(matrix: npt.NDArray[np.floating], points: Array) -> Array:
    homogeneous = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float32)


def _bend(points: Array, look: Look, size: tuple[int, int]) -> Array:
    """Shift of the paper at a point (px): lines rise in the middle, and the page is compressed in
    slow waves."""
    u, v = points[:, 0] / size[0], points[:, 1] / size[1]
    rise = look.bend_mm[0] * look.pixels_per_mm * np.sin(np.pi * u) * (0.3 + 0.7 * v)
    wave = look.bend_mm[1] * look.pixels_per_mm * np.sin(2 * np.pi * u)
    return np.stack([wave, rise], 1).astype(np.float32)


def _boxes(
    centres: Array, forward: npt.NDArray[np.floating], look: Look, size: tuple[int, int]
) -> Array:
    """Where the cells lie in the photograph: the bend is undone by iteration (it is slow compared
    with a cell)."""
    if not len(centres):
        return np.zeros((0, 4), np.float32)

    def seen(points: Array) -> Array:
        flat = points
        for _ in range(6):
            flat = points - _bend(flat, look, size)
        return _through(forward, flat)

    unit = DOT_MM * look.pitch * look.pixels_per_mm
    middle = seen(centres)
    across = (
        np.linalg.norm(seen(centres + np.array([1, 0], np.float32)) - middle, axis=1)
        * unit
        * BOX_IN_DOTS[0]
        / 2
    )
    along = (
        np.linalg.norm(seen(centres + np.array([0, 1], np.float32)) - middle, axis=1)
        * unit
        * BOX_IN_DOTS[1]
        / 2
    )
    half = np.stack([across, along], 1)
    return np.concatenate([middle - half, middle + half], 1).astype(np.float32)
