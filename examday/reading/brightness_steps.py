"""Finds where the brightness of a JPEG slips: a fault in its code that no decoder can notice.

The code says of each block how much lighter it is than the block before. One wrong number there makes
everything behind it lighter or darker, down to the last row, and is still good code. What gives it away
is a step that runs along the rows of blocks from one edge of the picture to the other and jumps by one
row where the fault lies: no edge of a sheet and no shadow does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 8  # px of a block's side
STEP = 4.0  # grey values: more than the noise of a scanner leaves of the mean of a block's side
SIDE = 3  # blocks on either side of the jump, at the least
ALONG, ELSEWHERE = 0.85, 0.25
"""Shares of a row's blocks that must show the step where it runs, and that may show it where it does not."""
ALIKE = 0.65, 2.0, 0.35
"""Share of the blocks whose step is like the middle one, within grey values or a share of it, whichever
is more. Lines of writing on a ruled sheet step unevenly."""
TALL = (1, 2)  # blocks that a row of code is high: two where the colours are coarser


def slips(grey: np.ndarray) -> bool:
    """Whether the brightness of a picture as it was decoded, H x W, slips at a block."""
    if min(grey.shape) < 2 * (SIDE + 1) * BLOCK:
        return False
    steps = _steps(grey)
    return any(
        _even(way * steps[row + tall, :at], way * steps[row, at:])
        for way in (1, -1)
        for tall in TALL
        for row, at in _jumps(way * steps[:-tall] > STEP, way * steps[tall:] > STEP)
    )


def _steps(grey: np.ndarray) -> np.ndarray:
    """How much lighter each block begins than the one above it ends, one number a block."""
    high, wide = (side // BLOCK for side in grey.shape)
    blocks = grey[: high * BLOCK, : wide * BLOCK]
    edge = blocks[BLOCK::BLOCK].astype(np.int16) - blocks[BLOCK - 1 : -1 : BLOCK]
    # Halved until one number is left of a block: several times as fast as a mean along it.
    while edge.shape[1] > wide:
        edge = edge[:, ::2] + edge[:, 1::2]
    return np.asarray(edge / BLOCK)


def _jumps(upper: np.ndarray, lower: np.ndarray) -> Iterator[tuple[int, int]]:
    """Row and block at which a step changes from the lower row, where it runs to the left, to the upper."""
    wide = upper.shape[1]
    left = np.arange(SIDE, wide - SIDE + 1)
    # A step that runs from edge to edge shows in most blocks of the two rows: hardly any row is left.
    rows = np.flatnonzero(upper.sum(axis=1) + lower.sum(axis=1) >= ALONG * wide)
    upper, lower = upper[rows], lower[rows]
    before = [np.cumsum(hit, axis=1)[:, left - 1] for hit in (upper, lower)]
    behind = [
        hit.sum(axis=1)[:, None] - part for hit, part in zip((upper, lower), before, strict=True)
    ]
    runs = (before[1] >= ALONG * left) & (behind[0] >= ALONG * (wide - left))
    alone = (before[0] <= ELSEWHERE * left) & (behind[1] <= ELSEWHERE * (wide - left))
    for row, place in np.argwhere(runs & alone):
        yield int(rows[row]), int(place) + SIDE


def _even(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether the steps on both sides of a jump are all much the same."""
    both = np.concatenate([left, right])
    share, values, part = ALIKE
    usual = float(np.median(both))
    return float((np.abs(both - usual) <= max(values, part * usual)).mean()) >= share
