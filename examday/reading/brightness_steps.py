"""Finds where the brightness of a JPEG slips: a fault in its code that no decoder can notice.

The code says of each block how much lighter it is than the block before. One wrong number there makes
everything behind it lighter or darker, down to the last row, and is still good code. What gives it away
is a step that runs along the rows of blocks from one edge of the picture to the other and jumps by one
row where the fault lies: no edge of a sheet and no shadow does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 8  # px of a block's side: JPEG codes squares of that size, so a fault begins at one
STEP = 4  # grey values: more than the noise of a scanner leaves of the mean of a block's side
SIDE = 3  # blocks on either side of the jump at least: fewer are like each other by chance
ALONG, ELSEWHERE = 0.85, 0.25
"""Shares of a row's blocks that must show the step where it runs, and that may show it where it
does not: a fault runs on to the end of the row, writing does not."""
ALIKE = 0.65, 2.0, 0.35
"""Share of the blocks whose step is like the middle one, within grey values or a share of it, whichever
is more: one wrong number moves all blocks alike, while lines of writing on a ruled sheet step unevenly."""
EVEN = np.uint64(0x00FF00FF00FF00FF)
"""Every other byte of a number of eight: room for the sum of four of them and more."""
WHITE, PRINT = 255, 20  # grey values: pure white, and how much darker print is at the least
GRAINY, BARE, PRINTED = 0.1, 0.6, 0.15
"""Shares: of blocks of pure white above such a fault, at the most, and below it, at the least; and of the rows
above and below that show some print, for a lid above a sheet, or white that was filled in below, shows none."""
TALL = (1, 2)  # blocks that a row of code is high: two where the colours are coarser


def slips(grey: np.ndarray) -> bool:
    """Whether the brightness of a picture as it was decoded, H x W, slips at a block."""
    if min(grey.shape) < 2 * (SIDE + 1) * BLOCK:
        return False
    if _bleached(grey):
        return True
    steps = _steps(grey)
    return any(
        _even(way * steps[row + tall, :at] / BLOCK, way * steps[row, at:] / BLOCK)
        for way, hits in ((1, steps > STEP * BLOCK), (-1, steps < -STEP * BLOCK))
        for tall in TALL
        for row, at in _jumps(hits, tall)
    )


def _bleached(grey: np.ndarray) -> bool:
    """Whether paper that has a grain above becomes pure white in the middle of a row of blocks, to the last row."""
    high, wide = (side // BLOCK for side in grey.shape)
    # Of pure white the last rows tell as well: most pictures are left with this look.
    if np.count_nonzero(grey[-BLOCK:] == WHITE) < BARE * grey[-BLOCK:].size:
        return False
    blocks = grey[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK)
    # Print covers less than half of a block, mostly.
    white = (blocks == WHITE).mean(axis=(1, 3)) > 0.5
    darkest = blocks.min(axis=(1, 3))
    share = white.mean(axis=1)
    # A lamp's shine takes more than two rows from grain to white.
    rows = np.flatnonzero((share[:-2] <= GRAINY) & (share[2:] >= BARE)) + 1
    return any(
        share[:row].mean() <= GRAINY
        and share[row + 1 :].mean() >= BARE
        and _ends_within(blocks[row] == WHITE)
        and _shows_print(darkest[row + 1 :], WHITE)
        and _is_paper(grey[: row * BLOCK], darkest[:row])
        for row in map(int, rows)
    )


def _ends_within(white: np.ndarray) -> bool:
    """Whether the grain ends within this row of blocks (line, block, pixel), and at a block.

    There the last line is still grain before it, and the first is white already behind it. A slanted edge
    of a sheet ends line by line: it is white below before it is above.
    """
    first, last = white[0].mean(axis=1) > 0.5, white[-1].mean(axis=1) > 0.5
    left = np.arange(SIDE, len(first) - SIDE + 1)
    before = np.cumsum(last)[left - 1]
    behind = first.sum() - np.cumsum(first)[left - 1]
    found = (before <= GRAINY * left) & (behind >= ALONG * (len(first) - left))
    return bool(found.any())


def _is_paper(grey: np.ndarray, darkest: np.ndarray) -> bool:
    """Whether this part of a picture is light paper with print, and no strip of a scanner's lid.

    Paper that is darker shows a step where it becomes white.
    """
    paper = float(np.median(grey[::BLOCK]))
    return paper >= WHITE - PRINT and _shows_print(darkest, paper)


def _shows_print(darkest: np.ndarray, paper: float) -> bool:
    """Whether enough rows of blocks, told by their darkest pixels, show print on paper of this brightness."""
    return bool((darkest < paper - PRINT).any(axis=1).mean() >= PRINTED)


def _steps(grey: np.ndarray) -> np.ndarray:
    """By how much each block begins lighter than the one above it ends: the sum over its side."""
    high, wide = (side // BLOCK for side in grey.shape)
    blocks = grey[: high * BLOCK, : wide * BLOCK]
    return np.asarray(_sums(blocks[BLOCK::BLOCK]) - _sums(blocks[BLOCK - 1 : -1 : BLOCK]))


def _sums(rows: np.ndarray) -> np.ndarray:
    """The sum of each eight grey values of a row, added four at a time as the parts of one number."""
    eight = np.ascontiguousarray(rows).view(np.uint64)
    four = (eight & EVEN) + (eight >> 8 & EVEN)
    four += four >> 32
    # Small numbers are compared and added in a quarter of the time.
    return np.asarray(four + (four >> 16) & 0xFFFF, np.int16)


def _jumps(hits: np.ndarray, tall: int) -> Iterator[tuple[int, int]]:
    """Row and block at which a step changes from the lower row, where it runs to the left, to the upper.

    `tall`: rows from one to the other.
    """
    wide = hits.shape[1]
    left = np.arange(SIDE, wide - SIDE + 1)
    # A step that runs from edge to edge shows in most blocks of the two rows: hardly any row is left.
    most = np.count_nonzero(hits, axis=1)
    rows = np.flatnonzero(most[:-tall] + most[tall:] >= ALONG * wide)
    upper, lower = hits[rows], hits[rows + tall]
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
