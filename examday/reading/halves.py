"""Joins two pictures of one sheet, such as an A3 sheet on an A4 scanner, into a picture of the whole.

Each half is laid under the form by itself and must prove its fit. The seam is checked where both show
the same: print must lie together, and writing must be the same on both. Without writing there nothing
says that both halves are of one sheet, since forms are alike: then only a person can say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from examday.domain.messages import N_
from examday.paper.layout import Box, Layout, layouts
from examday.reading.flatten import straightened
from examday.reading.judgement import PageWarning
from examday.reading.part import Part, lay_part
from examday.reading.seam import AGREE_MM, Seam, compare_seam, overlap_of
from examday.reading.sheet_size import A3_SCALE

SCALES_APART = 0.03
"""Share by which the sizes of both sheets may differ: A4 and A3 are 41 % apart, a scanner's pull 1 %."""
UNSEEN_MM = 0.3
"""A strip so narrow, in mm of the standard form, may be no strip at all: so well is a half laid, and a
pen stroke is wider."""
ALONG_MM, ACROSS_MM = 2.0, 0.1
"""Steps at which it is looked up what is seen, along the seam and across it. The edge of a picture is long
and straight, but a strip may be no wider than UNSEEN_MM."""
MM_PER_INCH = 25.4
COARSE = 8
"""The map says from which half pixels come; a seam is smooth, so it needs no finer one."""


@dataclass(frozen=True)
class Half:
    """A picture of a part of a sheet: grey uint8 H x W, and the dpi that its file states, if any."""

    grey: np.ndarray
    dpi: float | None = None


@dataclass(frozen=True)
class Joined:
    """The whole sheet, upright.

    Its picture is grey uint8; `dpi`: of the finer half, None where its file states none; `seam`:
    what was compared where the halves overlap; `upside`: which of the two, 0 or 1, is the upper
    half, or the left one.
    """

    image: np.ndarray
    dpi: float | None
    seam: Seam
    upside: int


@dataclass(frozen=True)
class Unjoined:
    """Why two pictures make no sheet: a warning whose code stands in REFUSALS.

    `seam` where the halves could be compared.
    """

    reason: PageWarning
    seam: Seam | None = None


REFUSALS: Mapping[str, str] = {
    "half-unproven": N_(
        "Picture %(which)s shows no part of a form that could be laid right. Scan this half again: "
        "flat, straight, with its black squares."
    ),
    "half-is-whole": N_("Picture %(which)s shows a whole sheet; there is nothing to join."),
    "halves-of-forms": N_("The two pictures are of different forms: %(forms)s."),
    "halves-of-sizes": N_("The two pictures are of sheets of different sizes."),
    "halves-of-numbers": N_("The two pictures bear different numbers: %(codes)s."),
    "same-half": N_("Both pictures show the same half of a sheet; the other half is missing."),
    "halves-gap": N_(
        "Between the two pictures a strip of %(mm)s mm was not seen, and writing may stand there. "
        "Scan both halves again, each a little beyond the middle."
    ),
    "halves-cut": N_(
        "Picture %(which)s does not show a field of the form up to its end: the sheet lay too far to the side "
        "on the glass. Scan this half again."
    ),
    "halves-unlined": N_(
        "Near the seam too little print of the form is seen to say that the halves lie right beside "
        "each other. Scan both halves again, each a little beyond the middle."
    ),
    "halves-apart": N_(
        "Print on the two pictures does not lie together (%(mm)s mm off, %(most)s mm are allowed). "
        "Scan both halves again, flat and straight."
    ),
    "halves-differ": N_(
        "Where the two pictures overlap they show different writing: they are of two sheets."
    ),
    "halves-stroke": N_(
        "Where the two pictures overlap nearly all the writing is the same, but one shows a stroke that "
        "the other does not. Look at both and say whether they are of one sheet, or scan them again."
    ),
    "halves-unwritten": N_(
        "Where the two pictures overlap there is too little writing to say that they are of one "
        "sheet. Look at both and say so, or scan them with more overlap."
    ),
}
"""By code: what is stored stays when these words are mended."""


def join_halves(
    first: Half,
    second: Half,
    forms: Mapping[str, Layout] | None = None,
    chosen: bool = False,
) -> Joined | Unjoined:
    """Join two pictures of one sheet, in either order and whichever way up.

    `chosen`: a person says that both are of one sheet; it stands in for writing where they overlap,
    and for nothing else. Pure: the same pixels give the same answer.
    """
    known = layouts() if forms is None else forms
    halves = [lay_part(half.grey, known) for half in (first, second)]
    for which, half in enumerate(halves, 1):
        if half is None:
            return _refused("half-unproven", which=which)
        if not half.missing:
            return _refused("half-is-whole", which=which)
    one, other = (half for half in halves if half is not None)
    if (refusal := _unlike(one, other, (first.dpi, second.dpi))) is not None:
        return refusal
    overlap = overlap_of(one, other)
    enlarged = _enlarged(one, first.dpi)
    if (refusal := _unseen(one, other, enlarged)) is not None:
        return refusal
    seam = compare_seam(one, other, overlap)
    if not seam.seen:
        return _refused("halves-unlined", seam)
    if not seam.fits:
        off, most = (round(mm * enlarged, 1) for mm in (seam.apart_mm, AGREE_MM))
        return _refused("halves-apart", seam, mm=off, most=most)
    if seam.differs and not seam.same_hand:
        return _refused("halves-differ", seam)
    # Forms are alike: without writing in the overlap only a person can tell, and so where one stroke
    # among many stands on one half alone, as where an askew half ends or dirt lies.
    if not (seam.one_sheet or chosen):
        return _refused("halves-stroke" if seam.differs else "halves-unwritten", seam)
    image, dpi = _composed((one, other), (first, second))
    return Joined(image, dpi, seam, 0 if one.missing in ("below", "right") else 1)


def _refused(code: str, seam: Seam | None = None, **params: object) -> Unjoined:
    return Unjoined(PageWarning(code, REFUSALS[code], params), seam)


def _unlike(one: Part, other: Part, dpi: tuple[float | None, float | None]) -> Unjoined | None:
    """Why the two cannot be halves of one sheet, whatever the seam shows."""
    forms = [part.fit.layout for part in (one, other)]
    if forms[0].id != forms[1].id:
        return _refused("halves-of-forms", forms=", ".join(form.name for form in forms))
    numbers = [_numbers(part) for part in (one, other)]
    # A half on which no number was read contradicts nothing.
    if numbers[0] and numbers[1] and not numbers[0] & numbers[1]:
        return _refused("halves-of-numbers", codes=", ".join(sorted(numbers[0] | numbers[1])))
    sizes = [
        part.fit.px_per_mm / stated
        for part, stated in zip((one, other), dpi, strict=True)
        if stated
    ]
    # A half whose file states no resolution says nothing of the size.
    if len(sizes) == 2 and abs(sizes[0] / sizes[1] - 1) > SCALES_APART:
        return _refused("halves-of-sizes")
    return _refused("same-half") if one.missing == other.missing else None


def _numbers(part: Part) -> set[str]:
    return {code.number for code in part.codes if code.number is not None}


def _unseen(one: Part, other: Part, enlarged: float) -> Unjoined | None:
    """Why the two are not the whole sheet: something on it that neither shows."""
    if (gap := _gap_mm(one, other)) > UNSEEN_MM:
        return _refused("halves-gap", mm=round(gap * enlarged, 1))
    cut = _cut_at_edge(one, other)
    return _refused("halves-cut", which=cut) if cut is not None else None


def _gap_mm(one: Part, other: Part) -> float:
    """How wide a strip between both pictures neither shows, mm; 0 or less where they meet.

    Looked for wherever writing may stand, from the outermost field to the outermost, between the fields too:
    strokes leave their cells. A row that the seam cuts is seen in two pieces, which lie together as its
    print does.
    """
    boxes = np.array(_fields(one.fit.layout))
    lying = one.missing in ("above", "below")
    steps = (ALONG_MM, ACROSS_MM) if lying else (ACROSS_MM, ALONG_MM)
    at = _places((*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)), steps)
    beyond = np.minimum(one.beyond_seam(at), other.beyond_seam(at))
    # Both edges are straight: the place furthest beyond both lies in the middle of the strip.
    return 2 * float(beyond.max())


def _cut_at_edge(one: Part, other: Part) -> int | None:
    """Which picture, 1 or 2, ends within a field beside the seam; None where neither does."""
    steps = ALONG_MM, ALONG_MM
    at = np.vstack([_places(box, steps) for box in _fields(one.fit.layout)])
    outside = np.maximum(one.depth(at), other.depth(at)) < -UNSEEN_MM / 2
    for which, part in enumerate((one, other), 1):
        # What lies on a picture's side of its seam, that picture should show.
        if (outside & (part.beyond_seam(at) < 0)).any():
            return which
    return None


def _fields(layout: Layout) -> list[Box]:
    """Where people write on a form, and its codes."""
    written = [*(c.box for c in layout.combs), *(a.box for a in layout.areas)]
    return [*written, *(code.box for code in layout.codes)]


def _places(box: Box, steps: tuple[float, float]) -> np.ndarray:
    """Places (n, 2) all over a box, its edges too, at most so far apart to the side and down."""
    xs, ys = (
        np.linspace(a, b, int(np.ceil((b - a) / step)) + 1)
        for a, b, step in zip(box[:2], box[2:], steps, strict=True)
    )
    x, y = np.meshgrid(xs, ys)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _enlarged(part: Part, dpi: float | None) -> float:
    """How much larger than the standard form the sheet is: what a person can measure on the paper.

    A picture that states no resolution is taken for one of an A3 sheet: no other needs two pictures.
    """
    return part.fit.px_per_mm * MM_PER_INCH / dpi if dpi else A3_SCALE


def _composed(
    parts: tuple[Part, Part], halves: tuple[Half, Half]
) -> tuple[np.ndarray, float | None]:
    """Compose the sheet of both, each pixel from the half where it lies further from the edge.

    The second half is brought to the tones of the first, so that the seam is no shadow.
    """
    finer = max((0, 1), key=lambda i: parts[i].fit.px_per_mm)
    px_per_mm = parts[finer].fit.px_per_mm
    layout = parts[0].fit.layout
    size = round(layout.width * px_per_mm), round(layout.height * px_per_mm)
    pages = [
        straightened(half.grey, part.fit, px_per_mm, size, outside=255)
        for part, half in zip(parts, halves, strict=True)
    ]
    second = _in_tones_of(parts[0], parts[1], pages[1])
    small = -(-size[0] // COARSE), -(-size[1] // COARSE)
    x, y = np.meshgrid(*((np.arange(n) * COARSE / px_per_mm) for n in small))
    at = np.stack([x.ravel(), y.ravel()], axis=1)
    nearer = (parts[0].depth(at) >= parts[1].depth(at)).reshape(x.shape).astype(np.uint8)
    mask = cv2.resize(
        nearer, (small[0] * COARSE, small[1] * COARSE), interpolation=cv2.INTER_NEAREST
    )
    image = np.where(mask[: size[1], : size[0]] > 0, pages[0], second)
    return image, halves[finer].dpi


def _in_tones_of(one: Part, other: Part, page: np.ndarray) -> np.ndarray:
    """A page of `other` with paper and print as bright as on `one`."""
    (paper, black), (paper2, black2) = (
        (float(np.median(part.flat.paper)), part.flat.black) for part in (one, other)
    )
    # A half without any contrast must not divide by zero.
    gain = (paper - black) / max(1.0, paper2 - black2)
    table = np.clip((np.arange(256) - black2) * gain + black, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(page, table))
