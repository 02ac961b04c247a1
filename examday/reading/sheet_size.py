"""Tells the enlarged sheet from the standard one: A3 and A4 differ in nothing but their size."""

from __future__ import annotations

from examday.domain.messages import N_
from examday.reading.judgement import PageWarning

A3_SCALE = 2**0.5
"""Of lengths: A3 has twice the area of A4, and the enlarged form twice that of the form."""
SCALES = {"A4": 1.0, "A3": A3_SCALE}
PAPERS = (210.0, 297.0), (297.0, 420.0)
# share by which a picture as large as a paper may differ from it: feeders cut a little off
OF_PAPER = 0.015
STATED_DPI = 99.0
"""Below it stand the numbers that programs put in where nobody told them one: 72 and 96. Not 100: PNG
states whole dots of a metre, 99.9998 of an inch, and whole dots of a centimetre are 99.06."""
SCANNERS_DPI = (100, 150, 200, 240, 300, 400, 600)
"""What scanners offer. No two of them make A3 and A4 pictures of the same pixels."""
RARE_DPI = 204, 250, 500, 1200
"""Some scanners and faxes offer these besides: not to be doubted, but too rare to tell a size by."""
# share a sheet may be off the stated resolution: a copier's scale and stretched paper
STATED_WELL = 0.055
STATED_BADLY = 0.12  # a driver that reduces the page is off by more, and says nothing
# share by which a resolution may miss one that scanners offer: feeders stretch a page
NEAR_USUAL = 0.028

UNKNOWN = PageWarning(
    "size-unknown",
    N_(
        "Whether this is the enlarged sheet (A3) or the standard one (A4) cannot be told: "
        "the file states no resolution to be believed."
    ),
)


def tell_size(
    px_per_mm: float, dpi: float | None, shape: tuple[int, ...]
) -> tuple[str | None, PageWarning | None]:
    """Tell "A3" from "A4" by the resolution that the file states.

    `px_per_mm`: px of one millimetre of the layout; `shape`: of the whole picture, px; `dpi`: as
    `PageImage.dpi`. The size is None, with the note that says so, where the file states no
    resolution: a scanning program of a phone makes an A3 sheet as many pixels large as a scanner
    makes an A4 one. One below `STATED_DPI` is believed only of a picture that has the pixels of a
    whole paper at a usual resolution.

    A stated resolution that fits badly where a usual one says the other size tells nothing, unless
    the picture is as large as a paper at it: then a copier made the sheet smaller.
    """
    if not dpi:
        return None, UNKNOWN
    if dpi >= STATED_DPI:
        size = _size_at(px_per_mm * 25.4, dpi, shape)
        return size, None if size else UNKNOWN
    usual = of_usual_paper(shape)
    size = _size_at(px_per_mm * 25.4, usual, shape) if usual else None
    return size, _by_usual(size) if size else UNKNOWN


def _size_at(own: float, dpi: float, shape: tuple[int, ...]) -> str | None:
    """The size at this resolution of a sheet that takes `own` px an inch of the layout."""
    off, size = min((abs(own / (dpi * scale) - 1), size) for size, scale in SCALES.items())
    if off < STATED_WELL:
        return size
    undisputed = _of_paper(shape, dpi) or _usual_sizes(own) <= {size}
    return size if off < STATED_BADLY and undisputed else None


def _of_paper(shape: tuple[int, ...], dpi: float, off: float = OF_PAPER) -> bool:
    """Tell whether the picture is as large as a sheet of A4 or A3 at a resolution."""
    sides = [side / dpi * 25.4 for side in sorted(shape[:2])]
    return any(
        all(abs(side / mm - 1) < off for side, mm in zip(sides, paper, strict=True))
        for paper in PAPERS
    )


def of_usual_paper(shape: tuple[int, ...], off: float = OF_PAPER) -> float | None:
    """The usual resolution at which a picture has the pixels of a sheet of A4 or A3; else None."""
    return next((dpi for dpi in SCANNERS_DPI if _of_paper(shape, dpi, off)), None)


def is_usual(dpi: float, off: float) -> bool:
    """Tell whether scanners offer this resolution; `off`: the share by which it may differ."""
    return any(abs(dpi / usual - 1) < off for usual in (*SCANNERS_DPI, *RARE_DPI))


def _usual_sizes(own: float) -> set[str]:
    """The sizes that a usual scanner resolution would explain."""
    return {
        size
        for size, scale in SCALES.items()
        if any(abs(own / scale / usual - 1) < NEAR_USUAL for usual in SCANNERS_DPI)
    }


def _by_usual(size: str) -> PageWarning:
    return PageWarning(
        "size-by-resolution",
        N_(
            "The file does not state a believable resolution; %(size)s was concluded from the usual ones."
        ),
        {"size": size},
    )
