"""Proves that a form lies right on a page, by print that did not make the fit.

It corrects the fit where that print shows how.

A fit on three squares has no residual at all, and one on four hardly any: neither says a word about
the rows far from them. So the page is straightened by the fit and looked at: rules, frames, edges
of codes and borders of cells are measured where the form says they are. A fit that they confirm is
proven. Else half of them may correct it, for tilt and for bent paper, and the other half must
confirm the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from examday.paper.layout import Barcode, Layout
from examday.reading.evidence import CELLS, CODE, FAR_MM, MARK, SPARE, Trace, places_of, traces
from examday.reading.fit import Bend, Fit, powers
from examday.reading.flatten import Flat, flatten
from examday.reading.header_ground import header_elsewhere
from examday.reading.near_print import near_every_field
from examday.reading.one_piece import in_one_piece
from examday.reading.spare_marks import spare_marks, without_chance

# the median of a zone's traces may be off so much: by more, a cell would be cut beside its writing
RIGHT_MM = 0.3
FINE_MM = 0.15
"""A spot of a photo whose print is off more is worth a correction: the corner beyond it is off twice as much."""
STRAY_MM = 0.6  # a single trace further off than this contradicts: paper does not lie so far off
STRAYS = 0.12  # share of the traces that may: writing, folds, dirt
LEAST = 6  # traces that must confirm: fewer are found by chance
# columns and rows of zones over a sheet, each of which must confirm: print on one side says nothing
# of the other
ZONES = 2, 3
SPOTS = 4, 6  # and of spots, none of which may contradict: a fold is smaller than a zone
FEW = 3  # traces of a spot: one or two may be writing, three of them are print
MOST = 0.6  # share of them that must agree: writing pulls some
BENDS = 3  # times a bend is sought anew: print that lay too far off comes into reach
WEIGHT = {
    MARK: 4.0,
    CODE: 0.2,
}  # a code hardly counts: its place differs from kit to kit by a millimetre
BENT_MM = 0.06  # a bend that makes less of the traces' spread is none: it would follow their noise
STILL_MM = 0.15  # and so much on a scanner's glass, where paper lies flat


def prove(
    grey: np.ndarray,
    fit: Fit,
    codes: Iterable[Barcode],
    still: bool,
    part: bool = False,
) -> tuple[Fit, Flat]:
    """Return the fit with its judgement in `proven`, and the page straightened by it.

    The fit is corrected where that was needed. `codes`: those of the form that were read; `still`:
    the sheet went through a scanner, which does not bend it, but its feeder may pull one stretch
    otherwise than the next; `part`: the layout is a part of a sheet, all of which the picture
    should show; the caller sees to it that no row passes for the next.
    """
    read = tuple(codes)
    flat = flatten(grey, fit)
    found = traces(flat, read)
    holds = judge(found, found, fit.layout, still, part)
    if not holds and still and not part:
        holds = _by_its_squares(grey, fit, found)
    leans = not still and _astray(found, fit.layout, FINE_MM)
    if not holds or leans or _bowed(found, STILL_MM if still else BENT_MM):
        better, evened, seen = _corrected(grey, fit, read)
        # Judged by the traces that had no part in the correction: those it was made of would always
        # agree.
        _, test = _halves(seen)
        if better is not None and judge(test, seen, fit.layout, still, part):
            fit, flat, holds, found = better, evened, True, seen
    # Also in one piece where no rules stand beside the rows: rules speak for each stretch, other
    # forms show nothing over whole stretches.
    if holds and still and not part and not fit.layout.number_rules:
        holds = in_one_piece(fit, found)
    if holds and still and not part:
        holds = not header_elsewhere(flat)
    fit = replace(fit, proven=holds)
    return fit, replace(flat, fit=fit)


def _by_its_squares(grey: np.ndarray, fit: Fit, found: Sequence[Trace]) -> bool:
    """Whether the squares, each by the others, and the print between them confirm the fit."""
    spare = spare_marks(fit, found)
    # Squares speak for their corners; other print must be seen above and below all the same.
    print_seen = [trace for trace in without_chance(grey, found) if trace.kind != MARK]
    return (
        bool(spare)
        and not _square_elsewhere(found)
        and judge([*print_seen, *spare], print_seen, fit.layout, still=True)
    )


def _square_elsewhere(found: Sequence[Trace]) -> bool:
    """Whether a square that is seen whole lies off: one that made the fit proves nothing, but may refute it."""
    return any(trace.kind == MARK and abs(trace.off) > RIGHT_MM for trace in found)


def judge(
    proof: Sequence[Trace],
    found: Sequence[Trace],
    layout: Layout,
    still: bool,
    part: bool = False,
) -> bool:
    """Whether the traces of `proof` confirm the fit they were measured under.

    They must do so near every field: a feeder pulls single stretches of a sheet, and paper before a
    camera may lie in waves. `found`: all traces that were measured; those near a field speak for it
    too.
    """
    test = [_weighed(trace) for trace in proof if trace.kind != MARK]
    by_zone: dict[tuple[int, int], list[float]] = {}
    for trace in test:
        by_zone.setdefault(_zone(trace.at, layout), []).append(trace.off)
    right = {zone for zone, offs in by_zone.items() if abs(float(np.median(offs))) <= RIGHT_MM}
    offs = np.array([trace.off for trace in test])
    strays = float((np.abs(offs) > STRAY_MM).mean()) if len(offs) else 1.0
    # Seen both ways: print that confirms the columns alone says nothing of the rows.
    return (
        sum(trace.kind != SPARE for trace in test) >= LEAST
        and {trace.axis for trace in test} == {0, 1}
        and strays <= STRAYS
        and not set(by_zone) - right
        and not _astray(test, layout)
        and (part or _anchored(found, layout))
        and _everywhere(test, found, right, layout, still, part)
    )


def _everywhere(
    test: Sequence[Trace],
    found: Sequence[Trace],
    right: set[tuple[int, int]],
    layout: Layout,
    still: bool,
    part: bool,
) -> bool:
    """Whether print confirms all of the sheet: each field, and for a camera's view each zone.

    A part of a sheet before a camera shows too little of its edges for more than its zones: its seam
    is judged when it is joined.
    """
    wanted = _zones_of(layout)
    if not still and part:
        return wanted <= right
    if not still and (not wanted <= right or _hidden(found, layout)):
        return False
    # Of a form whose file names no print beside its rows, no more is known: of a scan, its two ends.
    if not layout.number_rules:
        return not still or {zone for zone in wanted if zone[1] in (0, ZONES[1] - 1)} <= right
    # Also by print that had its part in a correction: that is too smooth to follow a stretch of rows or a wave of the
    # paper, and of the other half there may be none on one side of a row.
    near = near_every_field(tuple(dict.fromkeys([*test, *found])), layout)
    return near and not (still and _square_elsewhere(found))


def _astray(test: Sequence[Trace], layout: Layout, least: float = RIGHT_MM) -> bool:
    """Tell whether the print of any spot lies elsewhere: of a corner a zone's median says nothing."""
    offs: dict[tuple[int, int, int], list[float]] = {}
    for trace in (trace for trace in test if trace.kind not in (MARK, CODE)):
        offs.setdefault((*_zone(trace.at, layout, SPOTS), trace.axis), []).append(trace.off)
    return any(len(spot) >= FEW and _one_way(np.array(spot), least) for spot in offs.values())


def _one_way(offs: np.ndarray, least: float) -> bool:
    """Tell whether most traces are off to the same side: writing pulls single ones, either way.

    Paper moves a spot as one piece, so those off to the other side speak against it.
    """
    return bool(abs((offs > least).mean() - (offs < -least).mean()) >= MOST)


def _hidden(found: Sequence[Trace], layout: Layout) -> bool:
    """Tell whether rows lie where no print is seen, and none beyond them either.

    Writing hides the borders of a row; between spots that are seen the fit holds all the same. Carried on
    into a corner it does not: paper does not go on bending as it began.
    """
    if not any(trace.kind == CELLS for trace in found):
        return False
    wanted = Counter(_zone(at, layout, SPOTS) for at in places_of(layout))
    seen = Counter(_zone(trace.at, layout, SPOTS) for trace in found if trace.kind != MARK)
    sure = {spot for spot, count in seen.items() if count >= FEW - (wanted[spot] == FEW)}
    # Squares made the fit and prove nothing; but where one lies right, the fit ends there at the least.
    held = sure | {
        _zone(trace.at, layout, SPOTS)
        for trace in found
        if trace.kind == MARK and abs(trace.off) <= RIGHT_MM
    }
    return any(
        count >= FEW and spot not in sure and not _between(spot, held)
        for spot, count in wanted.items()
    )


def _between(spot: tuple[int, int], sure: set[tuple[int, int]]) -> bool:
    """Tell whether spots on both sides are sure, to the left and right or above and below."""
    column, row = spot
    across = {other[0] - column for other in sure if other[1] == row}
    down = {other[1] - row for other in sure if other[0] == column}
    return any(way and min(way) < 0 < max(way) for way in (across, down))


def _weighed(trace: Trace) -> Trace:
    """A code's place differs from kit to kit: it says less, but tells one row from the next."""
    return replace(trace, off=trace.off / 4) if trace.kind == CODE else trace


def _anchored(found: Sequence[Trace], layout: Layout) -> bool:
    """Tell whether unmistakable print is seen in the upper and the lower part of the sheet.

    That is print that cannot be taken for its neighbour. Rows of cells look alike, and a form one
    row off lies well on all but a few.
    """
    anchors = [trace.at[1] / layout.height for trace in found if trace.anchors and trace.axis == 1]
    return any(at < 0.4 for at in anchors) and any(at > 0.6 for at in anchors)


def _zones_of(layout: Layout) -> set[tuple[int, int]]:
    """The zones that hold fields."""
    boxes = [comb.box for comb in layout.combs if comb.role != "header"]
    boxes += [area.box for area in layout.areas if area.role == "long"]
    corners = [(x, y) for x0, y0, x1, y1 in boxes for x in (x0, x1) for y in (y0, y1)]
    return {_zone(corner, layout) for corner in corners}


def _zone(
    at: tuple[float, float],
    layout: Layout,
    zones: tuple[int, int] = ZONES,
) -> tuple[int, int]:
    columns, rows = zones
    return (
        min(columns - 1, max(0, int(columns * at[0] / layout.width))),
        min(rows - 1, max(0, int(rows * at[1] / layout.height))),
    )


def _bowed(found: Sequence[Trace], least: float) -> bool:
    """Whether a bend would explain much of what the traces are off."""
    test = [trace for trace in found if trace.kind == CELLS]
    if len(test) < 60:
        return False
    before = _rms(test)
    return before - _left_by(Bend(_bend_terms(test)), test) > least


def _corrected(
    grey: np.ndarray, fit: Fit, codes: tuple[Barcode, ...]
) -> tuple[Fit | None, Flat, list[Trace]]:
    """Correct the fit step by step.

    By what stands alone and is looked for far off, then by the rows of cells too, then by a bend.
    Returned last are all traces under the corrected fit; `_halves` tells which had no part in it.
    """
    flat = flatten(grey, fit)
    for step in range(5):
        reach = (0.0, 0.0, FAR_MM, FAR_MM, 1.2)[step]
        found = traces(flat, codes, far=step < 2, cells_mm=reach, numbers=True)
        making, _ = _halves(found)
        # A homography has eight unknowns: fewer traces would fit it whatever they say.
        if len(making) < 8:
            return None, flat, []
        fit = replace(fit, matrix=fit.matrix @ _homography(making))
        flat = flatten(grey, fit)
    for _ in range(BENDS):
        making, test = _halves(traces(flat, codes, cells_mm=FAR_MM, numbers=True))
        bend = Bend(_bend_terms(making))
        straight = _rms(test) - _left_by(bend, test) <= BENT_MM / 3
        if len(making) < 30 or (straight and not _astray(making, fit.layout, FINE_MM)):
            break
        # On top of the bend so far: both are small beside the sheet.
        fit = replace(fit, bend=bend if fit.bend is None else Bend(fit.bend.terms + bend.terms))
        flat = flatten(grey, fit)
    return fit, flat, traces(flat, codes, numbers=True)


def _halves(found: Sequence[Trace]) -> tuple[list[Trace], list[Trace]]:
    """Split the traces: every other place for making a fit, the rest for its proof.

    What of a place was measured across goes with what was measured down. Squares only make: the fit
    began with them. A place stays on its side however many are seen.
    """
    making = [t for t in found if t.kind == MARK or not _proves(t.at)]
    return making, [t for t in found if t.kind != MARK and _proves(t.at)]


def _proves(at: tuple[float, float]) -> bool:
    return (int(7 * at[0]) + int(13 * at[1])) % 2 == 1


def _homography(making: Sequence[Trace]) -> np.ndarray:
    """Return the 3x3 matrix, mm to mm, that moves the print as the traces ask.

    It moves as a tilted camera would; traces that stray from the rest count little.
    """
    at = (np.array([trace.at for trace in making]) - (105.0, 148.5)) / 100
    across = np.array([trace.axis == 0 for trace in making])
    off = np.array([trace.off for trace in making])
    own = np.array([WEIGHT.get(trace.kind, 1.0) for trace in making])
    weight = own
    x, y = at.T
    one, none = np.ones(len(x)), np.zeros(len(x))
    in_x = np.stack([one, x, y, none, none, none, 100 * x * x, 100 * x * y], axis=1)
    in_y = np.stack([none, none, none, one, x, y, 100 * x * y, 100 * y * y], axis=1)
    design = np.where(across[:, None], in_x, in_y)
    # Each round counts strays less: plain least squares would follow a single one.
    for _ in range(4):
        rows, values = design * weight[:, None], off * weight
        # What the traces do not ask for stays as it is, tilt before all.
        damp = np.diag([0.02, 0.05, 0.05, 0.02, 0.05, 0.05, 6.0, 6.0])
        a, b, c, d, e, f, g, h = np.linalg.lstsq(
            np.r_[rows, damp], np.r_[values, np.zeros(8)], rcond=None
        )[0]
        left = np.abs(off - design @ (a, b, c, d, e, f, g, h))
        scale = max(0.1, float(np.median(left)))
        weight = own / (1 + (left / (2.5 * scale)) ** 2)
    centre = np.array([[0.01, 0, -1.05], [0, 0.01, -1.485], [0, 0, 1]])
    moved = np.array(
        [[1 + b / 100, c / 100, a / 100], [e / 100, 1 + f / 100, d / 100], [-g, -h, 1]]
    )
    return np.asarray(np.linalg.inv(centre) @ moved @ centre)


def _bend_terms(making: Sequence[Trace]) -> np.ndarray:
    """Return coefficients (2, 10) of the bend that the traces ask for.

    What they do not ask for stays flat.
    """
    out = np.zeros((2, 10))
    for axis in (0, 1):
        mine = [trace for trace in making if trace.axis == axis]
        if len(mine) < 12:
            continue
        design = powers(np.array([trace.at for trace in mine]))
        off = np.array([trace.off for trace in mine])
        weight = np.ones(len(mine))
        for _ in range(4):
            # The damping keeps flat what the traces do not ask for.
            terms = np.linalg.lstsq(
                np.r_[design * weight[:, None], 0.3 * np.eye(10)],
                np.r_[off * weight, np.zeros(10)],
                rcond=None,
            )[0]
            left = np.abs(off - design @ terms)
            weight = 1 / (1 + (left / (2.5 * max(0.06, float(np.median(left))))) ** 2)
        out[axis] = terms
    return out


def _left_by(bend: Bend, found: Sequence[Trace]) -> float:
    """Spread of the traces as `_rms` has it, once the paper is bent so."""
    # Of a page full of squares that is no form, nothing may be left to move.
    at = np.array([trace.at for trace in found]).reshape(-1, 2)
    shift = bend.moved(at) - at
    axis = np.array([trace.axis for trace in found], int)
    off = np.array([trace.off for trace in found])
    return _spread(off - shift[np.arange(len(found)), axis])


def _rms(found: Sequence[Trace]) -> float:
    """Spread of the traces in mm without the worst tenth, which is writing and dirt."""
    return _spread(np.array([trace.off for trace in found]))


def _spread(off: np.ndarray) -> float:
    offs = np.sort(np.abs(off))[: max(1, int(0.9 * len(off)))]
    return float(np.sqrt((offs**2).mean())) if len(offs) else 0.0
