"""Finds bytes behind the last pixels of a TIFF that nothing in the file names.

Pixels that bear no code of their own are drawn whatever stands there. Bytes that came in twice push all
that follows them on, and as many are left over at the end of the file.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from examday.reading.bad_files import Damaged
from examday.reading.ends import MOST_FRAMES, TIFFS, strip_ends

BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one value of each type (TIFF 6.0): only with them it is known what a file uses, and so
what is left over."""
ELSEWHERE = {330, 34665, 34853, 40965}
"""Tags that lead to further lists of tags, such as previews: what these use is not left over."""


def check_tail(data: bytes) -> None:
    """Raise Damaged when bytes are left over behind pixels; what fills a file up is no fault.

    Of a TIFF that begins otherwise, with wider numbers (BigTIFF), nothing is known of its tail.
    """
    order = TIFFS.get(data[:4])
    if order is None:
        return
    named = list(_named(data, order))
    known = [thing for thing in named if thing is not None]
    last, is_pixels = max(known, default=(0, False))
    if len(known) == len(named) and is_pixels and set(data[last:]) - {0, 0xFF}:
        raise Damaged


def _named(data: bytes, order: str) -> Iterator[tuple[int, bool] | None]:
    """Where each thing that the file names ends, and whether it is pixels; None: not all is known."""
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    for _frame in range(MOST_FRAMES):
        if not at:
            return
        (count,) = struct.unpack_from(f"{order}H", data, at)
        entries = data[at + 2 : at + 2 + 12 * count]
        yield at + 6 + 12 * count, False
        for tag, kind, number, value in struct.iter_unpack(f"{order}HHI4s", entries):
            size = number * BYTES.get(kind, 0)
            if tag in ELSEWHERE or not size:
                yield None
            elif size > 4:
                yield struct.unpack(f"{order}I", value)[0] + size, False
        yield from ((end, True) for end in strip_ends(io.BytesIO(data), entries, order))
        (at,) = struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)
