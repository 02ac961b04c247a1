"""Printed matter by Tesseract: a form's header where the codes fail, and typed print-outs line by line.

For hand-printed cells Tesseract is no use (it reads a third to a half of them); `network` reads those.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache

import cv2
import numpy as np
import pytesseract

from examday.domain.itemcodes import check_digit
from examday.paper.layout import Layout
from examday.reading.fit import Fit

HEADER_DPMM = 8.0  # px per mm of a straightened header: about 200 dpi
TIMEOUT_S = 8
ALIKE = 0.72  # share of a form's name that must be found in the header
# Subject code → Tesseract's name of the language its answers are typed in; Russian always goes along.
LANGUAGES = {"09": "eng", "10": "deu", "11": "fra", "13": "spa"}

os.environ.setdefault("OMP_THREAD_LIMIT", "1")


@cache
def installed() -> frozenset[str]:
    """Languages Tesseract has data for; empty when there is no Tesseract. The day runs without it."""
    try:
        return frozenset(pytesseract.get_languages())
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, OSError):
        return frozenset()


def read_header(grey: np.ndarray, fit: Fit) -> str:
    """Text printed above the first row of answers, "" when Tesseract is missing or finds nothing."""
    if "rus" not in installed():
        return ""
    tops = [comb.y for comb in fit.layout.combs if comb.role != "header"]
    tops += [area.box[1] for area in fit.layout.areas if area.role == "long"]
    height = min(tops, default=70.0) - 2
    to_mm = np.diag((1 / HEADER_DPMM, 1 / HEADER_DPMM, 1.0))
    size = round(fit.layout.width * HEADER_DPMM), round(height * HEADER_DPMM)
    header = cv2.warpPerspective(grey, fit.matrix @ to_mm, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                 borderValue=255)
    return _text(header, "rus", 11)


def number_in(text: str) -> str | None:
    """A sheet's 13 digits in printed text: with a right check digit, spaces between groups allowed."""
    for run in re.findall(r"\d(?:[ ]?\d){12}(?![ ]?\d)", text):
        digits = run.replace(" ", "")
        if digits[12] == check_digit(digits[:12]):
            return digits
    return None


def form_named(text: str, forms: Mapping[str, Layout]) -> str | None:
    """Id of the form whose name stands in a header's text, the longest name first; None when none is close enough."""
    lines = [_plain(line) for line in text.splitlines() if len(line.strip()) > 5]
    for layout in sorted(forms.values(), key=lambda form: -len(form.name)):
        name = _plain(layout.name)
        if any(SequenceMatcher(None, name, line).find_longest_match().size >= ALIKE * len(name) for line in lines):
            return layout.id
    return None


def read_lines(grey: np.ndarray, subject: str | None = None) -> list[str]:
    """Lines of a typed print-out, upright, in Russian and in the subject's language when its data is installed. Empty
    without Tesseract. A hint beside the picture, never the record."""
    if "rus" not in installed():
        return []
    other = LANGUAGES.get(subject or "")
    language = f"{other}+rus" if other in installed() else "rus"
    return [line for line in (raw.strip() for raw in _text(grey, language, 6).splitlines()) if line]


def _text(grey: np.ndarray, language: str, mode: int) -> str:
    try:
        return str(pytesseract.image_to_string(grey, lang=language, config=f"--oem 1 --psm {mode}", timeout=TIMEOUT_S))
    except (pytesseract.TesseractError, RuntimeError, OSError):
        return ""


def _plain(text: str) -> str:
    """Capital letters, digits and nothing else; № counts as N, as Tesseract often has it."""
    return re.sub(r"[^A-ZА-ЯЁ0-9]", "", text.upper().replace("№", "N"))
