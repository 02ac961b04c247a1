"""Draws where the program believes marks, codes and cells to be, over the scan.

A technician sees whether it fits.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from examday.paper.layout import Box, Layout
from examday.reading.fit import project
from examday.reading.page import PageReading, read_page

# Blue, green, red: the order of OpenCV.
COLOURS = {
    "mark": (0, 0, 220),
    "code": (0, 140, 0),
    "cell": (200, 90, 0),
    "filled": (0, 110, 230),
    "area": (150, 0, 150),
}


def draw_layout(
    grey: np.ndarray, dpi: float | None = None, forms: Mapping[str, Layout] | None = None
) -> tuple[np.ndarray, PageReading]:
    """The scan in colour with the layout over it, H x W x 3 uint8, and the reading it came from."""
    reading = read_page(grey, dpi, forms=forms)
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    if reading.flat is None:
        return picture, reading
    layout, matrix = reading.flat.fit.layout, reading.flat.fit.matrix
    thick = max(2, round(max(grey.shape) / 2500))

    def outline(box: Box, colour: str) -> None:
        x0, y0, x1, y1 = box
        corners = project(matrix, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))
        cv2.polylines(
            picture, [np.round(corners).astype(np.int32)], True, COLOURS[colour], thick, cv2.LINE_AA
        )

    for mark in layout.markers:
        outline((mark.x, mark.y, mark.x + mark.size, mark.y + mark.size), "mark")
    for code in layout.codes:
        outline(code.box, "code")
    for area in layout.areas:
        outline(area.box, "area")
    for field in [*reading.fields.values(), *reading.tasks.values()]:
        for index in range(field.row.comb.cells):
            outline(field.row.comb.cell(index), "filled" if index in field.row.filled else "cell")
    return picture, reading
