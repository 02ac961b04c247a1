"""Tell whether print is seen near every field, and lies right there.

A feeder pulls a sheet unevenly: a stretch of it is skipped or drawn out, or goes askew from
somewhere on. Its ends then lie right and its middle does not. So nothing follows from afar: each
corner of a field has print at its height, for what happens along the sheet, and print above or
below it, for what happens across.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from examday.paper.layout import Box, Layout
from examday.reading.evidence import CODE, END, FRAME, MARK, Trace

NEAR_MM = 15.0, 6.0
"""How near print must stand, across the sheet and along it: a few cells away, and in the row."""
ROW_MM = 30.0, 22.0
"""Where nothing is printed so near: for a row, which could be taken for the next,"""
OTHER_MM = 30.0, 35.0
"""and for the windows on the margins of a fax, which could not."""
# roles of cells that no like row stands beside: they cannot be taken for the next one
ALONE = "header", "count"
# what the print near a corner may be off, along either axis: places of a form are told to 0.2 mm
OFF_MM = 0.25
END_MM = 0.35  # and the ends of rows, which nothing beyond them speaks for; the form itself is told to 0.2 mm
LEAST = 0.6  # weight of print that must be near: one trace, or some further off
FAINT = 0.25  # many faint traces together must not pass for print that is near
ROUNDS = 3  # times the traces are weighed anew: writing pulls single ones
STRAY_MM = 0.3  # from which a trace counts half: writing pulls more than that, paper less
# Paper does not jump: a trace this far off the print beside it was pulled by writing
PULLED_MM = 0.6
AROUND = 3  # traces that must stand around one to contradict it
# across the sheet and along it: a row and the next ones, over which paper bends as one
BESIDE_MM = 80.0, 12.0
LONG_MM = 100.0
STIFF = 0.1  # print that stands close together tells of no tilt


def near_every_field(test: Sequence[Trace], layout: Layout) -> bool:
    """Whether the traces of `test` confirm the place of every corner of every field."""
    rows = [comb.box for comb in layout.combs if comb.role not in ALONE]
    others = [comb.box for comb in layout.combs if comb.role in ALONE]
    others += [area.box for area in layout.areas]
    if any(trace.kind == END and abs(trace.off) > END_MM for trace in test):
        return False
    return all(
        _confirmed(mine, boxes, along, far[along])
        for axis in (0, 1)
        for mine in [
            _not_pulled([t for t in test if t.axis == axis and t.kind not in (CODE, MARK)])
        ]
        for along in (0, 1)
        for boxes, far in ((rows, ROW_MM), (others, OTHER_MM))
    )


def _not_pulled(mine: Sequence[Trace]) -> list[Trace]:
    """Leave out what writing has pulled: a single trace that the print all around it contradicts.

    A line through few traces would follow it. What a feeder does moves a row as one piece, and a
    frame with all its sides; the foot of a printed word beside a frame looks like a piece of it.
    """
    at = np.array([trace.at for trace in mine]).reshape(-1, 2)
    off = np.array([trace.off for trace in mine])
    near = (np.abs(at[:, None] - at[None]) <= BESIDE_MM).all(axis=2)
    np.fill_diagonal(near, False)
    framed = np.array([trace.kind == FRAME for trace in mine], bool)
    agree = (near & framed & (np.abs(off[:, None] - off[None]) <= OFF_MM)).any(axis=1)
    alone = framed & ~agree & (np.abs(off) > PULLED_MM)
    beside = near.sum(axis=1)
    kept = ~alone & ((beside < AROUND) | (np.abs(off - _middles(off, near, beside)) <= PULLED_MM))
    return [trace for trace, keep in zip(mine, kept, strict=True) if keep]


def _middles(off: np.ndarray, near: np.ndarray, beside: np.ndarray) -> np.ndarray:
    """The median of what the print around each trace is off, 0 where none is around it.

    All at once: a median of its own for each took as long as decoding half of the page.
    """
    if not len(off):
        return off
    order = np.argsort(off, kind="stable")
    # Which of those around it a trace is, counted from the least off: the median needs their order.
    place = np.cumsum(near[:, order], axis=1)
    low, high = (
        (place >= at[:, None]).argmax(axis=1) for at in ((beside + 1) // 2, beside // 2 + 1)
    )
    return np.where(beside > 0, (off[order[low]] + off[order[high]]) / 2, 0.0)


def _confirmed(mine: Sequence[Trace], outlines: Sequence[Box], along: int, far: float) -> bool:
    """Whether print confirms one coordinate of the boxes at each place `along` x or y.

    `far`: how far off it may be where nothing is near.
    """
    boxes = np.array(outlines, float).reshape(-1, 4)
    at = np.array([trace.at for trace in mine]).reshape(-1, 2)
    off = np.array([trace.off for trace in mine])
    places, row = np.unique(boxes[:, [along, along + 2]].ravel(), return_inverse=True)
    apart = at[None, :, along] - places[:, None]
    weight = _weight(apart, NEAR_MM[along])
    few = _near(weight) < LEAST
    if few.any():
        weight[few] = _weight(apart[few], far)
        if (_near(weight[few]) < LEAST).any():
            return False
    middle, mean, slope = _lines(at[:, 1 - along] / LONG_MM, off, weight)
    # Each place carries its line to both ends of its boxes, because a tilt is off at one end alone.
    ends = np.repeat(boxes[:, [1 - along, 3 - along]] / LONG_MM, 2, axis=0)
    there = mean[row][:, None] + slope[row][:, None] * (ends - middle[row][:, None])
    return bool((np.abs(there) <= OFF_MM).all())


def _weight(apart: np.ndarray, mm: float) -> np.ndarray:
    return np.asarray(np.exp(-0.5 * (apart / mm) ** 2))


def _near(weight: np.ndarray) -> np.ndarray:
    return np.asarray((weight * (weight > FAINT)).sum(axis=1))


def _lines(
    lever: np.ndarray, off: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay a straight line through the print near each place: middle, value there, and slope."""
    keep = weight
    for _ in range(ROUNDS):
        total = keep.sum(axis=1) + 1e-9
        middle, mean = keep @ lever / total, keep @ off / total
        apart = lever[None, :] - middle[:, None]
        slope = (keep * apart) @ off / ((keep * apart**2).sum(axis=1) + STIFF)
        left = off[None, :] - mean[:, None] - slope[:, None] * apart
        keep = weight / (1 + (left / STRAY_MM) ** 2)
    return middle, mean, slope
