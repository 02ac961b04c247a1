"""Whether the steps by which a JPEG was made coarser can be those of a camera or scanner.

Code that lies behind a table of steps says nothing of it: with the table of another file, or with its
numbers out of order, each block of the picture comes out as another one, without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from examday.reading.bad_files import Damaged

TABLES, CODE = 0xDB, 0xDA
COUNT = 64
"""A table of another length is no table: a block has 8 × 8 frequencies."""
LEAST_SPREAD = 0.3
"""Share of their mean by which steps differ, below which they are as good as equal and have no order."""
LEAST_ORDER = 0.2
"""How far at least steps grow with their frequency, as a correlation. Those of the standard, of phones and of
every writer looked at give 0.6 and more; numbers out of order give less than 0.2 nine times in ten."""


def check_steps(data: bytes) -> None:
    """Raise Damaged where fine structure was kept better than coarse: no writer does that.

    `data`: a JPEG with its end mark, whose segments have been walked before.
    """
    for steps in (steps for part in segments(data, TABLES) for steps in _in_segment(part)):
        spread = float(steps.std() / max(steps.mean(), 1.0))
        if spread > LEAST_SPREAD and np.corrcoef(steps, np.arange(COUNT))[0, 1] < LEAST_ORDER:
            raise Damaged


def segments(data: bytes, kind: int) -> Iterator[bytes]:
    """What stands in each segment of a kind before the code.

    `data`: a JPEG with its end mark, whose segments have been walked before.
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != CODE:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == kind:
            yield data[at + 4 : at + 2 + size]
        at += 2 + size


def _in_segment(part: bytes) -> Iterator[np.ndarray]:
    while part:
        kind = ">u2" if part[0] >> 4 else ">u1"
        length = COUNT * np.dtype(kind).itemsize
        steps = np.frombuffer(part[1 : 1 + length], kind)
        if len(steps) < COUNT:
            raise Damaged
        yield steps.astype(float)
        part = part[1 + length :]
