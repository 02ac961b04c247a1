"""Reads printed matter with Tesseract.

A form's header where the codes fail, and typed print-outs with their answers.

For hand-printed cells Tesseract is no use (it reads a third to a half of them); `network` reads
those.
"""

from __future__ import annotations

import os
import re
import resource
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import TypedDict, TypeVar

import cv2
import numpy as np
import pytesseract

from examday.confined import is_machine
from examday.domain.custody.paper_codes import check_digit
from examday.domain.errors import MachineTrouble
from examday.domain.rules.languages import RUSSIAN, language_of
from examday.paper.layout import Layout
from examday.reading.fit import Fit
from examday.reading.squares import shrink

HEADER_DPMM = 8.0  # px per mm of a straightened header: about 200 dpi, fine enough for Tesseract
# Processor seconds after which the picture itself is what Tesseract chokes on
HEADER_CPU_S, PAGE_CPU_S = 6, 20
# By the clock: guards, generous because a busy laptop makes everybody slow
TIMEOUT_S, PAGE_S = 40, 120
# share of dark pixels on a page that may be print: less is dust, more a picture
INKED = 0.0005, 0.25
PRINTED = 0.6  # mean sureness: handwriting, which Tesseract guesses at, stays below
NUMBERED = re.compile(
    r"(?:задание|задача|task|№|В|B)?\s*(\d{1,2})\s*[.):–—-]\s*(\S.*)$", re.IGNORECASE
)
# share of a form's name that must be found in the header, since Tesseract misreads some letters
ALIKE = 0.72
DATA_NAMES = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", RUSSIAN: "rus"}
"""The program names languages as ISO 639-1 does, Tesseract by three letters of its own."""

T = TypeVar("T")
KILLED = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGBUS})
"""Ends that somebody else gave Tesseract; a crash or its own limit is the picture's doing."""

# Every core has a worker of its own: threads of Tesseract would only take turns.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")


@cache
def installed() -> frozenset[str]:
    """Languages Tesseract has data for; empty when there is no Tesseract.

    The day runs without it. MachineTrouble, and nothing remembered, when this computer cannot start
    it just now.
    """
    try:
        return frozenset(pytesseract.get_languages())
    except (
        pytesseract.TesseractNotFoundError
    ) as error:  # whatever the reason was: the day runs without it
        _blame(error.__context__)
        return frozenset()
    except (pytesseract.TesseractError, OSError) as error:
        _blame(error)
        return frozenset()


def _blame(error: BaseException | None) -> None:
    """Raise MachineTrouble when the error speaks of the computer.

    That is a kill from outside, no process or memory, or a full disk.
    """
    if isinstance(error, pytesseract.TesseractError) and -error.status in KILLED:
        raise MachineTrouble(params={"what": signal.Signals(-error.status).name}) from error
    if isinstance(error, OSError) and is_machine(error):
        raise MachineTrouble(params={"what": type(error).__name__}) from error


def _asked(ask: Callable[[], T], cpu_s: float, otherwise: T) -> T:
    """What Tesseract answers.

    `otherwise` when it refuses the picture or works on it for more than `cpu_s`; MachineTrouble
    when it was killed or got no time: that must never be taken for «nothing is written here».
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        return ask()
    except (pytesseract.TesseractError, OSError) as error:
        _blame(error)
        return otherwise
    except RuntimeError as error:  # so pytesseract says that the clock ran out
        if resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < cpu_s:
            raise MachineTrouble(params={"what": "clock"}) from error
        return otherwise


def read_header(grey: np.ndarray, fit: Fit) -> str:
    """Text printed above the first row of answers, "" when Tesseract is missing or finds nothing."""
    if "rus" not in installed():
        return ""
    tops = [comb.y for comb in fit.layout.combs if comb.role != "header"]
    tops += [area.box[1] for area in fit.layout.areas if area.role == "long"]
    height = min(tops, default=70.0) - 2
    to_mm = np.diag((1 / HEADER_DPMM, 1 / HEADER_DPMM, 1.0))
    size = round(fit.layout.width * HEADER_DPMM), round(height * HEADER_DPMM)
    header = cv2.warpPerspective(
        grey,
        fit.matrix @ to_mm,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=255,
    )
    return _text(header, "rus", 11)


def number_in(text: str) -> str | None:
    """A sheet's 13 digits in printed text: with a right check digit, spaces between groups allowed."""
    for run in re.findall(r"\d(?:[ ]?\d){12}(?![ ]?\d)", text):
        digits = str(run).replace(" ", "")
        if digits[12] == check_digit(digits[:12]):
            return digits
    return None


def form_named(text: str, forms: Mapping[str, Layout]) -> str | None:
    """Return the id of the form whose name stands in a header's text.

    The longest name is tried first; None when none is close enough.
    """
    lines = [_plain(line) for line in text.splitlines() if len(line.strip()) > 5]
    # A short name may be a part of a longer one, which would then never be found.
    for layout in sorted(forms.values(), key=lambda form: -len(form.name)):
        name = _plain(layout.name)
        if any(
            SequenceMatcher(None, name, line).find_longest_match().size >= ALIKE * len(name)
            for line in lines
        ):
            return layout.id
    return None


@dataclass(frozen=True)
class Line:
    """One typed line.

    Its text, and the share 0…1 that Tesseract is sure of its words, the weakest one's.
    """

    text: str
    confidence: float


class Words(TypedDict):
    """Tesseract's words: one entry each in every list."""

    text: list[str]
    conf: list[float]
    block_num: list[int]
    par_num: list[int]
    line_num: list[int]


NO_WORDS: Words = {"text": [], "conf": [], "block_num": [], "par_num": [], "line_num": []}


def _languages(subject: str | None) -> tuple[str, ...]:
    """Tesseract's names of the languages to read with; it prefers the first.

    Russian always goes along.
    """
    if subject is None:
        return DATA_NAMES[RUSSIAN], DATA_NAMES["en"]
    return tuple(dict.fromkeys((DATA_NAMES[language_of(subject)], DATA_NAMES[RUSSIAN])))


def read_print(grey: np.ndarray, subject: str | None = None) -> tuple[Line, ...]:
    """Read the lines of a typed print-out, whichever way it lies.

    In Russian and in the subject's language when its data is installed; without a subject, English
    counts too. Empty without Tesseract, and for a page that is no print: a photo gives crumbs of
    letters that nobody is sure of. The lines are a hint beside the picture, never the record.
    """
    if "rus" not in installed() or not _like_print(grey):
        return ()
    language = "+".join(name for name in _languages(subject) if name in installed())
    upright = _upright(grey)
    found: Words = _asked(
        lambda: pytesseract.image_to_data(
            upright,
            lang=language,
            config="--oem 1 --psm 6",
            timeout=PAGE_S,
            output_type=pytesseract.Output.DICT,
        ),
        PAGE_CPU_S,
        NO_WORDS,
    )
    rows = _rows(found)
    lines = tuple(
        Line(" ".join(text for text, _ in words), min(sure for _, sure in words)) for words in rows
    )
    characters = [sure for words in rows for text, sure in words for _ in text]
    believed = characters and sum(characters) / len(characters) >= PRINTED
    return lines if believed else ()


def _rows(found: Words) -> list[list[tuple[str, float]]]:
    """Words with their sureness 0…1, line by line."""
    rows: dict[tuple[int, int, int], list[tuple[str, float]]] = {}
    for at, text in enumerate(found["text"]):
        if text.strip():
            place = found["block_num"][at], found["par_num"][at], found["line_num"][at]
            rows.setdefault(place, []).append((text.strip(), float(found["conf"][at]) / 100))
    return list(rows.values())


def answers_in(lines: Iterable[Line], tasks: int = 40) -> dict[str, Line]:
    """Short answers that print-out lines give: «7. кислород», «7) кислород», «Задание 7: кислород».

    A number given twice is no answer of either: only a person can tell.
    """
    found: dict[str, Line] = {}
    twice = set()
    for line in lines:
        match = NUMBERED.match(line.text)
        if match is None or not 1 <= int(match[1]) <= tasks:
            continue
        task = str(int(match[1]))
        twice |= {task} & set(found)
        found[task] = Line(match[2], line.confidence)
    return {task: line for task, line in found.items() if task not in twice}


def _like_print(grey: np.ndarray) -> bool:
    """Tell whether a page is light with some dark on it.

    Tesseract takes a minute over a picture that is nothing else.
    """
    small, _ = shrink(grey, 1000)
    paper = float(np.median(small))
    return paper > 110 and INKED[0] < float((small < 0.75 * paper).mean()) < INKED[1]


def _upright(grey: np.ndarray) -> np.ndarray:
    """The page turned so that its lines can be read; as it is when Tesseract cannot tell."""
    seen = _asked(
        lambda: pytesseract.image_to_osd(
            grey,
            config="--psm 0",
            timeout=PAGE_S,
            output_type=pytesseract.Output.DICT,
        ),
        PAGE_CPU_S,
        None,
    )
    if seen is None or float(seen["orientation_conf"]) < 2:
        return grey
    return np.ascontiguousarray(np.rot90(grey, -int(seen["rotate"]) // 90))


def _text(grey: np.ndarray, language: str, mode: int) -> str:
    return _asked(
        lambda: str(
            pytesseract.image_to_string(
                grey,
                lang=language,
                config=f"--oem 1 --psm {mode}",
                timeout=TIMEOUT_S,
            )
        ),
        HEADER_CPU_S,
        "",
    )


def _plain(text: str) -> str:
    """Capital letters, digits and nothing else; № counts as N, as Tesseract often has it."""
    return re.sub(r"[^A-ZА-ЯЁ0-9]", "", text.upper().replace("№", "N"))
