"""Find printed rows of cells on a clean picture of a form.

Their borders are dotted, grey or black, with or without gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from examday.paper.layout import Box
from examday.reading.flatten import PX

CELL_MM = (2.4, 9.0), (3.4, 13.0)  # width and height of a cell: smaller is a letter, larger a frame
# grey values a border is darker than what lies on both sides of it: less is the grain of paper
LEAST_LINE = 14
# Paper is lighter than the first once it is stretched to white; print is darker than the other
TINT, BLACK = 238, 110
FEWEST = 3  # rows that make a block of answers: two alike are often header entries
OUTSIDE = 5  # a line is found by its inner edge, so its middle lies within so many px outside of it
WINDOW_MM = 60.0, 25.0  # smaller frames are entries or notes: nobody writes freely in them


@dataclass(frozen=True)
class Grid:
    """Rows of equal cells under each other.

    `tops`: their upper edges; `x`: left edge of the first cell.
    """

    x: float
    tops: tuple[float, ...]
    cells: int
    pitch: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right side of the last cell, in the unit of `x`."""
        return self.x + self.pitch * (self.cells - 1) + self.width


def _lines(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Masks of thin upright and level lines; dots of a dotted line count as one line."""
    thin = cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    dark = (thin > LEAST_LINE).astype(np.uint8)
    upright = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((13, 1), np.uint8))
    level = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 13), np.uint8))
    upright = cv2.morphologyEx(upright, cv2.MORPH_OPEN, np.ones((round(2.9 * PX), 1), np.uint8))
    level = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((1, round(2.0 * PX)), np.uint8))
    return upright, level


def _inside(picture: np.ndarray) -> np.ndarray:
    """Boxes (n, 4) in px of what is enclosed by lines on all four sides."""
    upright, level = _lines(picture)
    walls = cv2.dilate(upright | level, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - walls, connectivity=4)
    boxes = stats[1:]
    full = boxes[:, 4] > 0.85 * boxes[:, 2] * boxes[:, 3]
    return np.asarray(boxes[full])


def cells_in(picture: np.ndarray) -> list[Box]:
    """Outlines of single cells, mm."""
    (least_w, most_w), (least_h, most_h) = CELL_MM
    found = []
    for x, y, width, height, _ in _inside(picture):
        x0, y0, x1, y1 = (
            float(v) / PX for v in (x - 1.5, y - 1.5, x + width + 1.5, y + height + 1.5)
        )
        if least_w <= x1 - x0 <= most_w and least_h <= y1 - y0 <= most_h:
            found.append((x0, y0, x1, y1))
    return found + [
        cell for cell in _tinted(picture) if not any(_overlap(cell, other) for other in found)
    ]


def _tinted(picture: np.ndarray) -> list[Box]:
    """Outlines of cells that are grey boxes on white paper, mm.

    A solid black box is a mark and no cell.
    """
    dark = (picture < TINT).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    (least_w, most_w), (least_h, most_h) = CELL_MM
    found = []
    for label, (x, y, width, height, area) in enumerate(stats[1:], 1):
        if not (
            least_w <= width / PX <= most_w
            and least_h <= height / PX <= most_h
            and area > 0.9 * width * height
        ):
            continue
        inside = picture[y : y + height, x : x + width][
            labels[y : y + height, x : x + width] == label
        ]
        if np.percentile(inside, 70) > BLACK:
            found.append((x / PX, y / PX, (x + width) / PX, (y + height) / PX))
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def windows_in(picture: np.ndarray) -> tuple[Box, ...]:
    """Large empty frames, mm: areas for free writing."""
    found = []
    for x, y, width, height, _ in _inside(picture):
        box = tuple(round(float(v) / PX, 1) for v in (x, y, x + width, y + height))
        if (
            width / PX >= WINDOW_MM[0]
            and height / PX >= WINDOW_MM[1]
            and height < 0.97 * picture.shape[0]
        ):
            found.append((box[0], box[1], box[2], box[3]))
    return tuple(found)


def grids_in(picture: np.ndarray, cells: Sequence[Box]) -> tuple[Grid, ...]:
    """Cells put together into rows, and like rows under each other into grids, in reading order."""
    borders = _Borders(picture)
    rows: list[Grid] = []
    for line in _by_line(cells):
        found = [borders.snapped(_stretched(row, borders)) for row in _runs(line)]
        for row in sorted(found, key=lambda r: -r.cells):
            if not any(_covers(other, row) for other in rows):
                rows.append(row)
    rows = [row for row in rows if not any(_crosses(other, row) for other in rows)]
    blocks = _blocks(_without_strays(rows))
    return tuple(sorted((_joined(block) for block in blocks), key=lambda g: (g.tops[0], g.x)))


def _without_strays(rows: Sequence[Grid]) -> list[Grid]:
    """The rows without single cells that no row has cells like."""
    sizes = [(row.width, row.height) for row in rows if row.cells > 1]
    return [
        row
        for row in rows
        if row.cells > 1
        or any(abs(row.width / w - 1) < 0.2 and abs(row.height / h - 1) < 0.2 for w, h in sizes)
    ]


def _blocks(rows: Sequence[Grid]) -> list[list[Grid]]:
    """Like rows under each other, one list a block."""
    blocks: list[list[Grid]] = []
    for row in sorted(rows, key=lambda r: r.tops[0]):
        home = next((block for block in blocks if _like(block[0], row)), None)
        if home is None:
            blocks.append([row])
        else:
            home.append(row)
    return blocks


def _covers(one: Grid, other: Grid) -> bool:
    """Whether a row holds all that another is: it was found twice, once in part."""
    return (
        abs(one.tops[0] - other.tops[0]) < one.height / 2
        and one.x - 0.8 < other.x
        and other.right < one.right + 0.8
    )


def _crosses(one: Grid, other: Grid) -> bool:
    """Whether the longer row lies over most of the shorter: writing made a wrong cell in it."""
    high = min(one.tops[0] + one.height, other.tops[0] + other.height) - max(
        one.tops[0], other.tops[0]
    )
    wide = min(one.right, other.right) - max(one.x, other.x)
    return bool(
        one.cells > other.cells and high > other.height / 2 and wide > (other.right - other.x) / 2
    )


class _Borders:
    """Where thin dark lines are, to tell whether a cell that writing hides has borders of its own."""

    def __init__(self, picture: np.ndarray) -> None:
        thin = cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
        # ink counts no more than a line: it is darker, and would hide the lines beside it
        self.thin = np.minimum(thin, 80)
        dark = (thin > LEAST_LINE).astype(np.uint8)
        self.upright = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((13, 1), np.uint8))
        self.level = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 13), np.uint8))

    def snapped(self, row: Grid) -> Grid:
        """Return the row with its outlines on the middle of the printed lines.

        What is enclosed ends where a line begins.
        """
        x0, y0 = row.x, row.tops[0]
        lefts = [x0 + row.pitch * index for index in range(row.cells)]
        up, down = round(y0 * PX) + 4, round((y0 + row.height) * PX) - 4
        span = [(round(x * PX) + 4, round((x + row.width) * PX) - 4) for x in lefts]
        left = _line_at([self.thin[up:down].T] * row.cells, lefts, -1)
        right = _line_at([self.thin[up:down].T] * row.cells, [x + row.width for x in lefts], 1)
        rows = [self.thin[:, a:b] for a, b in span]
        top = _line_at(rows, [y0] * row.cells, -1)
        bottom = _line_at(rows, [y0 + row.height] * row.cells, 1)
        return Grid(
            x0 + left,
            (y0 + top,),
            row.cells,
            row.pitch,
            row.width + right - left,
            row.height + bottom - top,
        )

    def cell(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
    ) -> bool:
        """Whether all four borders of a cell at this place are printed."""
        x0, y0, x1, y1 = (round(v * PX) for v in (x, y, x + width, y + height))
        if min(x0, y0) < 4 or x1 + 4 > self.upright.shape[1] or y1 + 4 > self.upright.shape[0]:
            return False
        sides = [
            self.upright[y0 + 4 : y1 - 4, at - 4 : at + 5].mean(axis=0).max() for at in (x0, x1)
        ]
        sides += [
            self.level[at - 4 : at + 5, x0 + 4 : x1 - 4].mean(axis=1).max() for at in (y0, y1)
        ]
        return bool(min(sides) > 0.72)


def _line_at(pictures: Sequence[np.ndarray], places: Sequence[float], outward: int) -> float:
    """How far (mm) the lines lie from `places`, along the first axis of each picture.

    Looked for from a little inside to OUTSIDE px `outward` (-1 or 1); 0 where none stands out.
    """
    reach = np.arange(-2, OUTSIDE + 1) * outward
    cuts = []
    for picture, place in zip(pictures, places, strict=True):
        at = round(place * PX) + reach
        if at.min() >= 0 and at.max() < picture.shape[0] and picture.shape[1]:
            cuts.append(picture[at].mean(axis=1))
    if not cuts:
        return 0.0
    profile = np.median(np.array(cuts), axis=0)
    above = np.clip(profile - profile.max() / 2, 0, None)
    if profile.max() < LEAST_LINE / 4 or profile.max() < 2 * profile.min():
        return 0.0
    return float((above * reach).sum() / above.sum() / PX)


def _stretched(row: Grid, borders: _Borders) -> Grid:
    """Return the row with cells added on its left and right.

    These have printed borders but hold writing on every sheet.
    """
    # One cell alone has no pitch at which to look for the next.
    if row.cells < 2:
        return row
    x, cells = row.x, row.cells
    while borders.cell(x - row.pitch, row.tops[0], row.width, row.height):
        x, cells = x - row.pitch, cells + 1
    while borders.cell(x + row.pitch * cells, row.tops[0], row.width, row.height):
        cells += 1
    return Grid(x, row.tops, cells, row.pitch, row.width, row.height)


def _by_line(cells: Sequence[Box]) -> list[list[Box]]:
    """Cells whose tops and heights agree, one list a line."""
    lines: list[list[Box]] = []
    for cell in sorted(cells, key=lambda c: (c[1] + c[3]) / 2):
        near = [
            line
            for line in lines[-4:]
            if abs(np.median([c[1] for c in line]) - cell[1]) < 0.6
            and abs(np.median([c[3] for c in line]) - cell[3]) < 0.6
        ]
        if near:
            near[-1].append(cell)
        else:
            lines.append([cell])
    return [sorted(line) for line in lines]


def _runs(line: Sequence[Box]) -> list[Grid]:
    """Runs of cells of one width at one pitch.

    A cell that is missing inside a run (a stroke stood in it on every sheet) is there all the same:
    its neighbours are a whole number of pitches apart.
    """
    out: list[Grid] = []
    left = list(line)
    while left:
        run = [left.pop(0)]
        pitch = 0.0
        width = run[0][2] - run[0][0]
        for cell in list(left):
            step = cell[0] - run[-1][0]
            if abs(cell[2] - cell[0] - width) > 0.5:
                continue
            if not pitch:
                if step > 1.6 * width + 0.6:
                    break
                pitch = step
            times = round(step / pitch)
            if not 1 <= times <= 3 or abs(step - times * pitch) > 0.35 * times:
                break
            run.append(cell)
            left.remove(cell)
            pitch = _pitch(run, pitch)
        out.append(_run(run, pitch))
    return out


def _pitch(run: Sequence[Box], near: float) -> float:
    """The pitch through all cells of a run."""
    places = np.array([cell[0] for cell in run])
    index = np.round((places - places[0]) / near)
    return float(np.polyfit(index, places, 1)[0]) if len(run) > 1 else near


def _run(run: Sequence[Box], pitch: float) -> Grid:
    x0, y0, x1, y1 = (np.array([cell[i] for cell in run]) for i in range(4))
    index = np.round((x0 - x0[0]) / pitch) if pitch else np.zeros(len(run))
    width = float(np.median(x1 - x0))
    x = float(np.median(x0 - index * pitch))
    return Grid(
        x,
        (float(np.median(y0)),),
        int(index[-1]) + 1,
        pitch or width,
        width,
        float(np.median(y1 - y0)),
    )


def _like(one: Grid, other: Grid) -> bool:
    """Whether two rows stand under each other and have the same cells."""
    return (
        one.cells == other.cells
        and abs(one.x - other.x) < 0.7
        and abs(one.width - other.width) < 0.5
        and abs(one.height - other.height) < 0.6
        and (one.cells == 1 or abs(one.pitch - other.pitch) < 0.15)
    )


def _joined(block: Iterable[Grid]) -> Grid:
    rows = list(block)
    middle = {
        name: float(np.median([getattr(row, name) for row in rows]))
        for name in ("x", "pitch", "width", "height")
    }
    tops = tuple(round(row.tops[0], 2) for row in rows)
    return Grid(
        round(middle["x"], 2),
        tops,
        rows[0].cells,
        round(middle["pitch"], 3),
        round(middle["width"], 2),
        round(middle["height"], 2),
    )
