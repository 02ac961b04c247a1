"""Whether a page is surely bare paper: no print, no writing, not one embossed dot."""

from __future__ import annotations

import cv2
import numpy as np

# share of each side that is left out: a scan shows the lid's edge and punched holes there
EDGE = 0.04
SOFT_PX = 3.0  # less leaves the scanner's noise, more takes a dot of Braille with it
AROUND_PX = 101  # shades of the paper are wider, so they are no relief
FAINTEST = 18.0
"""Grey values from the darkest to the lightest place. Of Braille pages the faintest has 55; noise of
the worst scanners leaves 8. Dust and what shines through make a page no blank one: it is counted."""


def is_blank(grey: np.ndarray) -> bool:
    """Tell whether nothing at all stands on the page, uint8 H x W; errs towards no."""
    high, wide = grey.shape
    up, left = round(EDGE * high), round(EDGE * wide)
    inner = cv2.GaussianBlur(grey[up : high - up, left : wide - left], (0, 0), SOFT_PX)
    paper = cv2.blur(inner, (AROUND_PX, AROUND_PX))
    apart = inner.astype(np.int16) - paper
    return int(apart.max()) - int(apart.min()) < FAINTEST
