"""Whether two pictures show the same ink: one sheet pictured twice, not one sheet and its copy.

Both pictures are laid straight under their form; then each spot that holds writing is looked for
at the same place of the other picture. The same ink fits everywhere, sign by sign; another hand,
or another sheet of the same hand, does not. Measured on the sheets of the training day and of
eight made writers: median fit 0.98 and more for one sheet pictured twice, at most 0.83 for an
original and its copy (training sheets, whose two hands are drawn from one set of characters).
"""

from collections.abc import Iterator

import cv2
import numpy as np

from examday.paper.layout import Box, Layout

PX_PER_MM = 6.0  # of the standard form; a pen stroke is then three px wide, and finer costs time
NEAR_PX = 3  # half a millimetre: how far the frames of two pictures may differ
INSET_MM = 0.6  # printed borders are the same on every sheet and say nothing
SPOT_MM = 8.0  # an area for long answers is cut into squares: each is laid right by itself, as paper stretches
# darkness of ink; share of a spot that it covers at least: of less nothing can be compared
DARK, LEAST_INK = 0.25, 0.04
FEWEST = 8  # spots with writing below which nothing is concluded: few may agree by chance
SAME = 0.9  # median fit: two pictures of one sheet reach it, the sheet and its copy do not


def straight(grey: np.ndarray, matrix: np.ndarray, form: Layout) -> np.ndarray:
    """How dark each place of the sheet is, 0 (paper) … 1, float32, at PX_PER_MM.

    `matrix`: 3x3, mm of the form → px of `grey`.
    """
    size = (round(form.width * PX_PER_MM), round(form.height * PX_PER_MM))
    to_px = np.asarray(matrix, dtype=float) @ np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0])
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(grey, to_px, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    paper = cv2.morphologyEx(
        cv2.resize(flat, None, fx=0.25, fy=0.25), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)
    )
    paper = cv2.resize(cv2.GaussianBlur(paper, (0, 0), 5), size)
    return np.clip(1 - flat.astype(np.float32) / np.maximum(paper, 1), 0, 1)


def same_ink(one: np.ndarray, other: np.ndarray, form: Layout) -> bool | None:
    """Tell whether two sheets, laid straight, hold the same ink.

    None when there is too little writing to tell.
    """
    fits = [fit for box in _spots(form) for fit in _fit(one, other, box)]
    return float(np.median(fits)) > SAME if len(fits) >= FEWEST else None


def _spots(form: Layout) -> Iterator[Box]:
    """Cells of the rows, and squares of the areas for long answers, mm."""
    for comb in form.combs:
        yield from (comb.cell(index) for index in range(comb.cells))
    for area in form.areas:
        x0, y0, x1, y1 = area.box
        for y in np.arange(y0, y1 - SPOT_MM, SPOT_MM):
            for x in np.arange(x0, x1 - SPOT_MM, SPOT_MM):
                yield float(x), float(y), float(x) + SPOT_MM, float(y) + SPOT_MM


def _fit(one: np.ndarray, other: np.ndarray, box: Box) -> list[float]:
    """Measure how well the writing of a spot is found at the same place of the other sheet.

    From -1 to 1; nothing where there is no writing.
    """
    x0, y0 = (round((edge + INSET_MM) * PX_PER_MM) for edge in box[:2])
    x1, y1 = (round((edge - INSET_MM) * PX_PER_MM) for edge in box[2:])
    wanted = one[y0:y1, x0:x1]
    if wanted.size == 0 or (wanted > DARK).mean() < LEAST_INK:
        return []
    near = other[max(0, y0 - NEAR_PX) : y1 + NEAR_PX, max(0, x0 - NEAR_PX) : x1 + NEAR_PX]
    if near.shape[0] < wanted.shape[0] or near.shape[1] < wanted.shape[1]:
        return []
    where, what = (cv2.GaussianBlur(part, (0, 0), 1.2) for part in (near, wanted))
    return [float(cv2.matchTemplate(where, what, cv2.TM_CCOEFF_NORMED).max())]
