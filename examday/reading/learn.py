"""Learn a draft layout from a few sheets of an unknown form: its squares, codes and cells.

All sheets are laid on the first one by their squares; what is printed is on all of them, what is
written is not. Codes are told by how their texts vary from sheet to sheet. What cannot be seen is
left out and named, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from examday.domain.messages import N_
from examday.paper.layout import Barcode, Box, Layout, Marker
from examday.reading.combs import Grid, cells_in, grids_in, windows_in
from examday.reading.fit import lay, project
from examday.reading.flatten import PX
from examday.reading.judgement import PageWarning
from examday.reading.learn_codes import (
    SQUARE_CODES,
    SYMBOLOGIES,
    all_codes,
    codes_on,
    corners,
    form_codes,
)
from examday.reading.sheet_size import A3_SCALE
from examday.reading.squares import find_squares

# mm: an enlarged sheet is measured as the standard one it was made from, so that one layout serves
# both
SHEET = 210.0, 297.0
ALIKE = 0.12  # share by which the sides of two squares of one form may differ: copying frays them
# degrees a sheet may lie askew on a glass: each angle that is tried costs a turned picture
MOST_SKEW = 3.0


@dataclass(frozen=True)
class Learned:
    """What was seen of a form on several sheets.

    `markers`, `codes` with their roles, `grids` of cells, `windows` (large frames), page and
    `notes` on what a person must look at. `sheets` that took part; `sized` when the scans state a
    resolution.
    """

    markers: tuple[Marker, ...]
    codes: tuple[Barcode, ...]
    grids: tuple[Grid, ...]
    windows: tuple[Box, ...]
    notes: tuple[PageWarning, ...]
    sheets: int
    sized: bool
    """False: millimetres come from the size of the picture, so a person measures one distance."""
    picture: np.ndarray = field(repr=False)


class NothingToLearn(ValueError):
    """The sheets show too little to make a layout from; the message is a msgid."""


def learn(pages: Sequence[tuple[np.ndarray, float | None]]) -> Learned:
    """Learn a form from its sheets: (grey picture, resolution the file states).

    Raises NothingToLearn with the reason when fewer than three squares are on the first sheet.
    """
    notes: list[PageWarning] = []
    upright = [_upright(grey) for grey, _ in pages]
    if not all(told for _, told in upright):
        notes.append(
            PageWarning(
                "way-up-unseen",
                N_(
                    "On some sheets no code tells which way up they lie; they were taken as they are."
                ),
            )
        )
    first = upright[0][0]
    scale, sized = _scale(first.shape, pages[0][1])
    if not sized:
        notes.append(
            PageWarning(
                "size-assumed",
                N_(
                    "The files state no resolution that fits A4 or A3: millimetres were taken from the size of the picture, as "
                    "if the sheet filled it. Measure one distance by hand."
                ),
            )
        )
    used, draft = _laid([page for page, _ in upright], scale)
    if len(used) < len(pages):
        notes.append(
            PageWarning(
                "sheets-left-out",
                N_(
                    "Sheets that do not lie on the first one and were left out: %(count)s. Give sheets of one form only."
                ),
                {"count": len(pages) - len(used)},
            )
        )
    draft = _steady(draft, used)
    if len(draft.markers) < 3:
        raise NothingToLearn(
            N_("Fewer than three black squares are at the same place on all sheets.")
        )
    codes, told = form_codes([codes_on(page, matrix) for page, matrix in used])
    picture = _print(used)
    grids = _grids(picture, codes, draft.markers)
    notes += [*_shape_notes(grids, len(used), draft.markers), *told]
    windows = windows_in(picture)
    return Learned(
        _named(draft.markers), codes, grids, windows, tuple(notes), len(used), sized, picture
    )


Laid = tuple[np.ndarray, np.ndarray]
"""A sheet and its 3x3 matrix from mm of the form to px: sheets are compared in mm, as no two lie
alike."""


def _laid(pages: Sequence[np.ndarray], scale: float) -> tuple[list[Laid], Layout]:
    """Lay all sheets on the first by its squares.

    Returns those that lie on it, and a layout of the squares.
    """
    frame = _frame(pages[0], scale)
    to_mm = np.linalg.inv(frame)
    squares = _marks(pages[0])
    if len(squares) < 3:
        raise NothingToLearn(
            N_("Fewer than three black squares of one size were found on the first sheet.")
        )
    places = project(to_mm, squares[:, :2])
    side = float(np.median(squares[:, 2])) * float(np.sqrt(abs(np.linalg.det(to_mm[:2, :2]))))
    draft = _draft(
        Marker(f"mark_{i}", x - side / 2, y - side / 2, side) for i, (x, y) in enumerate(places, 1)
    )
    matrices = [frame, *(_onto(draft, page) for page in pages[1:])]
    laid = zip(pages, matrices, strict=True)
    return [(page, matrix) for page, matrix in laid if matrix is not None], draft


def _grids(
    picture: np.ndarray, codes: Sequence[Barcode], markers: Sequence[Marker]
) -> tuple[Grid, ...]:
    """Find the rows of cells; what touches a code or a square is no cell."""
    hidden = [code.box for code in codes]
    hidden += [(m.x, m.y, m.x + m.size, m.y + m.size) for m in markers]
    cells = [cell for cell in cells_in(picture) if not any(_touch(cell, box) for box in hidden)]
    return grids_in(picture, cells)


def _shape_notes(
    grids: Sequence[Grid], sheets: int, markers: Sequence[Marker]
) -> list[PageWarning]:
    """What a person must know of the rows, the number of sheets and the squares."""
    notes = []
    if not grids:
        notes.append(PageWarning("no-cells", N_("No rows of cells were seen.")))
    if sheets < 3:
        notes.append(
            PageWarning(
                "few-sheets",
                N_(
                    "Only %(count)s sheets were looked at: writing may have been taken for print. Three or more are better."
                ),
                {"count": sheets},
            )
        )
    if _symmetric(markers):
        notes.append(
            PageWarning(
                "symmetric",
                N_(
                    "The squares lie alike when the sheet is turned: only the codes tell which way up it lies."
                ),
            )
        )
    return notes


def _upright(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """The page the way its codes are read, and whether any code tells."""
    turns = []
    for found in all_codes(grey):
        square = SYMBOLOGIES[found.format] in SQUARE_CODES
        quarter = round(found.orientation / 90) % 4
        if square or quarter in (0, 2):
            turns.append(quarter)
    if grey.shape[1] > grey.shape[0]:  # lying: a level code of the form stands upright here
        squares = [q for q in turns if q in (1, 3)]
        quarter = squares[0] if squares else 1
        return np.ascontiguousarray(np.rot90(grey, quarter)), bool(squares)
    upside = sum(q == 2 for q in turns) > len(turns) / 2
    return (np.ascontiguousarray(np.rot90(grey, 2)) if upside else grey), bool(turns)


def _scale(shape: tuple[int, ...], dpi: float | None) -> tuple[float, bool]:
    """Px per mm of the standard sheet, and whether the file's resolution says so."""
    height, width = shape[:2]
    if dpi and dpi >= 100:
        for factor in (1.0, A3_SCALE):
            unit = dpi / 25.4 * factor
            if all(
                abs(px / unit / mm - 1) < 0.05
                for px, mm in zip((width, height), SHEET, strict=True)
            ):
                return unit, True
    return (width / SHEET[0] + height / SHEET[1]) / 2, False


def _frame(grey: np.ndarray, scale: float) -> np.ndarray:
    """Return the 3x3 matrix from mm to px of the first sheet.

    Its corner is the form's, turned so that its printed lines are level.
    """
    angle = np.radians(_skew(grey))
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    height, width = grey.shape
    middle, back = np.eye(3), np.eye(3)
    middle[:2, 2], back[:2, 2] = (
        (width / 2, height / 2),
        (-SHEET[0] * scale / 2, -SHEET[1] * scale / 2),
    )
    return np.asarray(middle @ turn @ back @ np.diag((scale, scale, 1.0)))


def _skew(grey: np.ndarray) -> float:
    """Return the degrees by which the printed lines are turned clockwise.

    At that angle the rows' profile is sharpest.
    """
    factor = 1400 / max(grey.shape)
    small = 255 - cv2.resize(
        grey,
        None,
        fx=factor,
        fy=factor,
        interpolation=cv2.INTER_AREA,
    )
    height, width = small.shape
    edge = round(0.03 * width)
    best = 0.0
    for step, reach in ((0.25, MOST_SKEW), (0.05, 0.25), (0.01, 0.05)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        sharp = []
        for angle in angles:
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(angle), 1.0)
            level = cv2.warpAffine(small, turn, (width, height), flags=cv2.INTER_LINEAR)[
                edge:-edge, edge:-edge
            ]
            sharp.append(float(np.square(np.diff(level.mean(axis=1))).sum()))
        best = float(angles[int(np.argmax(sharp))])
    return best


def _marks(grey: np.ndarray) -> np.ndarray:
    """Squares of the most usual size, those inside a code left out."""
    codes = [corners(found) for found in all_codes(grey)]
    squares = np.array(
        [
            square
            for square in find_squares(grey)
            if not any(
                cv2.pointPolygonTest(_wide(c), (square[0], square[1]), False) >= 0 for c in codes
            )
        ]
    )
    if not len(squares):
        return np.empty((0, 3))
    alike = np.abs(squares[:, None, 2] / squares[None, :, 2] - 1) < ALIKE
    # The largest of two equally frequent sizes: small solid things are many.
    middle = max(range(len(squares)), key=lambda i: (int(alike[i].sum()), squares[i, 2]))
    return np.asarray(squares[alike[middle]][:16])


def _wide(corners: np.ndarray) -> np.ndarray:
    middle = corners.mean(axis=0)
    return np.asarray(middle + (corners - middle) * 1.15, np.float32)


def _draft(markers: Iterable[Marker]) -> Layout:
    return Layout(
        "learned",
        "",
        "learned",
        0,
        False,
        *SHEET,
        A3_SCALE,
        0.2,
        tuple(markers),
        None,
        (),
        (),
        (),
        (),
        (),
        {},
        {},
    )


def _onto(draft: Layout, grey: np.ndarray) -> np.ndarray | None:
    """3x3 from mm of the first sheet's form to px of this one; the way up is known already."""
    fits = [fit for fit in lay([draft], _marks(grey)) if fit.turned == 0]
    return fits[0].matrix if fits else None


def _steady(draft: Layout, used: Sequence[Laid]) -> Layout:
    """The squares that are on most of the sheets, each at the mean of its places."""
    found: list[list[np.ndarray]] = [[] for _ in draft.markers]
    for page, matrix in used:
        squares = _marks(page)
        places = project(np.linalg.inv(matrix), squares[:, :2])
        for index, mark in enumerate(draft.markers):
            gaps = np.hypot(*(places - mark.centre).T)
            if gaps.min() < 1.5:
                found[index].append(places[int(gaps.argmin())])
    kept = []
    for mark, spots in zip(draft.markers, found, strict=True):
        # Two of three sheets: a square may be covered by a drawing on one of them.
        if len(spots) * 3 >= len(used) * 2:
            x, y = np.mean(spots, axis=0) - mark.size / 2
            kept.append(
                replace(
                    mark,
                    x=round(float(x), 2),
                    y=round(float(y), 2),
                    size=round(mark.size, 2),
                )
            )
    return replace(draft, markers=tuple(kept))


def _print(used: Sequence[Laid]) -> np.ndarray:
    """What is printed: the sheets on each other at 300 dpi of the standard size, writing outvoted.

    Each sheet is stretched to white paper and black print first.
    """
    size = round(SHEET[0] * PX), round(SHEET[1] * PX)
    flat = []
    for page, matrix in used:
        one = cv2.warpPerspective(
            page,
            matrix @ np.diag((1 / PX, 1 / PX, 1.0)),
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        tiny = cv2.resize(one, (size[0] // 8, size[1] // 8), interpolation=cv2.INTER_AREA)
        paper = cv2.blur(
            cv2.morphologyEx(tiny, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), (9, 9)
        )
        paper = cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        flat.append(np.clip(one * (255.0 / np.maximum(paper, 40)), 0, 255).astype(np.uint8))
    stack = np.stack(flat)
    # Two sheets have no majority: the lighter pixel wins, since writing only darkens.
    if len(stack) < 3:
        return np.asarray(stack.max(axis=0))
    return np.asarray(np.median(stack, axis=0).astype(np.uint8))


def _symmetric(markers: Sequence[Marker]) -> bool:
    places = np.array([mark.centre for mark in markers])
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    return bool(all(np.hypot(*(places - (2 * middle - place)).T).min() < 4 for place in places))


def _named(markers: Sequence[Marker]) -> tuple[Marker, ...]:
    """The squares in reading order."""
    ordered = sorted(markers, key=lambda mark: (round(mark.y / 6), mark.x))
    return tuple(replace(mark, id=f"mark_{i + 1}") for i, mark in enumerate(ordered))


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
