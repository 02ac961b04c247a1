"""Lay a page under a form.

It reads the codes of the page, finds its marks, and has print that did not make the fit say whether
it is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from examday.paper.layout import Layout
from examday.reading.codes import Code, read_codes
from examday.reading.fit import NEAR_MM, Fit, lay, lay_tilted, project
from examday.reading.flatten import Flat
from examday.reading.proof import prove
from examday.reading.sheet_size import of_usual_paper
from examday.reading.squares import cut_squares, find_squares

SLANTED = 0.1
"""Share by which far things are smaller than near ones, from which a camera took the picture for sure:
a feeder that drags a sheet askew stays below half of it."""

LEANING = 0.025
"""And from so much where the picture is no paper that a feeder may have pulled: on a glass a sheet lies flat."""


@dataclass(frozen=True)
class Laid:
    """A page with its codes and the squares on it (see `find_squares`).

    Where a form lies under it, also the fit and the page straightened by that.
    """

    codes: tuple[Code, ...]
    squares: np.ndarray
    fit: Fit | None = None
    flat: Flat | None = None

    @property
    def proven(self) -> bool:
        """Whether something proves the fit."""
        return self.fit is not None and self.fit.proven


def lay_page(grey: np.ndarray, known: Mapping[str, Layout]) -> Laid:
    """Lay the page under the form that its codes and squares suggest and its print proves.

    Under the one they suggest where nothing is proven.
    """
    squares = find_squares(grey)
    codes, fit = _by_marks(grey, known, squares)
    laid = _proven(grey, codes, squares, fit)
    # A view of a tilted camera is laid by four squares; five have shown the perspective already.
    if laid.proven or len(squares) < 4 or _all_seen(fit):
        return laid
    codes, fit = read_codes(grey, lay_tilted(known.values(), squares), proven=True)
    tilted = _proven(grey, codes, squares, fit)
    # Four places fit a perspective exactly, so only a proven one counts.
    return tilted if tilted.proven else laid


def _all_seen(fit: Fit | None) -> bool:
    """Whether all squares of the form lie in their places, seen whole."""
    return fit is not None and len(fit.marks) == len(fit.layout.markers) > 4


def _by_marks(
    grey: np.ndarray, known: Mapping[str, Layout], squares: np.ndarray
) -> tuple[tuple[Code, ...], Fit | None]:
    codes, fit = read_codes(grey, lay(known.values(), squares))
    if fit is not None or len(squares) < 2:
        return codes, fit
    # Too few squares may mean that the margin was lost which holds the others: halves of them count too.
    more = np.concatenate([squares, cut_squares(grey)])
    codes, fit = read_codes(grey, lay(known.values(), more), proven=True)
    return codes, fit and _with_whole_marks(fit, squares)


def _proven(
    grey: np.ndarray,
    codes: tuple[Code, ...],
    squares: np.ndarray,
    fit: Fit | None,
) -> Laid:
    if fit is None:
        return Laid(codes, squares)
    places = [code.place for code in codes if code.place is not None]
    proven, flat = prove(grey, fit, places, on_glass(fit, grey.shape))
    return Laid(codes, squares, proven, flat)


def _with_whole_marks(fit: Fit, squares: np.ndarray) -> Fit:
    """Count only the marks seen whole as found.

    Where a cut one ends is a guess, which the rows' borders correct.
    """
    places = project(fit.matrix, np.array([mark.centre for mark in fit.layout.markers]))
    apart = np.hypot(*(places[:, None] - squares[None, :, :2]).transpose(2, 0, 1)).min(axis=1)
    whole = {
        mark.id
        for mark, off in zip(fit.layout.markers, apart, strict=True)
        if off < NEAR_MM * fit.px_per_mm
    }
    return replace(fit, marks=tuple(mark for mark in fit.marks if mark in whole))


def on_glass(fit: Fit, shape: tuple[int, ...]) -> bool:
    """Whether the picture may be a scanner's: the sheet fills it, seen from hardly any slant.

    A sheet that a feeder pulled sideways somewhere looks slanted too, to its squares.
    """
    sheet = fit.layout.width * fit.layout.height * fit.px_per_mm**2
    return on_paper(fit) and 0.85 < sheet / (shape[0] * shape[1]) < 1.18


def may_be_scanned(fit: Fit, shape: tuple[int, ...]) -> bool:
    """Whether the resolution that the file states may be a scanner's.

    Some phones and programs state one for a view of a camera too, as fine as a scanner's.
    """
    fed = on_glass(fit, shape) and of_usual_paper(shape) is not None
    return fed or _keystone(fit) < LEANING


def on_paper(fit: Fit) -> bool:
    """Whether the sheet may have lain on a scanner: one seen from a slant was taken by a camera."""
    return _keystone(fit) < SLANTED


def _keystone(fit: Fit) -> float:
    """By which share far things are smaller than near ones."""
    slant = np.abs(fit.matrix[2, :2] * (fit.layout.width, fit.layout.height))
    return float(slant.max() / abs(fit.matrix[2, 2]))
