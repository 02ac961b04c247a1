"""Measure how far print lies from where a form says it is.

The print is borders of cells, rules, frames, edges of codes.

Works on a straightened page. Each `Trace` is one place at which one coordinate was measured; what
could not be seen is left out. The making of a fit and its proof are in `proof`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from examday.paper.layout import Barcode, Box, Comb, Layout
from examday.reading.flatten import PX, Flat
from examday.reading.row_registration import FAR, REACH, measure, parts_of

CELLS, RULE, FRAME, CODE, MARK = "cells", "rule", "frame", "code", "mark"
SPARE = "spare"  # a square measured by the others alone, so it may speak for the fit
NUMBER = "number"  # the short rule under a task's number: thick enough for a fax
END = "end"  # the last cells of rows, some together: alone they are too few to be sure
# how far a rule or a code is looked for while the fit is a guess: the next row, which looks the
# same, is 7.7 mm away
WIDE_MM = 6.0
NARROW_MM = 2.0  # and once it is not: further off stands another line
PIECE_MM = 24.0  # a long line is measured in pieces, so that a bend shows
DARK = 0.45  # of the way from paper to black: print, even where copying has paled it
# a hairline is grey once it is averaged along its length: more darkness is not asked of it
THIN = 0.10
# rows are searched as far as their registration may move them, no further
FAR_MM, NEAR_CELLS_MM = FAR / PX, REACH / PX
# share of rows' borders that must be seen before any of them is believed: some are found anywhere
# by chance
CHANCE = 0.12
LINE = 0.4, 3.0  # width of a band, in widths of the line: thinner is dirt, wider a shadow
HAIR = 0.3, 3.0  # of a frame, which some printers draw finer, where no rows of answers speak
WHOLE = 0.8, 1.2  # and for a black square, whose middle says nothing once a part is covered
# cells of a row that are its end, and rows that are looked at together: one end alone says too
# little
END_CELLS, END_ROWS = 2, 4
# so near the outermost end others end too: they lie in one column and may be added up
AT_END_MM = 2.0
LEAST_MM = 6.0  # a shorter line is not looked for: a stroke of writing hides it as a whole


@dataclass(frozen=True)
class Trace:
    """Print seen at `at` (mm of the layout) lies `off` mm further along `axis` (0: x, 1: y)."""

    kind: str
    at: tuple[float, float]
    axis: int
    off: float

    @property
    def anchors(self) -> bool:
        """Whether it could not be taken for the next of many alike, as a row of cells can."""
        return self.kind in (CODE, RULE, MARK)


def traces(
    flat: Flat,
    codes: Iterable[Barcode],
    far: bool = False,
    cells_mm: float = NEAR_CELLS_MM,
    numbers: bool = False,
) -> list[Trace]:
    """Everything measured on the page.

    `codes`: those that were read, which therefore are in their places; `far`: the fit is a guess,
    so marks, rules and codes are looked for further off; `cells_mm`: how far rows of cells are
    looked for, 0 leaves out what looks alike; `numbers`: look at the rules under the tasks' numbers
    though the rows are seen.
    """
    layout, reach = flat.fit.layout, WIDE_MM if far else NARROW_MM
    found = [*_marks(flat, layout, reach), *_rules(flat, layout, reach)]
    found += _codes(flat, codes, reach)
    if cells_mm:
        parts = _parts(layout)
        cells = _seen(flat, parts, round(cells_mm * PX))
        found += [*_frames(flat, layout), *cells, *_row_ends(flat, layout)]
        # A look at each takes time, and says little where the rows are seen themselves.
        if numbers or len(cells) < len(parts):
            found += _number_rules(flat, layout)
    return found


def _seen(flat: Flat, parts: list[Comb], reach: int) -> list[Trace]:
    """Return the borders of cells that were seen.

    It returns none of them when so few are found that chance explains them: a page of one bit has
    lost its dots.
    """
    offs = measure(flat, parts, reach) / PX
    found = [
        Trace(CELLS, _middle_of(parts[number]), int(axis), float(offs[number, axis]))
        for number, axis in np.argwhere(~np.isnan(offs))
    ]
    return found if len(found) >= CHANCE * 2 * len(parts) else []


def _row_ends(flat: Flat, layout: Layout) -> Iterator[Trace]:
    """Give how far the outermost ends of the rows lie across.

    Beyond them no other print stands, and a piece of a row tells where its middle lies.
    """
    ends = _outermost(layout) if layout.number_rules else []
    if not ends:
        return
    for end, off in zip(ends, measure(flat, ends)[:, 0] / PX, strict=True):
        if not np.isnan(off):
            yield Trace(END, _middle_of(end), 0, float(off))


def _outermost(layout: Layout) -> list[Comb]:
    """The last cells of the rows that end furthest to the right, alike rows under each other as one tall row."""
    rows = [c for c in layout.combs if c.role != "header" and c.cells > 4 * END_CELLS]
    right = max((row.box[2] for row in rows), default=0.0) - AT_END_MM
    last = sorted((row for row in rows if row.box[2] > right), key=lambda row: row.y)
    alike = (list(run) for _, run in groupby(last, key=lambda row: (row.x, row.pitch, row.width)))
    some = (run[at : at + END_ROWS] for run in alike for at in range(0, len(run), END_ROWS))
    return [
        replace(
            first,
            x=first.x + (first.cells - END_CELLS) * first.pitch,
            cells=END_CELLS,
            height=more[-1].box[3] - first.y,
        )
        for more in some
        for first in more[:1]
    ]


def _parts(layout: Layout) -> list[Comb]:
    return [p for comb in layout.combs if comb.role != "header" for p in parts_of(comb)]


def places_of(layout: Layout) -> list[tuple[float, float]]:
    """Where the borders of cells are measured: the middle of each piece of a row, mm."""
    return [_middle_of(part) for part in _parts(layout)]


def _middle_of(part: Comb) -> tuple[float, float]:
    x0, y0, x1, y1 = part.box
    return (x0 + x1) / 2, (y0 + y1) / 2


def _marks(flat: Flat, layout: Layout, reach: float) -> Iterator[Trace]:
    """Give the squares that are seen whole, both ways.

    What is left of a covered one is dark too, but narrower, and its middle is not the square's.
    """
    for mark in layout.markers:
        x0, y0, size = mark.x, mark.y, mark.size
        strips = (
            (x0 - reach, y0 + 1, x0 + size + reach, y0 + size - 1),
            (x0 + 1, y0 - reach, x0 + size - 1, y0 + size + reach),
        )
        across, down = (
            _band(_profile(flat, strip, axis), reach, size, DARK, WHOLE)
            for axis, strip in enumerate(strips)
        )
        if across is not None and down is not None:
            yield Trace(MARK, mark.centre, 0, across)
            yield Trace(MARK, mark.centre, 1, down)


def _rules(flat: Flat, layout: Layout, reach: float) -> Iterator[Trace]:
    for box in layout.lines:
        yield from _line(flat, box, reach, RULE, DARK)


def _number_rules(flat: Flat, layout: Layout) -> Iterator[Trace]:
    """Give the rules under the tasks' numbers both ways: their two ends show how far they lie across."""
    reach = NARROW_MM
    for x0, y0, x1, y1 in layout.number_rules:
        dark = darkness_of(flat, (x0 - reach, y0 - reach, x1 + reach, y1 + reach))
        if not dark.size:
            continue
        aside = round((reach + 1) * PX)
        down = _band(dark[:, aside:-aside].mean(axis=1), reach, y1 - y0, DARK)
        if down is None:
            continue
        middle, top = ((x0 + x1) / 2, (y0 + y1) / 2), round((reach + down + 0.1) * PX)
        yield Trace(NUMBER, middle, 1, down)
        thick = max(1, round((y1 - y0 - 0.2) * PX))
        across = _band(dark[top : top + thick].mean(axis=0), reach, x1 - x0, DARK, WHOLE)
        if across is not None:
            yield Trace(NUMBER, middle, 0, across)


def _frames(flat: Flat, layout: Layout) -> Iterator[Trace]:
    for area in layout.areas:
        for side in _sides(area.box):
            yield from _line(flat, side, NARROW_MM, FRAME, THIN)


def _sides(box: Box) -> tuple[Box, ...]:
    x0, y0, x1, y1 = box
    # mm: half the width of a frame's hairline, as boxes are measured to its middle
    half = 0.12
    return (
        (x0, y0 - half, x1, y0 + half),
        (x0, y1 - half, x1, y1 + half),
        (x0 - half, y0, x0 + half, y1),
        (x1 - half, y0, x1 + half, y1),
    )


def _line(
    flat: Flat,
    box: Box,
    reach: float,
    kind: str,
    dark: float,
) -> Iterator[Trace]:
    """A printed line, piece by piece across its length; of a rule the two ends as well."""
    x0, y0, x1, y1 = box
    along = 0 if x1 - x0 > y1 - y0 else 1
    start, end = (x0, x1) if along == 0 else (y0, y1)
    low, high = (y0, y1) if along == 0 else (x0, x1)
    if end - start < LEAST_MM:
        return
    count = max(1, round((end - start) / PIECE_MM))
    edges = np.linspace(start, end, count + 1)
    for a, b in zip(edges, edges[1:], strict=False):
        strip = (a + 1, low - reach, b - 1, high + reach)
        if along == 1:
            strip = (low - reach, a + 1, high + reach, b - 1)
        share = HAIR if kind == FRAME and not flat.fit.layout.number_rules else LINE
        off = _band(_profile(flat, strip, 1 - along), reach, high - low, dark, share)
        if off is not None:
            middle = ((a + b) / 2, (low + high) / 2)
            yield Trace(kind, middle if along == 0 else middle[::-1], 1 - along, off)


def _profile(flat: Flat, strip: Box, axis: int) -> np.ndarray:
    """Darkness along `axis`, averaged across it; empty where the strip leaves the page."""
    window = darkness_of(flat, strip)
    return np.asarray(window.mean(axis=axis)) if window.size else np.zeros(0)


def darkness_of(flat: Flat, strip: Box) -> np.ndarray:
    """Darkness of a strip; empty where it leaves the page."""
    x0, y0, x1, y1 = (round(v * PX) for v in strip)
    if min(x0, y0) < 0 or y1 > flat.page.shape[0] or x1 > flat.page.shape[1]:
        return np.zeros((0, 0), np.float32)
    return flat.darkness(x0, y0, x1, y1)


def _band(
    profile: np.ndarray,
    reach: float,
    thick: float,
    dark: float,
    share: tuple[float, float] = LINE,
) -> float | None:
    """Return how far the one dark band lies from the middle of the profile, mm.

    The distance is that of the band's middle; None when there is no band, or several that it could
    be, or when its width is not within `share` (least, most) of `thick`.
    """
    if not len(profile):
        return None
    # The paper's own darkness here: a shadow over the strip is no line.
    level = _fifth(profile)
    runs = [
        (a, b)
        for a, b in _runs(profile > level + dark)
        if b - a <= max(share[1] * thick * PX, 8) and a > 0 and b < len(profile)
    ]
    likely = [(a, b) for a, b in runs if b - a >= share[0] * thick * PX]
    # Of several bands none can be said to be the line, and a wrong one would move the row.
    if len(likely) != 1:
        return None
    ((a, b),) = likely
    weight = np.clip(profile[a - 1 : b + 1] - level, 0, None)
    middle = float((np.arange(a - 1, b + 1) * weight).sum() / weight.sum())
    return middle / PX - (reach + thick / 2)


def _fifth(values: np.ndarray) -> float:
    """What a fifth of the values lies below, as `np.percentile` has it, which takes ten times as long."""
    order = np.sort(values)
    place = 0.2 * (len(order) - 1)
    low, share = order[int(place)], place - int(place)
    return float(low + (order[min(int(place) + 1, len(order) - 1)] - low) * share)


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """First and last (excluded) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _codes(flat: Flat, codes: Iterable[Barcode], reach: float) -> Iterator[Trace]:
    """Give the middles of printed codes.

    Of a square one both ways, of the others along the bars' row, since digits may stand below them.
    """
    for code in codes:
        x0, y0, x1, y1 = code.box
        # Digits may stand below the bars, so across them nothing is measured.
        axes = (0, 1) if code.symbology == "QR" else (1,) if code.vertical else (0,)
        for axis in axes:
            low, high = (x0, x1) if axis == 0 else (y0, y1)
            side, other = (y0, y1) if axis == 0 else (x0, x1)
            inset = 0.1 * (other - side)
            strip = (
                (low - reach, side + inset, high + reach, other - inset)
                if axis == 0
                else (side + inset, low - reach, other - inset, high + reach)
            )
            found = _middle(_profile(flat, strip, axis), reach, high - low)
            if found is not None:
                middle = (low + high) / 2, (side + other) / 2
                yield Trace(CODE, middle if axis == 0 else middle[::-1], axis, found)


def _middle(profile: np.ndarray, reach: float, long: float) -> float | None:
    """Return how far the middle of a code lies from its place, mm.

    None when it is not as long as it may be. Its quiet zone may stand within the box or round it.
    """
    dark = np.flatnonzero(profile > 0.2)
    if not len(dark):
        return None
    first, last = float(dark[0]) / PX, float(dark[-1]) / PX
    # The quiet zone may stand within the box, which leaves less room for the bars.
    if not 0.7 * long < last - first < 1.03 * long:
        return None
    return (first + last) / 2 - (reach + long / 2)
