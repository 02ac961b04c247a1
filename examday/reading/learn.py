"""Looks at a few sheets of one unknown form and says where its squares, codes and cells are: a
draft of its layout.

All sheets are laid on the first one by their squares; what is printed is on all of them, what is
written is not. Codes are told by how their texts vary from sheet to sheet. What cannot be seen is
left out and named, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import zxingcpp

from examday.domain.custody.sheet_codes import CONSTANT, NUMBER, OPAQUE, PARTNER, sheet_number
from examday.domain.messages import N_
from examday.paper.layout import Barcode, Box, Layout, Marker
from examday.reading.combs import Grid, cells_in, grids_in, windows_in
from examday.reading.fit import lay, project
from examday.reading.flatten import PX
from examday.reading.identify import A3_SCALE, PageWarning
from examday.reading.squares import find_squares

SHEET = 210.0, 297.0  # mm; an enlarged sheet is measured as the standard one it was made from
SYMBOLOGIES = {
    zxingcpp.BarcodeFormat.QRCode: "QR",
    zxingcpp.BarcodeFormat.EAN13: "EAN-13",
    zxingcpp.BarcodeFormat.Code128: "Code 128",
    zxingcpp.BarcodeFormat.DataMatrix: "DataMatrix",
    zxingcpp.BarcodeFormat.Code39: "Code 39",
    zxingcpp.BarcodeFormat.ITF: "ITF",
    zxingcpp.BarcodeFormat.PDF417: "PDF417",
    zxingcpp.BarcodeFormat.Aztec: "Aztec",
}
SQUARE_CODES = frozenset({"QR", "DataMatrix", "Aztec"})
ALIKE = 0.12  # share by which the sides of two squares of one form may differ
NEAR_MM = 6.0  # two codes this near each other on two sheets are the same code of the form
SHARED = 6  # characters that two numbers must share to be a pair
MOST_SKEW = 3.0  # degrees a sheet may lie askew


@dataclass(frozen=True)
class Seen:
    """One code of one sheet, in mm of the form."""

    symbology: str
    text: str
    box: Box
    upright: bool


@dataclass(frozen=True)
class Learned:
    """What was seen: `markers`, `codes` with their roles, `grids` of cells, `windows` (large
    frames), page and `notes` on what a person must look at. `sheets` that took part; `sized` when
    the scans state a resolution."""

    markers: tuple[Marker, ...]
    codes: tuple[Barcode, ...]
    grids: tuple[Grid, ...]
    windows: tuple[Box, ...]
    notes: tuple[PageWarning, ...]
    sheets: int
    sized: bool
    picture: np.ndarray = field(repr=False)


class NothingToLearn(ValueError):
    """The sheets show too little to make a layout from; the message is a msgid."""


def learn(pages: Sequence[tuple[np.ndarray, float | None]]) -> Learned:
    """Learn a form from its sheets: (grey picture, resolution the file states). NothingToLearn
    with the reason when fewer than three squares are on the first."""
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
    frame = _frame(first, scale)
    squares = _marks(first)
    if len(squares) < 3:
        raise NothingToLearn(
            N_("Fewer than three black squares of one size were found on the first sheet.")
        )
    places = project(np.linalg.inv(frame), squares[:, :2])
    side = float(np.median(squares[:, 2])) * float(
        np.sqrt(abs(np.linalg.det(np.linalg.inv(frame)[:2, :2])))
    )
    draft = _draft(
        [
            Marker(f"mark_{i + 1}", x - side / 2, y - side / 2, side)
            for i, (x, y) in enumerate(places)
        ]
    )
    matrices = [frame, *(_onto(draft, page) for page, _ in upright[1:])]
    used = [
        (page, matrix)
        for (page, _), matrix in zip(upright, matrices, strict=True)
        if matrix is not None
    ]
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
    seen = [_codes(page, matrix) for page, matrix in used]
    codes, told = _roles(seen)
    picture = _print(used)
    cells, windows = cells_in(picture), windows_in(picture)
    hidden = [code.box for code in codes] + [
        (m.x, m.y, m.x + m.size, m.y + m.size) for m in draft.markers
    ]
    grids = grids_in(
        picture, [cell for cell in cells if not any(_touch(cell, box) for box in hidden)]
    )
    if not grids:
        notes.append(PageWarning("no-cells", N_("No rows of cells were seen.")))
    if len(used) < 3:
        notes.append(
            PageWarning(
                "few-sheets",
                N_(
                    "Only %(count)s sheets were looked at: writing may have been taken for print. Three or more are better."
                ),
                {"count": len(used)},
            )
        )
    if _symmetric(draft.markers):
        notes.append(
            PageWarning(
                "symmetric",
                N_(
                    "The squares lie alike when the sheet is turned: only the codes tell which way up it lies."
                ),
            )
        )
    return Learned(
        _named(draft.markers), codes, grids, windows, (*notes, *told), len(used), sized, picture
    )


def _upright(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """The page the way its codes are read, and whether any code tells."""
    turns = []
    for found in _all_codes(grey):
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


def _all_codes(grey: np.ndarray) -> list[zxingcpp.Barcode]:
    return [
        found
        for found in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=list(SYMBOLOGIES))
        if found.text
    ]


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
    """3x3 from mm to px of the first sheet: its corner is the form's, turned so that its printed
    lines are level."""
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
    """Degrees by which the printed lines are turned clockwise: at that angle the rows' profile is
    sharpest."""
    factor = 1400 / max(grey.shape)
    small = 255 - cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
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
    codes = [_corners(found) for found in _all_codes(grey)]
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


def _corners(found: zxingcpp.Barcode) -> np.ndarray:
    p = found.position
    return np.array(
        [(c.x, c.y) for c in (p.top_left, p.top_right, p.bottom_right, p.bottom_left)], np.float32
    )


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


def _steady(draft: Layout, used: Sequence[tuple[np.ndarray, np.ndarray]]) -> Layout:
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
        if len(spots) * 3 >= len(used) * 2:
            x, y = np.mean(spots, axis=0) - mark.size / 2
            kept.append(
                replace(mark, x=round(float(x), 2), y=round(float(y), 2), size=round(mark.size, 2))
            )
    return replace(draft, markers=tuple(kept))


def _codes(grey: np.ndarray, matrix: np.ndarray) -> list[Seen]:
    """The codes of one sheet in mm of the form."""
    out = []
    for found in _all_codes(grey):
        mm = project(np.linalg.inv(matrix), _corners(found).astype(np.float64))
        (x0, y0), (x1, y1) = mm.min(axis=0), mm.max(axis=0)
        if (
            min(x1 - x0, y1 - y0) < 1.0
        ):  # a linear code is sometimes reported as the one line it was read on
            x0, x1, y0, y1 = (
                (x0 - 2, x1 + 2, y0, y1) if x1 - x0 < y1 - y0 else (x0, x1, y0 - 2, y1 + 2)
            )
        along = mm[1] - mm[0]
        box = tuple(round(float(v), 1) for v in (x0, y0, x1, y1))
        out.append(
            Seen(
                SYMBOLOGIES[found.format],
                found.text,
                (box[0], box[1], box[2], box[3]),
                bool(abs(along[1]) > abs(along[0])),
            )
        )
    return out


def _roles(seen: Sequence[Sequence[Seen]]) -> tuple[tuple[Barcode, ...], list[PageWarning]]:
    """The form's codes with what each is, told by how their texts vary from sheet to sheet."""
    groups: list[list[tuple[int, Seen]]] = []
    for sheet, codes in enumerate(seen):
        for code in codes:
            same = next(
                (
                    g
                    for g in groups
                    if g[0][1].symbology == code.symbology
                    and np.hypot(*np.subtract(_centre(g[0][1].box), _centre(code.box))) < NEAR_MM
                ),
                None,
            )
            if same is None:
                groups.append([(sheet, code)])
            else:
                same.append((sheet, code))
    groups = [group for group in groups if len(group) * 2 > len(seen)]
    texts = [dict((sheet, code.text) for sheet, code in group) for group in groups]
    varying = [len(set(text.values())) > 1 for text in texts]
    roles: list[tuple[str, tuple[int, int] | None]] = [(OPAQUE, None)] * len(groups)
    notes = []
    if not groups:
        notes.append(
            PageWarning(
                "no-codes", N_("No code was read on the sheets: their numbers cannot be told.")
            )
        )
    elif len(seen) < 2:
        notes.append(
            PageWarning(
                "one-sheet",
                N_(
                    "With one sheet it cannot be told which code bears the number: give sheets with different numbers. No code "
                    "has a role."
                ),
            )
        )
    else:
        order = sorted(
            (i for i, moves in enumerate(varying) if moves),
            key=lambda i: _rank(groups[i], texts[i]),
        )
        roles = [(OPAQUE if moves else CONSTANT, None) for moves in varying]
        if order and _rank(groups[order[0]], texts[order[0]])[0] < 3:
            roles[order[0]] = NUMBER, None
            for other in order[1:]:
                roles[other] = _beside(texts[order[0]], texts[other])
            rivals = [
                i
                for i in order[1:]
                if roles[i][0] == OPAQUE and groups[i][0][1].symbology not in SQUARE_CODES
            ]
            if rivals or any(role == PARTNER for role, _ in roles):
                notes.append(
                    PageWarning(
                        "number-chosen",
                        N_(
                            "More than one code changes from sheet to sheet. The level one was taken for the sheet's number: "
                            "compare it with the numbers of the plan, and swap the roles if it is the other one."
                        ),
                    )
                )
        else:
            notes.append(
                PageWarning(
                    "no-number",
                    N_(
                        "No code was found that could be the sheet's number; all have the role of an opaque or constant "
                        "one."
                    ),
                )
            )
    codes = []
    for at, group in enumerate(groups):
        boxes = np.array([code.box for _, code in group])
        box = tuple(round(float(v), 1) for v in np.median(boxes, axis=0))
        symbology, role = group[0][1].symbology, roles[at]
        codes.append(
            Barcode(
                f"code_{at + 1}",
                symbology,
                (box[0], box[1], box[2], box[3]),
                group[0][1].upright,
                role[0],
                role[1],
                group[0][1].text if role[0] == CONSTANT else "",
            )
        )
    return tuple(codes), notes


def _rank(group: Sequence[tuple[int, Seen]], texts: dict[int, str]) -> tuple[int, float]:
    """How well a code that varies would serve as the sheet's number, the best first: level and
    with the digits of a form number, then any such, then a short text, last a long one."""
    code = group[0][1]
    numbers = all(sheet_number(text) == text for text in texts.values())
    if numbers:
        return (0 if not code.upright else 1), code.box[1]
    short = all(4 <= len(text) <= 20 and text.isalnum() for text in texts.values())
    return (2 if short else 3), code.box[1]


def _beside(number: dict[int, str], other: dict[int, str]) -> tuple[str, tuple[int, int] | None]:
    """What a code is beside the one with the number: the number again, its partner, or nothing
    that can be told."""
    pairs = [(number[sheet], other[sheet]) for sheet in sorted(set(number) & set(other))]
    if len(pairs) < 2:
        return OPAQUE, None
    if all(a == b for a, b in pairs):
        return NUMBER, None
    if len({len(text) for pair in pairs for text in pair}) != 1:
        return OPAQUE, None
    length = len(pairs[0][0]) - all(
        sheet_number(text) == text for pair in pairs for text in pair
    )  # no check digit
    same = [all(a[i] == b[i] for a, b in pairs) for i in range(length)] + [False]
    runs, start = [], 0
    for at, fits in enumerate(same):
        if not fits:
            runs.append((start, at))
            start = at + 1
    first, last = max(runs, key=lambda run: run[1] - run[0])
    if last - first < SHARED or len({a[first:last] for a, _ in pairs}) < 2:
        return OPAQUE, None
    return PARTNER, (first + 1, last)


def _print(used: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """What is printed: the sheets on each other at 300 dpi of the standard size, writing outvoted.
    Each sheet is stretched to white paper and black print first."""
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


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
