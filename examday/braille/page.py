"""A page: the picture in, lines of cells out, with doubt.

Where there is nothing to read, it is said in plain words why.
"""

import time
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from examday.braille.cells import BLANK, Cell, to_unicode
from examday.braille.columns import move_into_columns
from examday.braille.cover import TRACE, Box, unread
from examday.braille.detect import (
    READING_HEIGHT,
    Found,
    calibrate,
    detect,
    first_scale,
    steady,
    traces,
)
from examday.braille.faint import strengths
from examday.braille.lines import Row, rows_of, tilt_of
from examday.braille.orient import Way, back, best_way, evidence, is_sure, is_upright, turn_to
from examday.braille.picture import Grey
from examday.domain.messages import N_

Array = npt.NDArray[np.float32]

_READABLE = (29.5, 40.0)
"""px of a cell in the network's scale; outside of it too many are missed, and the page is read
again at another scale."""
_OTHER_SCALES = (1.6, 0.6)
"""Tried where the first pass finds next to nothing: cells far smaller or larger than usual."""
_MOST_TILT = 4.0
"""Degrees from which the page is turned level and read again: at more the network misses cells."""
_SURE_HEAT = 0.7
"""A cell is kept where its centre is sure, whatever its dots: doubtful dots are shown, not dropped.
"""
_LEAST_CERTAINTY = 0.45
"""A cell whose centre is not sure is kept where centre and dots together reach this: sure dots make
up for it."""
_CUT_OFF = 0.2
"""Share of a cell outside of the picture from which it cannot be read."""
_LEAST_SURE = 0.2
"""Share of sure cells below which a picture is no Braille: grain and print give doubtful ones."""
_INK = 25.0
"""Grey levels darker than the surroundings from which a stroke is ink: shadows of dots are softer.
"""
_INK_SHARE = 0.01
"""Share of the picture from which ink makes it print: a stamp or a pencilled number is less."""
_PAPER_SPREAD = 30.0
"""Grey levels: what varies more is no sheet, for its middle is evener than that even in slanting
light."""
_TRACES = 10
"""Doubtful cells from which a page is not called empty: somebody has written there, though none of
them can be read."""
_LEAST_SIDE = 400
"""px: of a whole page smaller than that no dot can be told."""
_FAINT = 0.5
"""Share of the height of the dots around it below which a dot counts as rubbed out: a nail flattens
it, but does not remove it."""
DOUBTFUL = 0.8
"""Confidence below which a cell carries a doubt flag. 2 to 3 of 100 cells do: more would not be
looked at."""
_TOO_MUCH_DOUBT = 0.3
"""Share of doubtful cells from which people are advised to scan again: reading on would cost them
more."""
_HARDLY = N_("The dots can hardly be told: scan at 200–300 dpi or with light falling from the top")


@dataclass(frozen=True)
class Line:
    """Cells from left to right with the blanks between them."""

    cells: tuple[Cell, ...]
    indent: int = 0
    empty_above: int = 0
    """Like the indent a hint: how a page is laid out decides no answer."""

    @property
    def braille(self) -> str:
        """The line as Unicode Braille."""
        return to_unicode(cell.dots for cell in self.cells)


@dataclass(frozen=True)
class BraillePage:
    """What the machine read on one picture."""

    kind: str
    """"braille", "empty" or "not braille": print that was scanned into a notebook must not read
    as an empty page."""
    lines: tuple[Line, ...]
    """Boxes in px of the picture as it lies in the file, not as it was turned: pages show that
    one."""
    turned: int
    mirrored: bool
    width: int
    height: int
    warnings: tuple[str, ...]
    """Msgids of what people should know or do; the page is read all the same."""
    unread: tuple[Box, ...]
    """Areas with dots that are in no cell of `lines`, px of the picture as it lies in the file: the
    text shows no gap there."""
    seconds: float


def read(grey: Grey, verso: bool = False, weights: str = "pages") -> BraillePage:
    """Read a grey picture (H×W, 0–255).

    `verso`: read what was embossed from the other side, out of the same picture: its dents become
    dots when light and dark are swapped, and the sheet is seen as in a mirror. `weights`: see
    `detect.session`.
    """
    began = time.perf_counter()
    way, found = _read_side(grey, verso, weights)
    seen = len(found.centres)
    shape = turn_to(grey, way).shape
    faint = _whole(traces(found, TRACE), shape)
    found = move_into_columns(_credible(_whole(found, shape)))
    kind = _kind(grey, found, seen)
    # Without cells nothing tells how a page lies.
    way = way if len(found.centres) else Way()
    sure = _confidence(turn_to(grey, way), found)
    in_file = back(found.centres, way, grey.shape)
    lines = tuple(_line(row, found, in_file, sure, way) for row in rows_of(found))
    is_braille = kind == "braille"
    areas = unread(turn_to(grey, way), found, faint, weights) if is_braille else []
    warnings = _warnings(way, found, verso) if is_braille else _refusals(grey, seen)
    seconds = time.perf_counter() - began
    return BraillePage(
        kind,
        lines,
        way.turned,
        way.mirrored,
        grey.shape[1],
        grey.shape[0],
        warnings,
        tuple(_box_in_file(area, way, grey.shape) for area in areas),
        seconds,
    )


def _read_side(grey: Grey, verso: bool, weights: str) -> tuple[Way, Found]:
    """Return how the picture is held, and the cells of the wanted side."""
    scale, first = _first_pass(grey, weights)
    way = Way()
    found = first
    if not is_upright(first):
        way, found = best_way(grey, first, scale, weights)
    if verso:
        way = replace(way, mirrored=not way.mirrored, lamp_below=not way.lamp_below)
        found = detect(turn_to(grey, way), scale, weights)
    return way, steady(_read_again(grey, way, found, scale, weights))


def _first_pass(grey: Grey, weights: str) -> tuple[float, Found]:
    """Return the scale of the page, and what is found at it."""
    scale = first_scale(grey.shape)
    # A look at the middle costs a tenth of a page and saves a whole pass at the wrong scale.
    look = detect(_middle(grey), scale, weights)
    if is_sure(look) and not _readable(look.cell_height * scale):
        scale = READING_HEIGHT / look.cell_height
    found = detect(grey, scale, weights)
    if is_sure(found):
        return scale, found
    # Where next to nothing is found cells may be far larger or smaller than usual.
    tries = [(scale * factor, detect(grey, scale * factor, weights)) for factor in _OTHER_SCALES]
    return max([(scale, found), *tries], key=lambda attempt: evidence(attempt[1]))


def _middle(grey: Grey) -> Grey:
    """Return the middle of a picture: a good tenth of it."""
    height, width = grey.shape
    return grey[height // 3 : height * 2 // 3, width // 3 : width * 2 // 3]


def _readable(height: float) -> bool:
    """Tell whether cells of this height are read best."""
    return _READABLE[0] <= height <= _READABLE[1]


def _read_again(
    grey: Grey,
    way: Way,
    found: Found,
    scale: float,
    weights: str,
) -> Found:
    """Read a second time where cells are too small, too large or too far from level."""
    height = found.cell_height * scale
    tilt = tilt_of(found) if len(found.centres) >= 8 else 0.0
    if len(found.centres) < 3 or (_readable(height) and abs(tilt) < _MOST_TILT):
        return found
    picture = turn_to(grey, way)
    if abs(tilt) < _MOST_TILT:
        again = detect(picture, scale * READING_HEIGHT / height, weights)
    else:
        again = _detect_tilted(picture, tilt, scale * READING_HEIGHT / height, weights)
    # A second pass that sees less was misled by the measure of height or tilt.
    return again if evidence(again) > 0.9 * evidence(found) else found


def _detect_tilted(
    picture: Grey,
    tilt: float,
    scale: float,
    weights: str,
) -> Found:
    """Turn the picture level, read it and take the places back.

    `tilt` in degrees, falling to the right.
    """
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    room = np.abs(matrix[:, :2]) @ np.array([width, height])
    matrix[:, 2] += room / 2 - (width / 2, height / 2)
    size = (int(room[0]), int(room[1]))
    level = cv2.warpAffine(
        picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    found = steady(detect(np.asarray(level, np.uint8), scale, weights))
    undo = cv2.invertAffineTransform(matrix)
    centres = np.asarray(found.centres @ undo[:, :2].T + undo[:, 2], np.float32)
    return replace(found, centres=centres, source=None)


def _whole(found: Found, shape: tuple[int, ...]) -> Found:
    """Drop the cells that the picture's edge cuts off by a fifth or more."""
    size = np.array(shape[1::-1], np.float32)
    outside = np.maximum(found.sizes / 2 - found.centres, found.centres + found.sizes / 2 - size)
    inside = outside < _CUT_OFF * found.sizes
    return found.chosen(np.asarray(inside.all(1), np.bool_))


def _credible(found: Found) -> Found:
    """Keep the cells that are likelier there than not; none where too few of them are sure.

    A lonely cell stays: a one-letter answer is one cell.
    """
    found = found.chosen(
        (found.dots > 0) & ((found.heat > _SURE_HEAT) | (found.certainty > _LEAST_CERTAINTY))
    )
    sure = int((found.certainty > 0.8).sum())
    if sure == 0 or sure < _LEAST_SURE * len(found.centres):
        return found.chosen(np.zeros(len(found.centres), bool))
    return found


def _kind(grey: Grey, found: Found, seen: int) -> str:
    """Return what a page is; `seen`: cells found at first, before the doubtful ones were dropped."""
    if len(found.centres):
        return "braille"
    return "not braille" if seen >= _TRACES else _kind_without_cells(grey)


def _kind_without_cells(grey: Grey) -> str:
    """Tell empty paper from something that is not Braille.

    Print, handwriting and pictures have fine dark strokes, or tones that no sheet has. Where even
    dots could not be seen, nobody may say that a page is empty.
    """
    if max(grey.shape) < _LEAST_SIDE:
        return "not braille"
    scale = first_scale(grey.shape)
    small = cv2.resize(
        grey,
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_AREA,
    )
    strokes = cv2.morphologyEx(
        cv2.GaussianBlur(small, (0, 0), 1), cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8)
    )
    if float((strokes > _INK).mean()) > _INK_SHARE:
        return "not braille"
    height, width = small.shape
    # The border of a sheet on a table would count as tones.
    middle = small[height // 5 : height * 4 // 5, width // 5 : width * 4 // 5]
    return "not braille" if float(middle.std()) > _PAPER_SPREAD else "empty"


def _confidence(picture: Grey, found: Found) -> Array:
    """Return how sure each cell is (N); one with a rubbed-out dot always counts as doubtful."""
    faintest = strengths(picture, found).min(1, initial=1.0)
    sure = [calibrate(float(heat), p) for heat, p in zip(found.heat, found.p, strict=True)]
    return np.asarray(np.where(faintest < _FAINT, np.minimum(sure, faintest), sure), np.float32)


def _line(
    row: Row,
    found: Found,
    in_file: Array,
    sure: Array,
    way: Way,
) -> Line:
    """Return one row as cells with the blanks between them."""
    cells: list[Cell] = []
    for index, blanks in zip(row.cells, row.blanks, strict=True):
        cells += [Cell(BLANK)] * blanks
        cells.append(_cell(found, index, in_file[index], float(sure[index]), way))
    return Line(tuple(cells), row.indent, row.empty_above)


def _cell(
    found: Found,
    index: int,
    centre: Array,
    sure: float,
    way: Way,
) -> Cell:
    """Return one found cell, its box in px of the file."""
    width, height = found.sizes[index] if way.turned % 180 == 0 else found.sizes[index][::-1]
    x = float(centre[0])
    y = float(centre[1])
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    p1, p2, p3, p4, p5, p6 = (round(float(v), 4) for v in found.p[index])
    left, top, right, bottom = (round(float(v), 1) for v in box)
    return Cell(
        int(found.dots[index]),
        (p1, p2, p3, p4, p5, p6),
        (left, top, right, bottom),
        round(sure, 4),
    )


def _box_in_file(area: Box, way: Way, shape: tuple[int, ...]) -> Box:
    """Return an area of the turned picture as one of the file."""
    corners = back(np.array(area, np.float32).reshape(2, 2), way, shape)
    left, top = (round(float(v), 1) for v in corners.min(0))
    right, bottom = (round(float(v), 1) for v in corners.max(0))
    return left, top, right, bottom


def _refusals(grey: Grey, seen: int) -> tuple[str, ...]:
    """Say why a page without readable cells may hold Braille all the same."""
    if max(grey.shape) < _LEAST_SIDE:
        return (N_("The picture is too small to tell dots: scan at 200–300 dpi"),)
    return (_HARDLY,) if seen >= _TRACES else ()


def _warnings(way: Way, found: Found, verso: bool) -> tuple[str, ...]:
    """Say what people should know of a page that was read."""
    warnings = []
    if way.lamp_below and not verso:
        warnings.append(
            N_("The lamp stood at the foot of the page: scan it again with the light from the top")
        )
    if way.mirrored and not verso:
        warnings.append(
            N_("The page is mirrored: this may be the back of a sheet written with a slate")
        )
    doubtful = float((found.certainty < DOUBTFUL).mean())
    if doubtful > _TOO_MUCH_DOUBT:
        warnings.append(_HARDLY)
    return tuple(warnings)
