"""Cuts a picture on which two sheets lie side by side into two pages, where both are proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from examday.paper.layout import Layout, layouts
from examday.reading.fit import Fit
from examday.reading.identify import Identity, identify_page

AROUND_MM = 4.0
"""Paper kept round a sheet, mm of its form: less than what lies between two sheets' print."""
PAPER = 250
"""Grey value that stands for the other sheet in the page of the first."""


@dataclass(frozen=True)
class CutPage:
    """One sheet cut out of a picture.

    `grey`: uint8; `left` and `top`: its place in the picture in px; `identity`: what the page says
    of itself, its matrix in px of the cut page.
    """

    grey: np.ndarray
    left: int
    top: int
    identity: Identity


def cut_in_two(
    grey: np.ndarray, dpi: float | None = None, forms: Mapping[str, Layout] | None = None
) -> tuple[CutPage, CutPage] | None:
    """Return the two sheets of a picture, the one further left or up first.

    None unless both can be attached on form, size and side alone and bear different numbers. Pure:
    the same pixels give the same answer.
    """
    known = layouts() if forms is None else forms
    first, flat = identify_page(grey, dpi, known)
    if flat is None or "two-sheets" not in first.because:
        return None
    rest = _without(grey, flat.fit)
    second, other = identify_page(rest, dpi, known)
    if other is None or second.because or second.code == first.code:
        return None
    pages = [
        _cut(grey, flat.fit, other.fit, dpi, known),
        _cut(grey, other.fit, flat.fit, dpi, known),
    ]
    if any(page.identity.because or not page.identity.proven for page in pages):
        return None
    # Each page must bear the number that was read on the whole picture.
    if {page.identity.code for page in pages} != {first.code, second.code}:
        return None
    one, two = sorted(pages, key=lambda page: page.left + page.top)
    return one, two


def _outline(fit: Fit, around_mm: float) -> np.ndarray:
    """The corners of a sheet in px, so many mm outside its edges."""
    wide, high = fit.layout.width + around_mm, fit.layout.height + around_mm
    low = -around_mm
    return fit.project(np.array([(low, low), (wide, low), (wide, high), (low, high)]))


def _without(grey: np.ndarray, fit: Fit) -> np.ndarray:
    """The picture with paper where the sheet lies."""
    out = grey.copy()
    cv2.fillConvexPoly(out, np.round(_outline(fit, 0.0)).astype(np.int32), (PAPER,))
    return out


def _cut(
    grey: np.ndarray,
    fit: Fit,
    other: Fit,
    dpi: float | None,
    known: Mapping[str, Layout],
) -> CutPage:
    corners = _outline(fit, AROUND_MM)
    left, top = (max(0, int(v)) for v in np.floor(corners.min(axis=0)))
    right, bottom = (int(v) + 1 for v in np.ceil(corners.max(axis=0)))
    page = np.ascontiguousarray(_without(grey, other)[top:bottom, left:right])
    return CutPage(page, left, top, identify_page(page, dpi, known)[0])
