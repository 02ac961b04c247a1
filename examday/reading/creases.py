"""Finds creases: thin straight shadows that run from edge to edge of a sheet, a little aslant.

A sheet that was folded throws one. In every row it crosses it would be a dash in each blank cell, and a
stroke through each character. Printed rules end before the paper does; that tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

LEAN = 0.035  # px aside a px of length: a sheet lies two degrees askew on the glass at most
# of the first look: px that become one, and every such row; to look at all would cost far more time
COARSE_PX, COARSE_ROWS = 8, 8
# share of the rows of the first look that must show it: writing and the coarse look hide some
LIKELY = 0.85
NEAR_PX = 12  # the first look is as coarse as its px, and the way may bend a little
# off a straight line it may be where it is seen: a crease in paper is never quite straight
ON_PX = 2.0
HALF_PX = 7  # half of its width with soft edges: less would leave a dash of it in each cell
THROUGHOUT = 0.88  # share of the length on which it must be seen; writing hides some of it
# share of the length at either end that must show it too, as no stroke of a pen reaches both edges
ENDS = 0.02
MOST = 4  # a sheet folded twice both ways has no more, so others are not looked for
MOST_TAKEN = 0.8  # share of the light: below what is darker than that nothing is to be found


@dataclass(frozen=True)
class Crease:
    """A crease of a picture whose rows it crosses.

    It lies at `start` + `lean` * row px; `shade`: share of the paper's light that it takes, by px from
    its middle, one for every half of a px from -HALF_PX on.
    """

    start: float
    lean: float
    shade: np.ndarray


def creases(
    rows: np.ndarray,
    deeper: np.ndarray,
    dark: np.ndarray,
    step: int,
) -> Iterator[Crease]:
    """The creases that cross the sampled `rows` of a picture.

    `deeper`: grey values by which each pixel is darker than what lies beside it; `dark`: where that
    is much; `step`: rows of the picture to a sampled one.
    """
    left = dark.copy()
    for _ in range(MOST):
        guess = _guess(left, step)
        if guess is None:
            return
        places, seen = _places(deeper, left, guess)
        line = _line(places, seen)
        # Taken away whatever it was, so that the next look finds another.
        _erase(left, places)
        if line is not None:
            start, lean = line
            middle = start + lean * np.arange(len(rows))
            yield Crease(start, lean / step, _shade(rows, deeper, middle))


def lighten(grey: np.ndarray, crease: Crease) -> None:
    """Give back, in place, the light that a crease takes: what is written under it stays black."""
    rows = np.arange(len(grey))
    middle = crease.start + crease.lean * rows
    columns = np.rint(middle).astype(int)[:, None] + np.arange(-HALF_PX, HALF_PX + 1)
    inside = (columns >= 0) & (columns < grey.shape[1])
    columns = columns.clip(0, grey.shape[1] - 1)
    halves = np.arange(len(crease.shade)) / 2 - HALF_PX
    taken = np.interp(columns - middle[:, None], halves, crease.shade) * inside
    at = rows[:, None], columns
    grey[at] = np.minimum(np.rint(grey[at] / (1 - taken)), 255).astype(np.uint8)


def _guess(dark: np.ndarray, step: int) -> np.ndarray | None:
    """About where a straight dark line crosses each row, px; None where none goes through all."""
    few = dark[::COARSE_ROWS]
    wide = few.shape[1] // COARSE_PX
    blocks = few[:, : wide * COARSE_PX].reshape(len(few), wide, COARSE_PX)
    coarse = np.asarray(blocks.any(axis=2))
    # A line may pass from one block to the next between two rows.
    coarse[:, 1:] |= coarse[:, :-1].copy()
    most = round(LEAN * len(dark) * step / COARSE_PX)
    padded = np.pad(coarse.astype(np.uint8), ((0, 0), (most, most)))
    leans = np.arange(-most, most + 1)
    offs = np.rint(leans[:, None] * np.linspace(0, 1, len(few))).astype(int) + most
    # All ways at once, row by row: one by one they took a third of the time of decoding.
    hits = np.zeros((len(leans), wide), np.uint8)
    for row, off in zip(sliding_window_view(padded, wide, axis=1), offs.T, strict=True):
        hits += row[off]
    if hits.max() < round(LIKELY * len(few)):
        return None
    lean, at = np.unravel_index(int(hits.argmax()), hits.shape)
    # Half a block back: every block was joined with the one before it.
    return np.asarray((at + leans[lean] * np.linspace(0, 1, len(dark))) * COARSE_PX)


def _places(
    deeper: np.ndarray, dark: np.ndarray, guess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where each row is darkest near the guess, px, and which rows show it there."""
    columns = np.rint(guess).astype(int)[:, None] + np.arange(-NEAR_PX, NEAR_PX + 1)
    columns = columns.clip(0, dark.shape[1] - 1)
    rows = np.arange(len(dark))[:, None]
    depth = np.where(dark[rows, columns], deeper[rows, columns].astype(int), 0)
    best = depth.argmax(axis=1)
    return columns[rows[:, 0], best], depth.max(axis=1) > 0


def _line(places: np.ndarray, seen: np.ndarray) -> tuple[float, float] | None:
    """Start and lean of the line through the places, None where it does not run from edge to edge."""
    rows, good = np.arange(len(places)), seen
    for _ in range(3):
        if good.sum() < LIKELY * THROUGHOUT * len(places):
            return None
        lean, start = np.polyfit(rows[good], places[good], 1)
        good = seen & (np.abs(places - (start + lean * rows)) <= ON_PX)
    ends = max(3, round(len(places) * ENDS))
    if good.mean() < THROUGHOUT or good[:ends].mean() <= 0.5 or good[-ends:].mean() <= 0.5:
        return None
    return float(start), float(lean)


def _erase(dark: np.ndarray, places: np.ndarray) -> None:
    """Take a line away from what is seen, in place."""
    columns = places[:, None] + np.arange(-NEAR_PX, NEAR_PX + 1)
    dark[np.arange(len(dark))[:, None], columns.clip(0, dark.shape[1] - 1)] = False


def _shade(rows: np.ndarray, deeper: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """The share of light that a line usually takes by distance from its middle, see `Crease`.

    The median over all rows: what is written across it does not count.
    """
    columns = np.rint(middle).astype(int)[:, None] + np.arange(-HALF_PX, HALF_PX + 1)
    inside = (columns >= 0) & (columns < deeper.shape[1])
    halves = np.rint(2 * (columns - middle[:, None])).astype(int) + 2 * HALF_PX
    at = np.arange(len(rows))[:, None], columns.clip(0, rows.shape[1] - 1)
    share = deeper[at] / np.maximum(1.0, deeper[at].astype(float) + rows[at])
    values = [share[inside & (halves == half)] for half in range(4 * HALF_PX + 1)]
    usual = np.array([float(np.median(v)) if len(v) else 0.0 for v in values])
    # The lightest is taken off, since grain alone makes each pixel a little darker than the
    # lightest beside it.
    return np.asarray(np.minimum(usual - usual.min(), MOST_TAKEN))
