"""Compares two pictures of one sheet where they overlap: whether print and writing there are the same.

Both pictures are straightened to the form first, so resolution, turn and order do not matter. Print is
compared by place: tile by tile, how far it must be moved to lie on its like. Writing is compared inside
the cells, where the form prints nothing: forms are all alike, only writing tells one sheet from
another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from examday.paper.layout import Box
from examday.reading.evidence import CODE, MARK, Trace, traces
from examday.reading.flatten import PX, Flat
from examday.reading.part import Part, visible

AGREE_MM = 0.5
"""Print of both halves must lie together so well, in mm of the standard form: a seam then takes less
than the width of a pen stroke out of a character."""
GRID_MM = 0.5
"""Step at which it is looked up what both pictures show: finer finds no more and costs time."""
TILE_MM = 10.0, 3.0
"""Width and height of the pieces that are compared: wide as two cells, so that each has an edge to go by,
and low, because the halves of an A3 sheet on an A4 glass overlap by 8 mm."""
REACH_MM = 1.0
"""How far a piece is looked for: more would need more overlap, and twice AGREE_MM is apart for certain."""
EDGE_MM, LEAST_EDGE_MM = 1.5, 0.5
"""Left out at the edges of both pictures, where the glass is dark or an askew sheet ends; less where they
overlap little: an A4 glass shows 6 mm of an A3 sheet beyond its middle."""
NARROW_MM = 8.0
"""An overlap no wider, EDGE_MM left out, shows no row of cells whole wherever it lies."""
NEAR_MM = 25.0
"""Print of a half so near the other's edge tells where it lies at the seam: the next three rows."""
LEAST_NEAR = 3
"""Places of print to each side along the seam, and along each axis, that must tell so."""
LEAST_TILES = 2
"""Pieces without which nothing was compared: one alone may fit by chance."""
ALIKE = 0.6
"""Correlation from which a piece counts as found again; equal print has 0.9, other print 0.3."""
LEAST_INK_MM2 = 0.5
"""Print that a piece must hold to be compared: half of a printed digit."""
INSET_MM = 0.7
"""Left out at the borders of a cell: dots of the form stand there, which are the same on every
sheet."""
WRITTEN, HINTED = 0.5, 0.2
"""Darkness, 0 paper to 1 print, that is a stroke for certain, and that may be one in the paler scan."""
STRANGE = 0.3
"""Share of pieces without their like from which the pictures are of two sheets: dirt spoils one or two."""
STROKE_MM = 0.45
"""How far a stroke may lie from itself on the other picture: AGREE_MM less what is at its edge."""
MISSING_MM2 = 0.35
"""A piece of a stroke so large without its like is another stroke; a comma has 0.6 mm²."""
SHIFT_MM = 0.4
"""How far strokes of a cell are moved to lie on their like: less than AGREE_MM is no other writing."""
SAME, OTHER = 0.94, 0.75
"""Correlation from which strokes are the same, and below which they are another hand's. One sheet scanned
twice, once blurred or coarser, has 0.97; the same answers of two hands have 0.9 at most."""
LEAST_MM2 = 4.0
"""Writing that must be seen on both pictures to say that they show one sheet: two or three digits,
as one is like many."""
NARROW_MM2 = 8.0
"""And on an overlap of NARROW_MM, which cuts the digits: a part of one is like more of them."""


@dataclass(frozen=True)
class Seam:
    """What two halves show in common, lengths in mm of the standard form.

    `overlap_mm` across its narrow side, `tiles` pieces found on both, `off_mm` how far nine tenths
    of them lie apart at most, `strange` the share of pieces whose like is nowhere near,
    `written_mm2` writing seen on both, `missing_mm2` the largest piece of writing that one half
    shows alone, `alike` the correlation of their strokes; `lines_mm` how far apart the form's own print lays both halves at the seam, each
    measured by itself, None where too little of it is seen there.
    """

    overlap_mm: float
    tiles: int
    off_mm: float
    strange: float
    written_mm2: float
    missing_mm2: float
    lines_mm: float | None = None
    alike: float = 0.0

    @property
    def apart_mm(self) -> float:
        """How far print lies apart, by whatever tells it worst."""
        return max(self.off_mm, self.lines_mm or 0.0)

    @property
    def fits(self) -> bool:
        """Whether print lies together within AGREE_MM."""
        return self.apart_mm <= AGREE_MM

    @property
    def seen(self) -> bool:
        """Whether there was print to compare: pieces that both show, or each half's own rows there."""
        return self.tiles >= LEAST_TILES or self.lines_mm is not None

    @property
    def same_hand(self) -> bool:
        """Whether enough writing is seen on both, and its strokes are the same."""
        least = LEAST_MM2 if self.overlap_mm > NARROW_MM else NARROW_MM2
        return self.written_mm2 >= least and self.alike >= SAME

    @property
    def differs(self) -> bool:
        """Whether one half shows writing that the other does not, in the cells or elsewhere."""
        other_hand = self.written_mm2 >= LEAST_MM2 and self.alike < OTHER
        return self.missing_mm2 > MISSING_MM2 or self.strange > STRANGE or other_hand

    @property
    def one_sheet(self) -> bool:
        """Whether writing, and not print alone, says that both halves are of one sheet."""
        return self.fits and not self.differs and self.same_hand


@dataclass(frozen=True)
class Overlap:
    """Where two parts both show the sheet: `seen` (rows, columns) on a grid of GRID_MM over the layout."""

    seen: np.ndarray

    @property
    def wide_mm(self) -> float:
        """Width of the common strip across, by its median; 0 where there is none."""
        if not self.seen.any():
            return 0.0
        along = 0 if self.seen.any(axis=1).sum() < self.seen.any(axis=0).sum() else 1
        counts = self.seen.sum(axis=along)
        return float(np.median(counts[counts > 0])) * GRID_MM

    def clipped(self, box: Box) -> Box | None:
        """What of a box both show, over its whole width or else its whole height; None for nothing."""
        x0, y0, x1, y1 = (round(v / GRID_MM) for v in box)
        seen = self.seen[y0:y1, x0:x1]
        rows, columns = np.flatnonzero(seen.all(axis=1)), np.flatnonzero(seen.all(axis=0))
        if len(rows):
            return box[0], (y0 + rows[0]) * GRID_MM, box[2], (y0 + rows[-1] + 1) * GRID_MM
        if len(columns):
            return (x0 + columns[0]) * GRID_MM, box[1], (x0 + columns[-1] + 1) * GRID_MM, box[3]
        return None

    def tiles(self) -> Iterator[Box]:
        """The pieces of print to compare: wholly seen by both, with REACH_MM of the sheet round them."""
        wide, high = (round(v / GRID_MM) for v in TILE_MM)
        reach = round(REACH_MM / GRID_MM)
        rows, columns = self.seen.shape
        for y in range(reach, rows - high - reach, max(1, high // 2)):
            for x in range(reach, columns - wide - reach, wide):
                if self.seen[y - reach : y + high + reach, x : x + wide].all():
                    yield x * GRID_MM, y * GRID_MM, (x + wide) * GRID_MM, (y + high) * GRID_MM


def overlap_of(first: Part, second: Part) -> Overlap:
    """Where both parts show the sheet, some way from the edges of their pictures."""
    layout = first.fit.layout
    xs, ys = (np.arange(0, side, GRID_MM) + GRID_MM / 2 for side in (layout.width, layout.height))
    x, y = np.meshgrid(xs, ys)
    at = np.stack([x.ravel(), y.ravel()], axis=1)
    both = np.minimum(first.depth(at), second.depth(at)).reshape(x.shape)
    wide = Overlap(both >= EDGE_MM)
    return wide if wide.wide_mm > NARROW_MM else Overlap(both >= LEAST_EDGE_MM)


def compare_seam(first: Part, second: Part, overlap: Overlap) -> Seam:
    """Compare two parts where both show the sheet."""
    offs, strange = _offsets(first, second, overlap)
    off = offs[int(0.9 * (len(offs) - 1))] if offs else 0.0
    written, missing, alike = _writing(first, second, overlap)
    return Seam(
        round(overlap.wide_mm, 1),
        len(offs),
        round(off, 3),
        round(strange / max(1, strange + len(offs)), 2),
        round(written, 2),
        round(missing, 2),
        _lines_apart(first, second),
        round(alike, 2),
    )


def _lines_apart(first: Part, second: Part) -> float | None:
    """How far apart both halves' own print lays them at the seam, mm, at its worse end.

    Neither half needs to show what the other shows: each is measured against the form. None where
    one of them shows too little print there.
    """
    layout = first.fit.layout
    along = 0 if first.missing in ("above", "below") else 1
    middle = (layout.width, layout.height)[along] / 2
    seen = [_near_the_seam(one, other) for one, other in ((first, second), (second, first))]
    worst = 0.0
    for axis in (0, 1):
        for beyond in (False, True):
            offs = [
                [t.off for t in found if t.axis == axis and (t.at[along] > middle) == beyond]
                for found in seen
            ]
            if min(map(len, offs)) < LEAST_NEAR:
                return None
            worst = max(worst, abs(float(np.median(offs[0]) - np.median(offs[1]))))
    return round(worst, 3)


def _near_the_seam(part: Part, other: Part) -> list[Trace]:
    """Print of the form on one half, as far as it lies near where the other begins."""
    shown = replace(part.flat, fit=replace(part.fit, layout=visible(part.fit, part.shape)))
    found = [t for t in traces(shown, (), numbers=True) if t.kind not in (MARK, CODE)]
    depths = other.depth(np.array([t.at for t in found]).reshape(-1, 2))
    return [t for t, depth in zip(found, depths, strict=True) if depth >= -NEAR_MM]


def _offsets(first: Part, second: Part, overlap: Overlap) -> tuple[list[float], int]:
    """How far pieces of print lie from their like, mm, least first; and how many have none."""
    found = [_offset(first.flat, second.flat, tile) for tile in overlap.tiles()]
    offs = sorted(off for off in found if off is not None)
    # `_offset` gives REACH_MM where the like is nowhere near, so that counts as none.
    near = [off for off in offs if off < REACH_MM]
    return near, len(offs) - len(near)


def _offset(one: Flat, other: Flat, box: Box) -> float | None:
    """Return how far the print in a box of one page lies from its like on the other, mm.

    REACH_MM where the like is nowhere near; None where there is no print to go by.
    """
    x0, y0, x1, y1 = (round(v * PX) for v in box)
    tile = one.darkness(x0, y0, x1, y1)
    if (tile > WRITTEN).sum() < LEAST_INK_MM2 * PX**2:
        return None
    if min(float(tile.mean(axis=axis).std()) for axis in (0, 1)) < 0.02:
        return None  # a rule fits anywhere along itself, so it tells no place
    reach = round(REACH_MM * PX)
    window = other.darkness(x0 - reach, y0 - reach, x1 + reach, y1 + reach)
    _, best, _, at = cv2.minMaxLoc(cv2.matchTemplate(window, tile, cv2.TM_CCOEFF_NORMED))
    off = float(np.hypot(at[0] - reach, at[1] - reach)) / PX
    return min(off, REACH_MM) if best >= ALIKE else REACH_MM


def _writing(first: Part, second: Part, overlap: Overlap) -> tuple[float, float, float]:
    """Measure the writing in the cells that both parts show, mm².

    Returns what the part with less writing shows, the largest piece that one part shows alone, and
    the correlation of what they show, 1 for the same strokes.
    """
    totals, missing = np.zeros(2), 0.0
    alike = np.zeros(2)
    for comb in first.fit.layout.combs:
        for index in range(comb.cells):
            box = overlap.clipped(_inner(comb.cell(index)))
            # `_alone` leaves out STROKE_MM at each border: less than a stroke would remain.
            if box is None or min(box[2] - box[0], box[3] - box[1]) < 3 * STROKE_MM:
                continue
            one, other = (_inside(part.flat, box) for part in (first, second))
            for i, (ink, like) in enumerate(((one, other), (other, one))):
                totals[i] += (ink > WRITTEN).sum() / PX**2
                missing = max(missing, _alone(ink, like))
            alike += _likeness(one, other)
    return float(totals.min()), missing, float(alike[0] / alike[1]) if alike[1] else 0.0


def _likeness(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlation of the strokes in one cell on both pictures times their ink, and their ink.

    They are laid on each other as well as AGREE_MM allows: a half may lie so far off.
    """
    far = round(SHIFT_MM * PX)
    inner = one[far:-far, far:-far]
    ink = float((inner > WRITTEN).sum()) / PX**2
    if ink < LEAST_INK_MM2:
        return np.zeros(2)
    found = cv2.matchTemplate(other, np.ascontiguousarray(inner), cv2.TM_CCOEFF_NORMED)
    return np.array([float(found.max()) * ink, ink])


def _inner(cell: Box) -> Box:
    """A cell without its printed borders."""
    x0, y0, x1, y1 = cell
    return x0 + INSET_MM, y0 + INSET_MM, x1 - INSET_MM, y1 - INSET_MM


def _inside(flat: Flat, box: Box) -> np.ndarray:
    left, top, right, bottom = (round(v * PX) for v in box)
    return flat.darkness(left, top, right, bottom)


def _alone(ink: np.ndarray, like: np.ndarray) -> float:
    """Return the largest piece of ink far from any of the other picture, mm².

    What lies so near the cell's border that its like may lie outside is left out.
    """
    far = round(STROKE_MM * PX)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * far + 1, 2 * far + 1))
    near = cv2.dilate((like > HINTED).astype(np.uint8), reach)
    left = ((ink > WRITTEN) & (near == 0)).astype(np.uint8)
    inner = left[far:-far, far:-far]
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(inner))
    return float(stats[1:, cv2.CC_STAT_AREA].max()) / PX**2 if count > 1 else 0.0
