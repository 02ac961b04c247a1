"""Cut a row of cells into pieces of ink, one a cell.

It does so though writing crosses the borders and strokes come apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from examday.paper.layout import Box, Comb
from examday.reading import free
from examday.reading.flatten import PX, Flat
from examday.reading.glyph import normalise
from examday.reading.marks import Stroke
from examday.reading.strokes import hanging_together, stroke_of

INK = 0.42  # darkness from which a pixel belongs to writing; border dots stay below, a thin pen line above
PALE = 0.15
"""Darkness of the palest pen; less than a border dot has, so it counts inside the cells only.

Of 80,000 empty cells of made and given sheets none but in the shadow of a fold had 14 px darker
than 0.07; small commas of a pale pen had 0.19.
"""
PALE_COLUMNS = 3  # so many columns of a cell must hold such ink: fewer are the grain of the paper
FINE_PX = 15
"""A pen's line is narrower, the edge of a shadow over the sheet wider."""
# a cell whose darkest ink is paler was written with a pale pen, and is looked at with other bounds
BLACK = 0.62
CRUMBS = 0.7
"""A cell of whose visible ink less than this share is darker than INK was written so thinly that strokes
of it are missing there or show as crumbs, which would pass for dirt. Measured: a pen of usual width 0.8."""
SOFT = 0.25
"""Darkness down to which a pale stroke on a border is followed; the dots of the border stand apart at it."""
FOLD = 0.3  # of the cell; pale ink that crosses two cells of a row and is not higher is a fold, not writing
RAISED = 0.8  # to which such ink is raised: darker than INK, so that the rest counts it as writing
MARGIN_MM = 0.3  # so far from its border a cell's inside begins: dots of a copied form are 0.2 mm off at most
# a pixel and those it touches: strokes that meet at a corner are one
NEXT_TO = np.ones((3, 3), np.uint8)
SPECK = 14  # px²; smaller pieces of ink are dirt (0.1 mm²)
SOFT_PX = 2  # how far the soft edge of ink goes: a stroke cut off hard looks thinner than it is
FAINT_CELL = 30  # px² of ink a cell needs to count as filled: about a full stop,
# Px of height in one piece that do as well: a short comma by a thin pen, where a speck is round
FAINT_STROKE = 8
THROUGH = 0.6  # share of neighbouring cells whose writing hangs together: it ignores the cells (domain.md, section 7)
# neighbours filled in a row that more than 17 characters were squeezed into: so many leave hardly a
# cell free
NEARLY_ALL = 12
ASTRIDE = 0.2  # share of characters that then stand on a border: whoever keeps to the cells leaves their borders free
# share of a piece's pixels inside a paler shade from which the shade is taken away: so much of it
# is no stroke
SHADE = 0.15
# Writing may pass the row's outer border this far and still be the first or last cell's
SPILL_MM = 0.7
LIFT_MM = 0.6  # and this far above or below the row; rows of answers lie 1.2 mm apart
REACH_MM = 0.4  # what comes down from the row above may pass this row's border so far and is still no writing in it


@dataclass(frozen=True)
class Piece:
    """The ink of one cell.

    `frame`: for the network, or None when blank; `box`: px of the straightened page; `height`,
    `width`, `middle`: size of the ink and height of its middle as shares of the cell; `cut`: a
    stroke was cut at a border between two cells; `stroke`: its main
    ink as measured, for `marks`.
    """

    frame: np.ndarray | None
    box: tuple[int, int, int, int]
    height: float = 0.0
    width: float = 0.0
    middle: float = 0.0
    cut: bool = False
    """A comma that was cut is never taken as sure: a part of it lies in the next cell."""
    stroke: Stroke | None = None


@dataclass(frozen=True)
class Row:
    """All cells of one comb.

    `through`: share of filled neighbours that hang together across a border; from THROUGH on the
    writing ignores the cells, and `pieces` are its characters as far as they stand apart, not
    cells; `box`: px of the straightened page.
    """

    comb: Comb
    pieces: tuple[Piece, ...]
    through: float
    box: tuple[int, int, int, int]

    @property
    def filled(self) -> list[int]:
        """Places of the cells that hold writing."""
        return [i for i, piece in enumerate(self.pieces) if piece.frame is not None]


def cut(
    flat: Flat,
    comb: Comb,
    shift: np.ndarray,
    printed: tuple[Box, ...],
) -> Row:
    """Cut a row into its cells.

    `shift`: dx, dy px by which the row lies off its place; `printed`: boxes in mm whose ink is the
    form's own.
    """
    whole = _window(flat, comb, float(shift[0]), float(shift[1]))
    inside = _inside(comb, whole.left - whole.x0, whole.top - whole.y0)
    # Most rows of a form are blank, and cutting takes a third of the time of an A3 page.
    written = _written(flat, whole, inside)
    if written is None:
        empty = tuple(_empty(comb, whole.cell_left(i), whole.top) for i in range(comb.cells))
        return Row(comb, empty, 0.0, whole.box)
    window = replace(whole, x0=whole.x0 + written.start, x1=whole.x0 + written.stop)
    inside = _within(inside, written)
    dark = flat.darkness(*whole.box, written)
    if comb.role == "header":
        # Header cells have a grey ground, which would pass for the ink of a pale pen.
        dark = _without_ground(dark)
    else:
        # Whole strokes first: of those on a border the other sees but the half inside the cell.
        _raise_low(dark, inside)
        _raise_pale(dark, inside)
    mask = (dark > INK).view(np.uint8)
    _leave_out(mask, printed, window)
    edges = window.edges()
    # Cutting costs what it looks at: only the columns from the first ink to the last.
    inked = _inked(mask)
    top = window.top - window.y0
    own = _own(mask[:, inked], top, top + comb.height * PX)
    owner, crossing, cuts = _share(own, edges - inked.start)
    pieces = _pieces(dark[:, inked], owner, cuts, replace(window, x0=window.x0 + inked.start))
    neighbours = sum(
        a.frame is not None and b.frame is not None
        for a, b in zip(pieces, pieces[1:], strict=False)
    )
    # Two or three digits may well touch in their cells.
    through = crossing / neighbours if neighbours > 3 else 0.0
    if through >= THROUGH or neighbours >= NEARLY_ALL:
        groups = free.strokes(mask, comb.height * PX)
        if through >= THROUGH or groups and free.astride(groups, edges) >= ASTRIDE:
            return Row(comb, _free_pieces(dark, groups, window), 1.0, whole.box)
    return Row(comb, pieces, through, whole.box)


@dataclass(frozen=True)
class _Window:
    """The part of the page round a row.

    `left`, `top`: px of the first cell's corner; `x0` … `y1`: px of the window, which holds what
    writing may spill.
    """

    comb: Comb
    shift: tuple[float, float]
    left: float
    top: float
    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.x0, self.y0, self.x1, self.y1

    def cell_left(self, index: int) -> float:
        """Left side of a cell, px of the page."""
        return self.left + index * self.comb.pitch * PX

    def edges(self) -> np.ndarray:
        """Px of the window at which one cell ends and the next begins."""
        gap = self.comb.pitch - self.comb.width
        starts = [
            self.left - self.x0 + (i * self.comb.pitch - gap / 2) * PX
            for i in range(self.comb.cells + 1)
        ]
        return np.array(starts)


def _window(
    flat: Flat,
    comb: Comb,
    dx: float,
    dy: float,
) -> _Window:
    left, top = comb.x * PX + dx, comb.y * PX + dy
    spill, lift = SPILL_MM * PX, LIFT_MM * PX
    return _Window(
        comb,
        (dx, dy),
        left,
        top,
        max(0, round(left - spill)),
        max(0, round(top - lift)),
        min(flat.page.shape[1], round(left + (comb.box[2] - comb.x) * PX + spill)),
        min(flat.page.shape[0], round(top + comb.height * PX + lift)),
    )


def _written(flat: Flat, window: _Window, inside: list[tuple[slice, slice]]) -> slice | None:
    """The columns of a row outside of which nothing is written; None where nothing is at all.

    All of a row of the header, whose ground is told by all of it.
    """
    count, inked = flat.dark_columns(*window.box, INK)
    pale = flat.pale(window.x0, window.y0, window.x1, inside, PALE)
    if count < SPECK and max(pale) < PALE_COLUMNS:
        return None
    width = window.x1 - window.x0
    if window.comb.role == "header":
        return slice(0, width)
    written = [columns for (_, columns), many in zip(inside, pale, strict=True) if many]
    written += [inked] if count else []
    # What stands beside ink is needed too: its soft edge, and what the line of a pale pen is told
    # from.
    start = min(columns.start for columns in written) - FINE_PX
    return slice(max(0, start), min(width, max(columns.stop for columns in written) + FINE_PX))


def _within(inside: list[tuple[slice, slice]], columns: slice) -> list[tuple[slice, slice]]:
    """The cells of which some columns are wanted, counted from the first of these."""
    start = columns.start
    return [
        (rows, slice(max(0, cell.start - start), cell.stop - start))
        for rows, cell in inside
        if start < cell.stop and cell.start < columns.stop
    ]


def _leave_out(mask: np.ndarray, printed: tuple[Box, ...], window: _Window) -> None:
    """Take what the form itself prints out of the mask, in place."""
    dx, dy = window.shift
    for box in printed:
        # Most of it stands far away, and a row has a hundred lines to be asked.
        if box[3] * PX + dy + 6 < window.y0 or box[1] * PX + dy - 6 > window.y1:
            continue
        x0, y0, x1, y1 = (
            round(v * PX + d) for v, d in zip(box, (dx - 3, dy - 5, dx + 3, dy + 5), strict=True)
        )
        rows = slice(max(0, y0 - window.y0), max(0, y1 - window.y0))
        mask[rows, max(0, x0 - window.x0) : max(0, x1 - window.x0)] = 0


def _pieces(
    dark: np.ndarray,
    owner: np.ndarray,
    cuts: set[int],
    window: _Window,
) -> tuple[Piece, ...]:
    """The ink of each cell; specks are dirt."""
    comb = window.comb
    areas = np.bincount(owner[owner > 0], minlength=comb.cells + 1)[1:]
    found = []
    for i in range(comb.cells):
        # Ink of a cell lies at most half a pitch beyond it.
        near = _columns(window, i, dark.shape[1])
        mine = owner[:, near] == i + 1 if areas[i] >= SPECK else None
        if mine is not None and (areas[i] >= FAINT_CELL or _is_stroke(mine)):
            left = window.cell_left(i) - window.x0 - near.start
            origin = window.x0 + near.start, window.y0
            part = dark[:, near]
            found.append(_piece(part, mine, comb, origin, left, window.top - window.y0, i in cuts))
        else:
            found.append(_empty(comb, window.cell_left(i), window.top))
    return tuple(found)


def _inked(mask: np.ndarray) -> slice:
    """The columns from the first ink to the last, with room for its soft edge; all without ink."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns):
        return slice(0, mask.shape[1])
    return slice(max(0, int(columns[0]) - SOFT_PX), int(columns[-1]) + 1 + SOFT_PX)


def _columns(window: _Window, index: int, width: int) -> slice:
    """The columns of the window in which ink of a cell may lie, that of its neighbours included."""
    pitch = window.comb.pitch * PX
    left = window.cell_left(index) - window.x0
    start = min(max(0, int(left - 1.5 * pitch)), width)
    return slice(start, max(start, min(width, int(left + 2.5 * pitch))))


def _free_pieces(
    dark: np.ndarray, groups: list[tuple[int, int, np.ndarray]], window: _Window
) -> tuple[Piece, ...]:
    """The characters of a row that ignores its cells, as far as they stand apart."""
    # Without cells there is nothing to measure by: taken for full characters, none becomes a mark.
    cell = _empty(window.comb, window.x0, window.y0)
    return tuple(
        replace(
            cell,
            frame=normalise(dark[:, start:end] * mask),
            box=(window.x0 + start, window.y0, window.x0 + end, window.y1),
            height=0.8,
            width=0.8,
            middle=0.5,
            stroke=Stroke(0.1, 0.8, 0.8),
        )
        for start, end, mask in groups
    )


def _inside(comb: Comb, left: float, top: float) -> list[tuple[slice, slice]]:
    """Rows and columns of every cell without its dotted border.

    `left`, `top`: px of the first cell's corner.
    """
    margin = MARGIN_MM * PX
    rows = slice(max(0, round(top + margin)), round(top + comb.height * PX - margin))
    starts = [left + i * comb.pitch * PX for i in range(comb.cells)]
    return [
        (rows, slice(max(0, round(x + margin)), round(x + comb.width * PX - margin)))
        for x in starts
    ]


def _raise_pale(dark: np.ndarray, inside: list[tuple[slice, slice]]) -> None:
    """Raises, in place, the ink of cells that a pale pen wrote in: what a person sees is not blank."""
    if not inside:
        return
    # More is darker than PALE than its lines alone, so that nothing is missed here.
    seen_px = cv2.reduce(
        (dark[inside[0][0]] > PALE).view(np.uint8), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S
    ).ravel()
    likely = [
        number
        for number, cell in enumerate(inside)
        if _is_pale(dark[cell], int(seen_px[cell[1]].sum()))
    ]
    if not likely:
        return
    # No further round those cells than what stands beside them is asked for: the rest costs time.
    start = max(0, inside[likely[0]][1].start - FINE_PX)
    near = dark[:, start : inside[likely[-1]][1].stop + FINE_PX]
    lines = cv2.morphologyEx(near, cv2.MORPH_TOPHAT, np.ones((FINE_PX, FINE_PX), np.uint8))
    pale = {}
    for number in likely:
        rows, columns = inside[number]
        seen = lines[rows, columns.start - start : columns.stop - start] > PALE
        if _is_pale(dark[rows, columns], int(np.count_nonzero(seen))):
            pale[number] = seen
    fold = _fold(list(pale.values()))
    for number, seen in pale.items():
        if np.any(seen & ~fold):
            ink = dark[inside[number]]
            dark[inside[number]] = _raised(ink, ink[seen])


def _raised(dark: np.ndarray, pen: np.ndarray) -> np.ndarray:
    """Darkness once what the pen left is as dark as RAISED; never paler than it was."""
    more = RAISED / float(np.quantile(pen, 0.9))
    return np.asarray(np.minimum(dark * max(1.0, more), 1))


def _raise_low(dark: np.ndarray, inside: list[tuple[slice, slice]]) -> None:
    """Raises, in place, upright strokes that a pale pen set on the border below a cell, as people set commas.

    The least of such a stroke lies inside the cell, and the rest among the dots of the border.
    """
    if not inside:
        return
    foot = inside[0][0].stop
    reaching = dark[foot - 2 : foot + 1].max(axis=0) > SOFT
    for _, columns in inside:
        if not reaching[columns].any():
            continue
        cell = dark[:, columns]
        count, labels, stats, _ = hanging_together((cell > SOFT).view(np.uint8))
        for label in range(1, count):
            _, top, wide, high, _ = stats[label]
            if not top or top + high <= foot or high < max(FAINT_STROKE, wide):
                continue
            stroke = labels == label
            if np.count_nonzero(cell[stroke] > INK) < FAINT_CELL:
                cell[stroke] = _raised(cell[stroke], cell[stroke])


def _is_pale(dark: np.ndarray, seen: int) -> bool:
    """Whether a cell of which `seen` px are ink was written with a pale or a very thin pen."""
    if seen < SPECK:
        return False
    return bool(dark.max() < BLACK or np.count_nonzero(dark > INK) < CRUMBS * seen)


def _fold(pale: list[np.ndarray]) -> np.ndarray:
    """The rows of a cell, as a column, that the shadow of a fold takes; none where there is no fold.

    It goes flat from cell to cell: through most of the width of two cells of a row at least. In
    the others it may be too pale to be seen for a part of the way.
    """
    folded = [seen for seen in pale if _passes_through(seen)]
    rows = np.zeros((len(pale[0]) if pale else 0, 1), bool)
    if len(folded) > 1:
        taken = np.flatnonzero(np.any([seen.any(axis=1) for seen in folded], axis=0))
        rows[max(0, taken[0] - 2) : taken[-1] + 3] = True
    return rows


def _passes_through(seen: np.ndarray) -> bool:
    """Tell whether pale ink goes flat through the whole cell."""
    rows = np.flatnonzero(seen.any(axis=1))
    return bool(seen.any(axis=0).mean() >= 0.8 and rows[-1] - rows[0] < FOLD * len(seen))


def _is_stroke(mine: np.ndarray) -> bool:
    """Whether the little ink of a cell is a short stroke rather than specks."""
    return bool(np.count_nonzero(mine.any(axis=1)) >= FAINT_STROKE)


def _without_ground(dark: np.ndarray) -> np.ndarray:
    """Takes the grey ground of header cells away: what is paler than it becomes paper."""
    ground = float(np.median(dark))
    return np.clip((dark - ground) / max(0.3, 1 - ground), 0, 1)


def _own(mask: np.ndarray, top: float, bottom: float) -> np.ndarray:
    """The ink without what only reaches in from the rows above and below.

    A comma or a tail that hangs down is cut by the window's edge and does not pass this row's
    border.
    """
    # Nothing touches the edges of the window, so nothing can reach in.
    if not (mask[0].any() or mask[-1].any()):
        return mask
    _, labels, stats, _ = hanging_together(mask)
    ends = stats[:, 1] + stats[:, 3]
    strange = ((stats[:, 1] == 0) & (ends <= top + REACH_MM * PX)) | (
        (ends == len(mask)) & (stats[:, 1] >= bottom - 1)
    )
    strange[0] = False
    return np.where(strange[labels], 0, mask).astype(np.uint8) if strange.any() else mask


def _share(mask: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, int, set[int]]:
    """Share the ink of a row out to its cells.

    Returns which cell (from 1) owns each ink pixel, how many borders connected writing passes, and
    the cells with a cut stroke.
    """
    _, labels, stats, centres = hanging_together(mask)
    owner = np.zeros(mask.shape, np.int16)
    last, first, pitch = len(edges) - 2, float(edges[0]), float(edges[1] - edges[0])
    crossing, cuts = 0, set()
    # Smaller ones are dirt, of which a grainy picture has hundreds.
    for label in 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= SPECK):
        x, y, width, height, _ = (int(v) for v in stats[label])
        if width > 2.2 * pitch and height < 0.16 * mask.shape[0]:  # a fold or a ruled line
            continue
        here = (slice(y, y + height), slice(x, x + width))
        part = labels[here] == label
        # People write over borders: what is hardly wider than a cell is one character.
        if width <= 1.22 * pitch:
            cell = min(max(0, int((float(centres[label][0]) - first) // pitch)), last)
            owner[here][part] = cell + 1
            continue
        places = _cuts(part, edges - x)
        crossing += len(places)
        for start, end in zip([0, *places], [*places, width], strict=True):
            cell = min(max(0, int(((start + end) / 2 + x - first) // pitch)), last)
            owner[y : y + height, x + start : x + end][part[:, start:end]] = cell + 1
            cuts.add(cell)
    return owner, crossing, cuts


def _cuts(part: np.ndarray, edges: np.ndarray) -> list[int]:
    """Return the columns at which a piece of writing over several cells is cut.

    They lie near each border, where least ink is.
    """
    ink, width = part.sum(axis=0), part.shape[1]
    reach = max(3, int((edges[1] - edges[0]) * 0.2))
    places = []
    for edge in edges:
        if not 0.25 * (edges[1] - edges[0]) < edge < width - 0.25 * (edges[1] - edges[0]):
            continue
        low = max(1, int(edge) - reach)
        # Far from the border a cut costs more: of two thin places the nearer one is it.
        window = ink[low : int(edge) + reach + 1] + 0.15 * np.abs(
            np.arange(low, int(edge) + reach + 1)[: len(ink[low : int(edge) + reach + 1])] - edge
        )
        places.append(low + int(window.argmin()))
    return places


def _without_shade(dark: np.ndarray, mine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take away a shade paler than the pen but dark enough to pass for ink.

    Such are a smear, or a dark patch of a copy. It is told from the soft edge of a stroke by having
    an inside.
    """
    tones = dark[mine]
    place = int(0.95 * len(tones))
    pen = float(np.partition(tones, place)[place])
    shade = (mine & (dark < 0.66 * pen)).astype(np.uint8)
    if cv2.countNonZero(cv2.erode(shade, NEXT_TO)) < SHADE * len(tones):
        return dark, mine
    left = mine & (dark >= 0.7 * pen)
    if left.sum() < FAINT_CELL:
        return dark, mine
    return np.clip((dark - 0.55 * pen) / (0.45 * pen), 0, 1), left


def _empty(
    comb: Comb,
    left: float,
    top: float,
) -> Piece:
    return Piece(
        None,
        (int(left), int(top), int(left + comb.width * PX), int(top + comb.height * PX)),
    )


def _piece(
    dark: np.ndarray,
    mine: np.ndarray,
    comb: Comb,
    origin: tuple[int, int],
    left: float,
    top: float,
    was_cut: bool,
) -> Piece:
    wide, high = comb.width * PX, comb.height * PX
    x0, y0, width, height = cv2.boundingRect(mine.view(np.uint8))
    y1, x1 = y0 + height, x0 + width
    pad = 2
    view = (slice(max(0, y0 - pad), y1 + pad), slice(max(0, x0 - pad), x1 + pad))
    dark, mine = _without_shade(dark[view], mine[view])
    stroke = stroke_of(mine, view[1].start - left, view[0].start - top, wide, high, was_cut)
    # The soft edge of a stroke belongs to it: its pixels lie next to ink, a border dot does not.
    near = cv2.dilate(mine.view(np.uint8), NEXT_TO)
    frame = normalise(dark * near)
    box = (origin[0] + x0, origin[1] + y0, origin[0] + x1, origin[1] + y1)
    return Piece(
        frame,
        box,
        (y1 - y0) / high,
        (x1 - x0) / wide,
        ((y0 + y1) / 2 - top) / high,
        was_cut,
        stroke=stroke,
    )
