"""Picture → cells: one pass of the network, without any grid of the page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from examday.braille.picture import Grey, even_light

Array = npt.NDArray[np.float32]

MODELS = Path(__file__).parent / "models"
STRIDE = 8
BASE_SIZE = (24.0, 36.0)  # px; the network gives sizes as logarithms relative to it
READING_HEIGHT = 32.0  # px of a cell at which the network reads best
_SHORT_SIDE, _MOST_PIXELS = 864, 1_150_000  # the scale of the first pass
_HEAT, _OVERLAP = 0.5, 0.15
_SURE_HEAT, _DOUBT_EXPONENT = 0.7, 33.5
_PERHAPS, _STEADY = 0.2, 0.93
"""Heat from which a place may yet be a cell; certainty above which it is not read twice."""
_WINDOW, _CORE = 24, 12
"""Positions of the grid: what is read again around a doubtful cell, and what of it counts."""
_IN_MIRROR = np.array([0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10])
"""Channels of a mirrored page: the columns of dots change places."""


@dataclass(frozen=True)
class Pass:
    """What went into the network (evened light, padded), what came out, and the scale of the
    picture."""

    light: Array
    raw: Array
    scale: float
    weights: str


@dataclass(frozen=True)
class Found:
    """Cells found in a picture, in its pixels: `centres` N×2, `sizes` N×2, `p` N×6 dot
    probabilities, `heat` N.

    `source`: the pass they come from, as long as they are exactly what it gave.
    """

    centres: Array
    sizes: Array
    p: Array
    heat: Array
    source: Pass | None = None

    @cached_property
    def dots(self) -> npt.NDArray[np.int64]:
        """Each cell's dots, 0…63; 0 where no dot is likely."""
        return np.asarray((self.p > 0.5) @ (1 << np.arange(6)), np.int64)

    @cached_property
    def certainty(self) -> Array:
        """Centre × Π max(p, 1−p), before calibration."""
        return np.asarray(self.heat * np.maximum(self.p, 1 - self.p).prod(1), np.float32)

    @property
    def cell_height(self) -> float:
        return float(np.median(self.sizes[:, 1])) if len(self.sizes) else 0.0

    def chosen(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Found":
        return Found(self.centres[which], self.sizes[which], self.p[which], self.heat[which])

    def scaled(self, factor: float) -> "Found":
        return Found(
            self.centres * np.float32(factor), self.sizes * np.float32(factor), self.p, self.heat
        )


@lru_cache(maxsize=2)
def session(weights: str = "pages") -> onnxruntime.InferenceSession:
    """The network; `weights`: "pages" (learned from photographs, scans, rendered pages) or
    "rendered" (these only)"""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # gives the memory of a large page back after it
    return onnxruntime.InferenceSession(
        str(MODELS / f"{weights}.onnx"), options, providers=["CPUExecutionProvider"]
    )


def first_scale(shape: tuple[int, ...]) -> float:
    """Factor from the file's pixels to the first pass: the short side 864 px, but no more than
    1.15 million pixels."""
    height, width = shape[:2]
    return min(_SHORT_SIDE / min(width, height), float(np.sqrt(_MOST_PIXELS / (width * height))))


def detect(grey: Grey, scale: float, weights: str = "pages") -> Found:
    """Cells of a grey picture (H×W) read at `scale`; places and sizes come back in the picture's
    own pixels."""
    height, width = (max(16, round(side * scale)) for side in grey.shape)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    light = even_light(np.asarray(cv2.resize(grey, (width, height), interpolation=how), np.uint8))
    padded = np.pad(light, ((0, -height % 16), (0, -width % 16)))
    return _cells(Pass(padded, _run(padded, weights), scale, weights))


def steadied(found: Found) -> Found:
    """The doubtful cells of a pass once more in the mirror, and the mean of both: steadier dots,
    and doubt where the two differ. A cell that is sure would hardly change, so only the
    surroundings of the others are read twice."""
    first = found.source
    if first is None:
        return found
    raw = first.raw.copy()
    for rows, columns, core in _doubtful(first.raw):
        light = first.light[_pixels(rows), _pixels(columns)]
        again = _run(np.ascontiguousarray(light[:, ::-1]), first.weights)[_IN_MIRROR, :, ::-1]
        again[7] = -again[7]  # to the right in the mirror is to the left
        inside = np.s_[:, core[0].start - rows.start : core[0].stop - rows.start,
                       core[1].start - columns.start : core[1].stop - columns.start]  # fmt: skip
        raw[(slice(None), *core)] = (first.raw[(slice(None), *core)] + again[inside]) / 2
    return _cells(replace(first, raw=raw))


def _doubtful(raw: Array) -> Iterator[tuple[slice, slice, tuple[slice, slice]]]:
    """Windows around the doubtful peaks as rows and columns of the grid, and the core of each that
    is to be replaced.

    Where the windows would together be about as large as the page, the page itself.
    """
    height, width = raw.shape[1:]
    left = _doubtful_peaks(raw)
    windows = []
    for row, column in np.argwhere(left).tolist():
        if left[row, column]:
            rows, columns = _span(row, height, _WINDOW, 2), _span(column, width, _WINDOW, 2)
            core = _span(row, height, _CORE, 1), _span(column, width, _CORE, 1)
            left[core] = False
            windows.append((rows, columns, core))
    if len(windows) * _WINDOW**2 > 0.8 * height * width:
        windows = [(slice(0, height), slice(0, width), (slice(0, height), slice(0, width)))]
    yield from windows


def _doubtful_peaks(raw: Array) -> npt.NDArray[np.bool_]:
    """Positions of the grid that may be a cell, and are not surely the one they seem to be."""
    heat, p = _sigmoid(raw[0]), _sigmoid(raw[1:7])
    sure = np.minimum(heat / _SURE_HEAT, 1) * np.maximum(p, 1 - p).prod(0)
    return np.asarray(_peaks(heat) & (heat > _PERHAPS) & (sure < _STEADY), np.bool_)


def _peaks(heat: Array) -> npt.NDArray[np.bool_]:
    """Positions at least as hot as their eight neighbours."""
    return np.asarray(heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8)), np.bool_)


def _span(centre: int, end: int, length: int, step: int) -> slice:
    """`length` positions around `centre` inside 0…`end`, beginning at a multiple of `step`."""
    start = max(0, min(centre - length // 2, end - length)) // step * step
    return slice(start, min(end, start + length))


def _pixels(grid: slice) -> slice:
    return slice(grid.start * STRIDE, grid.stop * STRIDE)


def _run(light: Array, weights: str) -> Array:
    (raw,) = session(weights).run(None, {"picture": light[None, None]})
    return np.asarray(raw[0], np.float32)


def _cells(one: Pass) -> Found:
    found = _decode(one.raw).scaled(1 / one.scale)
    return replace(found, source=one)


def _decode(raw: Array) -> Found:
    """Peaks of the heat above the threshold, each at least as high as its eight neighbours,
    without overlaps."""
    heat = _sigmoid(raw[0])
    rows, columns = np.nonzero(_peaks(heat) & (heat > _HEAT))
    values = raw[:, rows, columns].T
    grid = np.stack([columns, rows], 1).astype(np.float32)
    centres = (grid + 0.5 + values[:, 7:9]) * STRIDE
    sizes = np.exp(np.clip(values[:, 9:11], -2, 2)) * np.array(BASE_SIZE, np.float32)
    found = Found(
        centres, np.asarray(sizes, np.float32), _sigmoid(values[:, 1:7]), heat[rows, columns]
    )
    return _without_overlaps(found)


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _without_overlaps(found: Found) -> Found:
    """Of two boxes that overlap by more than 0.15 of their union the one with the higher heat
    stays."""
    found = found.chosen(np.argsort(-found.heat, kind="stable"))
    low, high = found.centres - found.sizes / 2, found.centres + found.sizes / 2
    area = found.sizes.prod(1)
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    shared = np.clip(common, 0, None).prod(2)
    rival = np.triu(shared > _OVERLAP * (area[:, None] + area[None] - shared), 1)
    keep = np.ones(len(area), bool)
    for i in np.flatnonzero(rival.any(1)):
        if keep[i]:
            keep &= ~rival[i]
    return found.chosen(keep)


def calibrated(heat: float, p: Array) -> float:
    """Confidence of one cell: how sure all six dots are, less where even the centre is unsure.

    The exponent is chosen on the validation pages: between 2 and 3 of 100 cells fall below the
    doubt limit of 0.8.
    """
    return float(min(1.0, heat / _SURE_HEAT) * np.maximum(p, 1 - p).prod() ** _DOUBT_EXPONENT)
