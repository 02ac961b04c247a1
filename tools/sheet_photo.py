"""Photos of made sheets by a camera whose place is known, and how far frames lie from the truth."""

from collections.abc import Callable

import cv2
import numpy as np

from examday.paper.layout import Layout, layouts
from examday.reading.decoding import plain
from examday.reading.identify import identify
from examday.reading.placement import placement_of

PX = 300 / 25.4  # of the sheet that is pictured, px per mm
CAMERA_DPI = 72  # what a phone states, and what says nothing of the size
Move = Callable[[np.ndarray], np.ndarray]
"""Way from the sheet's millimetres, N x 2, to px of the photo."""


def photo(
    page: np.ndarray, tilt: float, turn: float = 0.0, bend_mm: float = 0.0, side: float = 0.0
) -> tuple[np.ndarray, Move]:
    """The sheet on a brown table, seen by a camera tilted by so many degrees along and across, and
    the way from its millimetres to the photo's pixels. `bend_mm`: how far its middle stands up.
    """
    high, wide = page.shape
    far, scale = 2.2 * high, 0.95
    a, b, c = (np.radians(v) for v in (tilt, side, turn))
    around_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    around_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    around_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    turned = around_x @ around_y @ around_z
    longest = round(1.25 * max(wide, high))
    out = longest, longest

    def seen(px: np.ndarray) -> np.ndarray:
        flat = px - (wide / 2, high / 2)
        lift = bend_mm * PX * np.cos(np.pi * flat[:, 1] / high)
        point = np.c_[flat, -lift] @ turned.T
        depth = (far + point[:, 2:]) / far
        return np.asarray(point[:, :2] * scale / depth + (out[0] / 2, out[1] / 2))

    grid = 24
    x, y = np.meshgrid(np.linspace(0, wide - 1, grid), np.linspace(0, high - 1, grid))
    nodes = np.stack([x.ravel(), y.ravel()], axis=1)
    there = seen(nodes)
    picture = np.full((out[1], out[0]), 95, np.uint8)
    corner = np.arange(grid * grid).reshape(grid, grid)
    for i in range(grid - 1):
        for j in range(grid - 1):
            four = corner[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            x0, y0 = np.floor(there[four].min(axis=0)).astype(int) - 1
            x1, y1 = np.ceil(there[four].max(axis=0)).astype(int) + 2
            matrix = cv2.getPerspectiveTransform(
                nodes[four].astype(np.float32), (there[four] - (x0, y0)).astype(np.float32)
            )
            patch = cv2.warpPerspective(
                page, matrix, (x1 - x0, y1 - y0), borderMode=cv2.BORDER_REPLICATE
            )
            mask = np.zeros(patch.shape, np.uint8)
            cv2.fillConvexPoly(mask, np.round(there[four] - (x0, y0)).astype(np.int32), (1,))
            window = picture[y0:y1, x0:x1]
            np.copyto(window, patch, where=mask.astype(bool))
    picture = cv2.GaussianBlur(picture, (0, 0), 0.7)
    return picture, lambda mm: seen(np.asarray(mm, float) * PX)


def worst_mm(page: np.ndarray, form: Layout, truth: Move) -> float | None:
    """How far the worst corner of any frame lies from where it is; None when none is shown."""
    placed = placement_of(plain(identify(page, CAMERA_DPI)), layouts())
    if placed is None:
        return None
    corners = np.array(
        [(x, y) for comb in form.combs for x in comb.box[::2] for y in comb.box[1::2]]
    )
    shown, right = placed.points(corners), truth(corners)
    step = np.hypot(*(truth(corners + (1.0, 0.0)) - right).T)
    return float((np.hypot(*(shown - right).T) / step).max())
