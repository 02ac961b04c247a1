"""Take apart writing that ignores the cells.

It has over 17 characters, written narrower (domain.md, section 7 [28][45]).

A poor second to cells: touching characters stay together or are cut evenly. Such a row always goes
to a person.
"""

from __future__ import annotations

import cv2
import numpy as np

from examday.reading.strokes import hanging_together

TALL = 0.4  # of the cell's height: lower pieces are dots and dashes of a neighbour, no characters of their own
WIDE = 1.25  # of its height: a wider piece is several characters that touch
USUAL = 0.7  # width by height of a hand-written character: tells how many touch in a wide piece

Stroke = tuple[int, int, np.ndarray]


def strokes(mask: np.ndarray, cell_height: float) -> list[Stroke]:
    """Return the characters from left to right.

    For each its first and last column (excluded), and which pixels between are the character's.
    """
    count, labels, stats, _ = hanging_together(mask)
    tall = [k for k in range(1, count) if stats[k, cv2.CC_STAT_HEIGHT] >= TALL * cell_height]
    spans = sorted((int(stats[k, 0]), int(stats[k, 0] + stats[k, 2]), [k]) for k in tall)
    merged: list[tuple[int, int, list[int]]] = []
    for start, end, numbers in spans:
        if merged and _overlap(merged[-1], start, end) > 0.5:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2] + numbers)
        else:
            merged.append((start, end, numbers))
    low = [k for k in range(1, count) if k not in tall]
    out: list[Stroke] = []
    for start, end, numbers in merged:
        over = [k for k in low if start - 2 <= stats[k, 0] and stats[k, 0] + stats[k, 2] <= end + 2]
        out += _cut(
            np.isin(labels, numbers + over),
            start,
            end,
            int(stats[numbers, cv2.CC_STAT_HEIGHT].max()),
        )
    return out


def astride(groups: list[Stroke], edges: np.ndarray) -> float:
    """Share of characters that have one of the column `edges` well inside them."""
    inside = [
        bool(((edges > a + 0.25 * (b - a)) & (edges < b - 0.25 * (b - a))).any())
        for a, b, _ in groups
    ]
    return sum(inside) / max(1, len(inside))


def _overlap(last: tuple[int, int, list[int]], start: int, end: int) -> float:
    """Shared columns as a share of the narrower one."""
    return (min(last[1], end) - start) / max(1, min(last[1] - last[0], end - start))


def _cut(
    whole: np.ndarray,
    start: int,
    end: int,
    height: int,
) -> list[Stroke]:
    parts = 1 if end - start <= WIDE * height else round((end - start) / (USUAL * height))
    edges = np.linspace(start, end, parts + 1).round().astype(int)
    return [(int(a), int(b), whole[:, a:b]) for a, b in zip(edges, edges[1:], strict=False)]
