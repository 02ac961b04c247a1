"""Photos of made sheets by a camera whose place is known, and how far frames lie from the truth."""

from collections.abc import Callable

import cv2
import numpy as np

from examday.paper.layout import Layout, layouts
from examday.reading.decoding import plain
from examday.reading.identify import identify
from examday.reading.placement import placement_of

PX = 300 / 25.4  # of the sheet that is pictured, px per mm: finer than any photo of it
CAMERA_DPI = 72  # what a phone states, and what says nothing of the size
TABLE = 95  # grey of the table, darker than paper: the edge must show as on a photo
# the camera's distance in heights of the sheet, as of a held phone; of the sheet in the photo
FAR, SCALE = 2.2, 0.95
# nodes along each side, between which the sheet counts as flat: closer ones cost time and show no
# more
GRID = 24
# length of a wave of the paper, and its direction: askew, so that rows and columns both bend
WAVE_MM, ASKEW = 270.0, np.array([-0.46, 0.89])
Move = Callable[[np.ndarray], np.ndarray]
"""Way from the sheet's millimetres, N x 2, to px of the photo: the truth that frames are held
against."""


def photo(
    page: np.ndarray,
    tilt: float,
    turn: float = 0.0,
    bend_mm: float = 0.0,
    side: float = 0.0,
    wave_mm: float = 0.0,
) -> tuple[np.ndarray, Move]:
    """Picture the sheet on a brown table, and the way from its millimetres to the photo's pixels.

    The camera is tilted by so many degrees along and across. `bend_mm`: how far the middle of the
    sheet stands up; `wave_mm`: how high the paper lies in a wave that runs over it askew.
    """
    longest = round(1.25 * max(page.shape))
    seen = _camera(page.shape, longest, (tilt, side, turn), bend_mm, wave_mm)
    picture = np.full((longest, longest), TABLE, np.uint8)
    _drape(page, picture, seen)
    return cv2.GaussianBlur(picture, (0, 0), 0.7), lambda mm: seen(np.asarray(mm, float) * PX)


def _camera(
    shape: tuple[int, ...],
    longest: int,
    degrees: tuple[float, float, float],
    bend_mm: float,
    wave_mm: float,
) -> Move:
    """The way from px of the sheet to px of the photo."""
    high, wide = shape[:2]
    far = FAR * high
    turned = _turned(*np.radians(degrees))

    def seen(px: np.ndarray) -> np.ndarray:
        flat = px - (wide / 2, high / 2)
        lift = bend_mm * PX * np.cos(np.pi * flat[:, 1] / high)
        lift += wave_mm * PX * np.sin(2 * np.pi * flat @ ASKEW / (WAVE_MM * PX))
        point = np.c_[flat, -lift] @ turned.T
        depth = (far + point[:, 2:]) / far
        return np.asarray(point[:, :2] * SCALE / depth + longest / 2)

    return seen


def _turned(a: float, b: float, c: float) -> np.ndarray:
    """3x3: a turn about x, then y, then z; radians."""
    around_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    around_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    around_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(around_x @ around_y @ around_z)


def _drape(page: np.ndarray, picture: np.ndarray, seen: Move) -> None:
    """Lay the sheet into the picture patch by patch: within one a perspective is exact enough."""
    high, wide = page.shape
    x, y = np.meshgrid(np.linspace(0, wide - 1, GRID), np.linspace(0, high - 1, GRID))
    nodes = np.stack([x.ravel(), y.ravel()], axis=1)
    there = seen(nodes)
    corner = np.arange(GRID * GRID).reshape(GRID, GRID)
    for i in range(GRID - 1):
        for j in range(GRID - 1):
            four = corner[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            _patch(page, picture, nodes[four], there[four])


def _patch(
    page: np.ndarray,
    picture: np.ndarray,
    nodes: np.ndarray,
    there: np.ndarray,
) -> None:
    x0, y0 = np.floor(there.min(axis=0)).astype(int) - 1
    x1, y1 = np.ceil(there.max(axis=0)).astype(int) + 2
    matrix = cv2.getPerspectiveTransform(
        nodes.astype(np.float32), (there - (x0, y0)).astype(np.float32)
    )
    size = x1 - x0, y1 - y0
    patch = cv2.warpPerspective(page, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(patch.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(there - (x0, y0)).astype(np.int32), (1,))
    np.copyto(picture[y0:y1, x0:x1], patch, where=mask.astype(bool))


def worst_mm(page: np.ndarray, form: Layout, truth: Move) -> float | None:
    """How far the worst corner of any frame lies from where it is; None when none is shown."""
    placed = placement_of(plain(identify(page, CAMERA_DPI)), layouts())
    if placed is None:
        return None
    boxes = [*(comb.box for comb in form.combs), *(area.box for area in form.areas)]
    corners = np.array([(x, y) for box in boxes for x in box[::2] for y in box[1::2]])
    shown, right = placed.points(corners), truth(corners)
    step = np.hypot(*(truth(corners + (1.0, 0.0)) - right).T)
    return float((np.hypot(*(shown - right).T) / step).max())
