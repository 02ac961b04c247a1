"""Comma and minus by geometry: place, height, width and slant in the cell, and what stands beside.

The network sees every character at one size, so a comma looks to it like a one or like a cell
struck out. Here the size is measured against the writer's own characters: first those of the same
row, else those of the page. Pure code.

All lengths are shares: of the cell, as `Stroke` gives them, or of the writer's body height. The
measured ranges are those of 62 commas, 14 minuses and 558 digits by sixteen hands on made sheets;
each bound says why it stands where it does. What lies between two bounds is left to the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from examday.reading.glyph import CROSSED

# of the answer cells, which the measures below were made on; the other cells differ by a tenth at
# most
CELL_HEIGHT_BY_WIDTH = 6.5 / 4.3
# Of the tallest in the row: what is higher counts as a full character when the body is measured.
FULL = 0.65
# Quantile of heights that counts as the tallest: a scribble through a cell is higher than writing.
TALLEST = 0.9
# Of the cell, 1.4 mm: a row whose tallest ink is lower holds no character to measure by.
LEAST_BODY = 0.22

# Stated chance of a mark whose every measure fits; of one with a doubtful circumstance; of a stroke
# like a comma at the height of an apostrophe. Below the second a person looks.
SURE, LIKELY, DOUBTFUL = 0.999, 0.9, 0.5

# Highest comma as a share of the body, and how far below the body's top it must begin, at least.
# Measured: commas 0.22…0.57 high from 0.3…0.8 on; no digit below 0.64 beside the rest of its row.
COMMA_PLACES = (
    (0.42, 0.22),  # too small for a character: anything but an apostrophe
    (0.60, 0.42),  # a character this small would begin higher up
    (0.72, 0.62),  # hangs from the foot of the line, where no character begins
)
ELSEWHERE = 0.5  # of the body: a stroke so low is no character wherever it stands, see DOUBTFUL
COMMA_REACH = (0.7, 1.5)  # of the body below its top: higher is an apostrophe, lower the next row
# of the cell, 2.7 mm: measured commas have 0.14…0.39, and some hands write larger
COMMA_WIDTH = 0.62
COMMA_FLATNESS = 1.45  # width by height; measured 0.30…0.91; a dot has 1, a sloping tail up to 1.4
COMMA_SOLID = 0.5  # ink by convex hull: a comma is one stroke; a tiny 0, 3 or 5 lies below
DOT_HEIGHT = 0.15  # of the cell, 1 mm; measured commas from 0.21: lower may be a resting pen as well as a comma

MINUS_FLATNESS = 1.9  # width by height; measured 2.6…7.3, and some hands write shorter
SHORT_FLATNESS = 1.45  # a short minus passes if its stroke lies flat, see MINUS_LEAN
MINUS_LEAN = 28.0  # degrees from the horizontal that a dash may rise or fall
# Of the cell: shorter is a dot, longer goes through the cell as strikes do
MINUS_WIDTH = 0.24, 1.2
MINUS_HEIGHT = 0.4  # of the body, a dash that rises by 28 degrees included
MINUS_SOLID = 0.45  # ink by convex hull: a bowed dash has 0.5, a zigzag less
# of the body below its top: a hand sets the middle of a dash anywhere on the line, and not beyond
# it
MINUS_BAND = (-0.05, 1.15)

NO_MARK = 0.75  # of the body: what is as high as this is a character, whatever its shape,
# and what is higher than the first and begins above the second is a character too, so no mark
UPPER = (0.55, 0.35)


STRUCK = CROSSED  # a line through several cells: one word with the cross of a cell, so that both are asked alike


@dataclass(frozen=True)
class Stroke:
    """The main ink of one cell without specks.

    `top`, `height`, `width`: shares of the cell, `top` from its upper border; `lean`: degrees
    between its long axis and the horizontal, 0…90; `solid`: ink by convex hull; `parts`: pieces of
    ink that do not hang together; `cut`: it went on into a neighbouring cell.
    """

    top: float
    height: float
    width: float
    lean: float = 90.0
    solid: float = 1.0
    parts: int = 1
    cut: bool = False

    @property
    def flatness(self) -> float:
        """Width by height, in millimetres."""
        return self.width / CELL_HEIGHT_BY_WIDTH / max(0.01, self.height)


@dataclass(frozen=True)
class Body:
    """The line a writer's full characters stand in: its top and its height as shares of the cell."""

    top: float = 0.11
    height: float = 0.77


@dataclass(frozen=True)
class Mark:
    """What geometry says of one cell: ",", "-" or STRUCK with the chance that it is that.

    "" where it surely is no mark.
    """

    char: str
    chance: float = 1.0


def body_of(strokes: Iterable[Stroke]) -> Body | None:
    """Return the line in which the full characters among `strokes` stand.

    None when there is none to measure by.
    """
    full = _full(strokes)
    return Body(median(s.top for s in full), median(s.height for s in full)) if full else None


def _full(strokes: Iterable[Stroke]) -> list[Stroke]:
    upright = sorted((s for s in strokes if s.flatness < SHORT_FLATNESS), key=lambda s: s.height)
    tallest = upright[ceil(TALLEST * (len(upright) - 1))].height if upright else 0.0
    return [s for s in upright if s.height >= FULL * tallest] if tallest >= LEAST_BODY else []


def marks_in(row: Sequence[Stroke | None], page: Body | None = None) -> list[Mark | None]:
    """Return what geometry says of every cell of a row.

    None where it leaves the cell to the network, or the cell is blank. `page`: the line of the same
    writer's other rows, for a row that has no full character of its own.
    """
    there = [s for s in row if s is not None]
    return [
        None
        if s is None
        else _mark(
            s,
            _line(s, there, page),
            row[i - 1] if i else None,
            row[i + 1] if i + 1 < len(row) else None,
        )
        for i, s in enumerate(row)
    ]


def _line(stroke: Stroke, row: Sequence[Stroke], page: Body | None) -> Body:
    """Return the line that `stroke` is measured against.

    Never its own height, or every lone one would be a full character, and never a row of marks
    alone.
    """
    others = [s for s in row if s is not stroke]
    own, usual = body_of(others), page or Body()
    if own is None:
        return usual
    # One other mark is no line to measure by; two characters of one size are, however small.
    small = own.height < 0.5 * usual.height and len(_full(others)) < 2
    return usual if small else own


def _mark(
    stroke: Stroke,
    line: Body,
    before: Stroke | None,
    after: Stroke | None,
) -> Mark | None:
    height = stroke.height / line.height
    top = (stroke.top - line.top) / line.height
    if height >= NO_MARK or (height >= UPPER[0] and top <= UPPER[1]):
        return Mark("")
    if _is_minus(stroke, height, top):
        return _minus(stroke, before, after)
    if _is_comma(stroke, height, top):
        return _comma(stroke, before)
    return Mark(",", DOUBTFUL) if _is_comma_elsewhere(stroke, height) else None


def _minus(stroke: Stroke, before: Stroke | None, after: Stroke | None) -> Mark:
    """A minus, and how surely; where it goes on into the next cell it may be a strike."""
    if _strikes_on(stroke, before, after):
        return Mark(STRUCK, DOUBTFUL)
    sure = stroke.flatness >= MINUS_FLATNESS and stroke.parts == 1
    return Mark("-", SURE if sure else LIKELY)


def _comma(stroke: Stroke, before: Stroke | None) -> Mark:
    """A comma, and how surely; a sure one follows a higher character."""
    follows = before is not None and before.height > stroke.height
    sure = follows and stroke.parts == 1 and stroke.height >= DOT_HEIGHT and not stroke.cut
    return Mark(",", SURE if sure else LIKELY)


def _is_comma_elsewhere(stroke: Stroke, height: float) -> bool:
    """A stroke of a comma's shape and size that stands too high, as an apostrophe does."""
    return (
        height <= ELSEWHERE
        and stroke.width <= COMMA_WIDTH
        and stroke.solid >= COMMA_SOLID
        and stroke.parts == 1
    )


def _is_minus(stroke: Stroke, height: float, top: float) -> bool:
    """One flat stroke, neither a dot nor a line through the cell.

    Two strokes one above the other are no minus.
    """
    flat = stroke.flatness >= MINUS_FLATNESS or (
        stroke.flatness >= SHORT_FLATNESS and stroke.lean <= MINUS_LEAN
    )
    return (
        flat
        and MINUS_WIDTH[0] <= stroke.width <= MINUS_WIDTH[1]
        and height <= MINUS_HEIGHT
        and stroke.solid >= MINUS_SOLID
        and MINUS_BAND[0] <= top + height / 2 <= MINUS_BAND[1]
    )


def _strikes_on(stroke: Stroke, before: Stroke | None, after: Stroke | None) -> bool:
    """Tell whether a flat stroke goes on into the next cell as a flat stroke.

    One line through several cells is a strike.
    """
    return stroke.cut and any(
        s is not None and s.cut and s.flatness >= SHORT_FLATNESS for s in (before, after)
    )


def _is_comma(stroke: Stroke, height: float, top: float) -> bool:
    """One small solid stroke that begins low in the line and reaches its foot, or hangs from it."""
    low = any(height <= most and top >= least for most, least in COMMA_PLACES)
    return (
        low
        and COMMA_REACH[0] <= top + height <= COMMA_REACH[1]
        and stroke.width <= COMMA_WIDTH
        and stroke.flatness < COMMA_FLATNESS
        and stroke.solid >= COMMA_SOLID
        and stroke.parts <= 2
    )
