"""Random crops of labelled pages.

They are turned, stretched, mirrored, lit and blurred in another way each time.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from examday.braille.picture import even_light
from tools.braille_training.net import BASE_SIZE, CHANNELS, STRIDE
from tools.braille_training.pages import LabelledPage

CROP = 384  # px, a whole number of STRIDE, or places would lie between positions
MARGIN = 32  # px drawn around the crop so that its light is evened as in a whole page
# px, drawn log-uniformly, with a second draw nearer to the reading scale: pages are read at that
# one
_HEIGHTS = (19.0, 52.0)
_COMMON_HEIGHTS = (24.0, 44.0)

Array = npt.NDArray[np.float32]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Crop:
    """Network input (1, 384, 384), targets (11, 48, 48), weights `near` and `counted` (48, 48)."""

    picture: Array
    target: Array
    near: Array
    counted: Array


def mirror_labels(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A mirrored picture swaps the columns of every cell: dots 1↔4, 2↔5, 3↔6."""
    return ((labels & 7) << 3) | (labels >> 3)


def draw_crop(page: LabelledPage, rng: np.random.Generator) -> Crop:
    """One crop with its targets; a mirrored one carries mirrored labels."""
    mirrored = bool(rng.random() < 0.5)
    matrix = _placement(page, rng, mirrored)
    side = CROP + 2 * MARGIN
    edge = int(rng.integers(0, 256))
    large = cv2.warpAffine(
        page.grey, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=edge
    )
    light = even_light(_spoil(large.astype(np.float32), rng))
    picture = light[MARGIN:-MARGIN, MARGIN:-MARGIN][None]
    centres, sizes = _moved_boxes(page, matrix)
    labels = mirror_labels(page.labels) if mirrored else page.labels
    target, near, counted = _targets(centres, sizes, labels)
    return Crop(np.ascontiguousarray(picture), target, near, counted)


def _placement(
    page: LabelledPage, rng: np.random.Generator, mirrored: bool
) -> npt.NDArray[np.float64]:
    """2×3 matrix page px → px of the crop with its margin."""
    low, high = _COMMON_HEIGHTS if rng.random() < 0.65 else _HEIGHTS
    scale = math.exp(rng.uniform(math.log(low), math.log(high))) / page.cell_height
    # A page without cells has no height of a cell to scale by.
    if not len(page.boxes):
        scale = math.exp(rng.uniform(math.log(0.45), math.log(1.4)))
    linear = _shape(rng, mirrored) * scale
    focus = _focus(page, rng)
    aim = MARGIN + rng.uniform(CROP * 0.1, CROP * 0.9, 2)
    return np.column_stack([linear, aim - linear @ focus])


def _shape(rng: np.random.Generator, mirrored: bool) -> npt.NDArray[np.float64]:
    """2×2 matrix: turned, sheared, stretched, and mirrored where asked."""
    turn = math.radians(rng.normal(0, 3.0) if rng.random() < 0.8 else rng.uniform(-9, 9))
    shear = rng.uniform(-0.06, 0.06)
    stretch = math.exp(rng.uniform(-0.1, 0.1) / 2)
    mirror = -1.0 if mirrored else 1.0
    rotate = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return np.asarray(rotate @ np.array([[mirror * stretch, shear], [0.0, 1 / stretch]]))


def _focus(page: LabelledPage, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The point of the page that the crop is to show: mostly the middle of a cell."""
    height, width = page.grey.shape
    focus = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    if len(page.boxes) and rng.random() < 0.9:
        box = page.boxes[rng.integers(len(page.boxes))]
        focus = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    return focus


def _spoil(grey: Array, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """What cameras, lamps and scanners do: softer dots, slopes of light, gamma, blur, noise, JPEG."""
    picture = _sensed(_lit(grey, rng), rng)
    out = np.asarray(np.clip(picture, 0, 255), np.uint8)
    if rng.random() < 0.2:
        _, packed = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 90))])
        out = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return out


def _lit(picture: Floats, rng: np.random.Generator) -> Floats:
    """Diffuse light and slopes of light."""
    side = picture.shape[0]
    if rng.random() < 0.35:  # diffuse light: the relief fades, the stains stay
        smooth = cv2.blur(picture, (25, 25), borderType=cv2.BORDER_REFLECT)
        picture = np.asarray(smooth + (picture - smooth) * rng.uniform(0.15, 1.0))
    if rng.random() < 0.5:
        ramp = np.linspace(-1, 1, side, dtype=np.float32)
        across = rng.uniform(-0.35, 0.35) * ramp[None, :]
        down = rng.uniform(-0.35, 0.35) * ramp[:, None]
        picture = picture * (1 + across + down)
    return picture


def _sensed(picture: Floats, rng: np.random.Generator) -> Floats:
    """Gamma, contrast, blur and noise of the camera."""
    if rng.random() < 0.4:
        picture = 255 * (np.clip(picture, 0, 255) / 255) ** math.exp(rng.uniform(-0.6, 0.6))
    if rng.random() < 0.5:
        picture = (picture - 128) * rng.uniform(0.35, 1.25) + 128 + rng.uniform(-50, 50)
    if rng.random() < 0.35:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6)))
    if rng.random() < 0.4:
        picture = picture + rng.standard_normal(picture.shape, np.float32) * rng.uniform(1, 9)
    return picture


def _moved_boxes(page: LabelledPage, matrix: npt.NDArray[np.float64]) -> tuple[Array, Array]:
    """Return centres and sizes of the cells in px of the crop.

    Sizes are without the turn: cells stay upright boxes.
    """
    boxes = page.boxes
    centres = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], 1) / 2
    moved = centres @ matrix[:, :2].T + matrix[:, 2] - MARGIN
    factor = np.hypot(matrix[0, :2], matrix[1, :2])
    sizes = np.stack(
        [(boxes[:, 2] - boxes[:, 0]) * factor[0], (boxes[:, 3] - boxes[:, 1]) * factor[1]], 1
    )
    return moved.astype(np.float32), sizes.astype(np.float32)


def _targets(
    centres: Array, sizes: Array, labels: npt.NDArray[np.int64]
) -> tuple[Array, Array, Array]:
    """Maps of one crop; a cell cut by the border counts for nothing (neither cell nor background)."""
    grid = CROP // STRIDE
    target = np.zeros((CHANNELS, grid, grid), np.float32)
    near = np.zeros((grid, grid), np.float32)
    counted = np.ones((grid, grid), np.float32)
    touched = ((centres > -sizes / 2) & (centres < CROP + sizes / 2)).all(1)
    boxes = np.concatenate([centres, sizes], 1)[touched].tolist()
    for (x, y, w, h), label in zip(boxes, labels[touched].tolist(), strict=True):
        window = _window(x, y, w, h, grid)
        if x < w / 2 or y < h / 2 or x > CROP - w / 2 or y > CROP - h / 2:
            counted[window] = 0
        else:
            _draw_cell(target, near, (x, y, w, h), label, window)
    return target, near, counted


def _window(
    x: float,
    y: float,
    w: float,
    h: float,
    grid: int,
) -> tuple[slice, slice]:
    """Rows and columns of the grid that a cell's box touches."""
    rows = slice(max(0, int((y - h / 2) // STRIDE)), min(grid, int((y + h / 2) // STRIDE) + 1))
    columns = slice(max(0, int((x - w / 2) // STRIDE)), min(grid, int((x + w / 2) // STRIDE) + 1))
    return rows, columns


def _draw_cell(
    target: Array,
    near: Array,
    box: tuple[float, float, float, float],
    label: int,
    window: tuple[slice, slice],
) -> None:
    """Write one cell (`box`: centre and size, px of the crop) into the maps.

    Where two cells touch, a position belongs to the nearer one.
    """
    x, y, w, h = box
    rows, columns = window
    gy = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
    gx = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :]
    # From the middle of each position, as the network learns offsets from there.
    dx, dy = x / STRIDE - 0.5 - gx, y / STRIDE - 0.5 - gy
    heat = _heat(dx, dy, w, h)
    stronger = heat > target[0, rows, columns]
    target[0, rows, columns][stronger] = heat[stronger]
    weight = np.where(heat > 0.3, heat, 0)
    own = weight > near[rows, columns]
    near[rows, columns][own] = weight[own]
    values: list[float | Floats] = [float(label >> dot & 1) for dot in range(6)]
    values += [np.broadcast_to(way, heat.shape)[own] for way in (dx, dy)]
    values += [math.log(w / BASE_SIZE[0]), math.log(h / BASE_SIZE[1])]
    for channel, value in enumerate(values, start=1):
        target[channel, rows, columns][own] = value


def _heat(
    dx: Floats,
    dy: Floats,
    w: float,
    h: float,
) -> Array:
    """A bell over the cell, exactly 1 at the position nearest to its centre."""
    heat = np.exp(-0.5 * ((dx * STRIDE / (0.28 * w)) ** 2 + (dy * STRIDE / (0.20 * h)) ** 2))
    heat[np.unravel_index(np.argmax(heat), heat.shape)] = 1.0
    return np.asarray(heat, np.float32)
