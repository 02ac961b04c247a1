"""Say what is wrong with the picture of a sheet while the paper is still at hand.

A part of it, two sheets, blur, darkness, mirror, negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from examday.domain.messages import N_
from examday.paper.layout import Box, Layout
from examday.reading.codes import read_codes
from examday.reading.faded import faded_fields
from examday.reading.fit import Fit, lay
from examday.reading.flatten import PX, Flat
from examday.reading.judgement import PageWarning
from examday.reading.laying import Laid
from examday.reading.part import lay_part, missing_by_codes
from examday.reading.squares import find_squares

OUTSIDE_MM = 1.0  # print this far outside the picture is lost; by less the fit may be off
LEAST_PX_PER_MM = 5.5  # below that hand-printed cells cannot be judged by eye either
SOFT_MM = 0.75  # an edge that takes longer from paper to black is blurred, and so are the characters beside it
# Grey values from paper to print: with less between them pale writing is lost in the noise
LEAST_CONTRAST = 45
LEAST_PAPER = 50  # grey value of bare paper: darker is no pale print but a page without light
DARK_PICTURE = 110  # a sheet is mostly bare paper: where half is darker, it may be a negative

BLANK = 12  # less than that from darkest to lightest is noise: nothing is printed there
FEW_LINES = 0.05  # percent of a page that a few typed lines cover with ink: they are its print
DARK = N_("The picture is too dark.")
DULL = N_("Print and paper can hardly be told apart.")
UNPROVEN = N_(
    "A form seems to lie here, but nothing besides its squares proves that its fields are where "
    "they should be: tilted, bent or cut. No field is shown from this picture."
)


def doubts_of(grey: np.ndarray, laid: Laid) -> Iterator[PageWarning]:
    """What a person should know of the picture of a sheet that lies under a form."""
    fit, flat = laid.fit, laid.flat
    if fit is None or flat is None:
        return
    lost = _lost_sides(fit, grey.shape)
    if lost:
        yield _part_note(lost)
    yield from _light(flat)
    yield from _faded(grey, flat)
    if fit.px_per_mm < LEAST_PX_PER_MM:
        yield PageWarning(
            "low-resolution",
            N_("The picture is too small for this sheet: %(dpi)s dpi of the standard form."),
            {"dpi": round(fit.px_per_mm * 25.4)},
        )
    if not fit.proven and not lost:
        yield PageWarning("fit-unproven", UNPROVEN)


def why_unlaid(grey: np.ndarray, known: Mapping[str, Layout]) -> PageWarning:
    """Return what is wrong with a picture under which no whole form would lie.

    Mirror or negative, a part of a sheet, lost contrast, or else too few black squares.
    """
    return (
        _odd_way(grey, known)
        or part_note(grey, known)
        or _dull(grey)
        or PageWarning(
            "no-marks",
            N_(
                "Fewer than three of the form's black squares were found: the sheet cannot be laid under a form."
            ),
        )
    )


def part_note(grey: np.ndarray, known: Mapping[str, Layout]) -> PageWarning | None:
    """Return what is said of a part that shows too few squares for the whole form, such as the lower half of an A3 sheet."""
    part = lay_part(grey, known)
    missing = missing_by_codes(grey, known) if part is None else part.missing
    return _part_note(MISSING[missing]) if missing else None


MISSING = {
    "above": N_("above"),
    "below": N_("below"),
    "left": N_("to the left"),
    "right": N_("to the right"),
}
"""Where the missing part of a sheet lies: whoever scans it again has to know how to lay it."""


def _part_note(where: str) -> PageWarning:
    return PageWarning(
        "part-of-sheet",
        N_("The sheet is not whole on the picture; what is missing lies %(where)s."),
        {"where": where},
    )


def _boxes(layout: Layout) -> list[Box]:
    """Where somebody may have written, and the codes: without them the sheet is not whole.

    A square more or less is said apart.
    """
    codes = [*(code.box for code in layout.barcodes), *([layout.qr] if layout.qr else [])]
    return [*(comb.box for comb in layout.combs), *(area.box for area in layout.areas), *codes]


def _lost_sides(fit: Fit, shape: tuple[int, ...]) -> str:
    """At which edge of the picture fields of the sheet end outside; "" when at none."""
    boxes = np.array(_boxes(fit.layout))
    at = fit.project(np.concatenate([boxes[:, [i, j]] for i in (0, 2) for j in (1, 3)]))
    more = OUTSIDE_MM * fit.px_per_mm
    (left, top), (right, bottom) = at.min(axis=0), at.max(axis=0)
    if top < -more:
        return N_("above")
    if bottom > shape[0] - 1 + more:
        return N_("below")
    if left < -more:
        return N_("to the left")
    return N_("to the right") if right > shape[1] - 1 + more else ""


def _light(flat: Flat) -> Iterator[PageWarning]:
    """Blur, with where, darkness and lost contrast."""
    paper = float(np.median(flat.paper))
    if paper < LEAST_PAPER:
        yield PageWarning("too-dark", DARK)
    elif paper - flat.black < LEAST_CONTRAST:
        yield PageWarning("low-contrast", DULL)
    soft = soft_marks(flat)
    if soft:
        yield PageWarning(
            "blurred",
            N_("The picture is blurred near these black squares: %(where)s."),
            {"where": ", ".join(soft)},
        )


def _faded(grey: np.ndarray, flat: Flat) -> Iterator[PageWarning]:
    """Rows that are blurred, washed out or covered though the rest of the sheet is sharp."""
    faded = faded_fields(grey, flat) if flat.fit.proven else []
    if faded:
        yield PageWarning(
            "rows-unseen",
            N_(
                "Print near these tasks can hardly be seen, blurred, washed out or covered: %(where)s."
            ),
            {"where": ", ".join(faded)},
        )


def soft_marks(flat: Flat) -> list[str]:
    """The marks whose edges take too long from paper to black."""
    fit = flat.fit
    return [
        mark.id
        for mark in fit.layout.markers
        if mark.id in fit.marks
        and (edge := _edge_mm(flat, (mark.x, mark.y, mark.size))) is not None
        and edge > SOFT_MM
    ]


def _edge_mm(flat: Flat, mark: tuple[float, float, float]) -> float | None:
    """Measure how long the sharper edges of a mark take from a tenth to nine tenths, mm.

    Upright and level edges are taken each: a moved camera blurs one of them alone.
    """
    x, y, size = mark
    strips = (
        (x - 2, y + 1.5, x + size + 2, y + size - 1.5),
        (x + 1.5, y - 2, x + size - 1.5, y + size + 2),
    )
    worst = []
    for axis, strip in enumerate(strips):
        x0, y0, x1, y1 = (round(v * PX) for v in strip)
        if min(x0, y0) < 0 or y1 > flat.page.shape[0] or x1 > flat.page.shape[1]:
            return None
        profile = 255.0 - flat.page[y0:y1, x0:x1].mean(axis=axis)
        half = len(profile) // 2
        ways = [_rise(profile[:half]), _rise(profile[::-1][:half])]
        known = [way for way in ways if way is not None]
        if known:
            worst.append(min(known))
    return max(worst, default=None) if worst else None


def _rise(profile: np.ndarray) -> float | None:
    low, high = float(profile.min()), float(profile.max())
    if high - low < 20:
        return None
    share = (profile - low) / (high - low)
    above = int(np.argmax(share > 0.9))
    below = np.flatnonzero(share[:above] < 0.1)
    return (above - int(below[-1])) / PX if len(below) else None


def _dull(grey: np.ndarray) -> PageWarning | None:
    """Darkness or lost contrast of a page under which no form would lie."""
    low, high = np.percentile(grey[::8, ::8], (FEW_LINES, 95))
    if high - low < BLANK:
        return None
    if high < LEAST_PAPER:
        return PageWarning("too-dark", DARK)
    return PageWarning("low-contrast", DULL) if high - low < LEAST_CONTRAST else None


def _odd_way(grey: np.ndarray, known: Mapping[str, Layout]) -> PageWarning | None:
    """Mirror or negative, named, for a page under which no form would lie; None when it is neither."""
    mirrored = np.ascontiguousarray(grey[:, ::-1])
    ways = [("mirror", mirrored)]
    if float(np.median(grey[::16, ::16])) < DARK_PICTURE:
        ways += [("negative", cv2.bitwise_not(grey)), ("negative", cv2.bitwise_not(mirrored))]
    for code, picture in ways:
        fits = [fit for fit in lay(known.values(), find_squares(picture)) if len(fit.marks) > 3]
        if fits and read_codes(picture, fits, proven=True)[1] is not None:
            return PageWarning(code, ODD[code])
    return None


ODD = {
    "mirror": N_("The picture is mirrored: left and right are exchanged."),
    "negative": N_("The picture is a negative: black and white are exchanged."),
}
