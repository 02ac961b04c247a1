"""Picture → cells: one pass of the network, without any grid of the page.

A grid fits scans and collapses on photographs: bent pages have none (braille.md 6).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from examday.braille.picture import Grey, even_light
from examday.domain.errors import NoWeights

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

MODELS = Path(__file__).parent / "models"
WEIGHTS = "pages"
"""The file of the network, without its ending. Kept with every reading: another network would have
read otherwise."""
STRIDE = 8
"""px of the picture per position of the output: a cell covers about 3 × 4 of them, so neighbours
stay apart."""
BASE_SIZE = (24.0, 36.0)
"""px; the network gives sizes as logarithms relative to it."""
READING_HEIGHT = 32.0
"""px of a cell at which the network reads best: the height of most cells it was trained on."""
_SHORT_SIDE = 864
"""px of the first pass: the width of the pages the network was trained on."""
_MOST_PIXELS = 1_150_000
"""Bound of the first pass: a long strip would else take many times the time of a page."""
_HEAT = 0.5
"""Heat from which a position is a cell; chosen on the validation pages."""
_OVERLAP = 0.15
"""Share of their union from which two boxes are one cell: neighbours hardly overlap."""
_SURE_HEAT = 0.7
"""Heat above which a centre is as good as certain, so only its dots decide the confidence."""
_DOUBT_EXPONENT = 33.5
"""Makes the confidence honest, see `calibrate`: the raw product is over-confident."""
_PERHAPS = 0.2
"""Heat from which a position is looked at again: a faint cell may pass the threshold in the mean of
two looks."""
_STEADY = 0.93
"""Certainty above which a cell is not read twice: it would hardly change."""
_WINDOW = 24
"""Positions around a doubtful cell that are read again: the network needs the surroundings."""
_CORE = 12
"""Positions of it that count: near the border of a window the network sees too little."""
_IN_MIRROR = np.array([0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10])
"""Channels of a mirrored page: seen from behind the columns of dots change places, so no second
network is needed."""


@dataclass(frozen=True)
class Pass:
    """One pass of the network: what went in and what came out."""

    light: Array
    """The picture with its lighting taken out; padded to multiples of 16 px, because the network
    halves it four times."""
    raw: Array
    scale: float
    """From the file's pixels to those of the pass; kept, so that places can be taken back."""
    weights: str


@dataclass(frozen=True)
class Found:
    """Cells found in a picture, in its pixels."""

    centres: Array
    sizes: Array
    p: Array
    """N×6 dot probabilities, each dot for itself: a class of 64 would not tell which dot is
    doubtful."""
    heat: Array
    source: Pass | None = None
    """The pass they come from; None once they were moved or dropped, because then they cannot be
    read again from it."""

    @cached_property
    def dots(self) -> Numbers:
        """Each cell's dots, 0…63; 0 where no dot is likely."""
        return np.asarray((self.p > 0.5) @ (1 << np.arange(6)), np.int64)

    @cached_property
    def certainty(self) -> Array:
        """Centre × Π max(p, 1−p), before calibration."""
        return np.asarray(self.heat * np.maximum(self.p, 1 - self.p).prod(1), np.float32)

    @property
    def cell_height(self) -> float:
        """Usual height of a cell, px; 0 without cells."""
        return float(np.median(self.sizes[:, 1])) if len(self.sizes) else 0.0

    def chosen(self, which: Mask | Numbers) -> "Found":
        """Return some of the cells."""
        return Found(self.centres[which], self.sizes[which], self.p[which], self.heat[which])

    def scaled(self, factor: float) -> "Found":
        """Return the cells in pixels of another scale."""
        return Found(
            self.centres * np.float32(factor), self.sizes * np.float32(factor), self.p, self.heat
        )


@lru_cache(maxsize=2)
def session(weights: str = WEIGHTS) -> onnxruntime.InferenceSession:
    """Return the network. `weights`: a file without its ending, of another training to be measured.

    Raises NoWeights.
    """
    options = onnxruntime.SessionOptions()
    # Workers run side by side; threads of one page would take the cores of another.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena would keep the memory of the largest page for good.
    options.enable_cpu_mem_arena = False
    file = MODELS / f"{weights}.onnx"
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except (MemoryError, OSError):
        raise  # the computer's trouble, which passes: nothing is to be installed anew
    except Exception as error:  # each fault of a file has a class of its own there
        raise NoWeights(params={"file": file.name}) from error


def first_scale(shape: tuple[int, ...]) -> float:
    """Return the factor from the file's pixels to the first pass."""
    height, width = shape[:2]
    return min(_SHORT_SIDE / min(width, height), float(np.sqrt(_MOST_PIXELS / (width * height))))


def detect(grey: Grey, scale: float, weights: str = WEIGHTS) -> Found:
    """Return the cells of a grey picture (H×W) read at `scale`, in the picture's own pixels."""
    height, width = (max(16, round(side * scale)) for side in grey.shape)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    light = even_light(np.asarray(cv2.resize(grey, (width, height), interpolation=how), np.uint8))
    padded = np.pad(light, ((0, -height % 16), (0, -width % 16)))
    return _cells(Pass(padded, _run(padded, weights), scale, weights))


def steady(found: Found) -> Found:
    """Read the doubtful cells of a pass once more in the mirror, and return the mean of both.

    Steadier dots, and doubt where the two differ. A cell that is sure would hardly change, so only
    the surroundings of the others are read twice.
    """
    first = found.source
    if first is None:
        return found
    raw = first.raw.copy()
    for rows, columns, core in _doubtful(first.raw):
        light = first.light[_pixels(rows), _pixels(columns)]
        again = _run(np.ascontiguousarray(light[:, ::-1]), first.weights)[_IN_MIRROR, :, ::-1]
        # Mirrored too, because row 7 holds shifts to the right, which point to the left in a
        # mirrored page.
        again[7] = -again[7]
        inside = np.s_[:, core[0].start - rows.start : core[0].stop - rows.start,
                       core[1].start - columns.start : core[1].stop - columns.start]  # fmt: skip
        raw[(slice(None), *core)] = (first.raw[(slice(None), *core)] + again[inside]) / 2
    return _cells(replace(first, raw=raw))


def _doubtful(raw: Array) -> Iterator[tuple[slice, slice, tuple[slice, slice]]]:
    """Return windows around the doubtful peaks (rows, columns), and the core of each to replace.

    Where the windows would together be about as large as the page, the page itself.
    """
    height, width = raw.shape[1:]
    left = _doubtful_peaks(raw)
    windows = []
    for row, column in np.argwhere(left).tolist():
        if left[row, column]:
            rows = _span(row, height, _WINDOW, 2)
            columns = _span(column, width, _WINDOW, 2)
            core = _span(row, height, _CORE, 1), _span(column, width, _CORE, 1)
            left[core] = False
            windows.append((rows, columns, core))
    if len(windows) * _WINDOW**2 > 0.8 * height * width:
        windows = [(slice(0, height), slice(0, width), (slice(0, height), slice(0, width)))]
    yield from windows


def _doubtful_peaks(raw: Array) -> Mask:
    """Return positions that may be a cell, and are not surely the one they seem to be."""
    heat = _sigmoid(raw[0])
    p = _sigmoid(raw[1:7])
    sure = np.minimum(heat / _SURE_HEAT, 1) * np.maximum(p, 1 - p).prod(0)
    return np.asarray(_peaks(heat) & (heat > _PERHAPS) & (sure < _STEADY), np.bool_)


def _peaks(heat: Array) -> Mask:
    """Return positions at least as hot as their eight neighbours."""
    return np.asarray(heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8)), np.bool_)


def _span(
    centre: int,
    end: int,
    length: int,
    step: int,
) -> slice:
    """Return `length` positions around `centre` inside 0…`end`, from a multiple of `step`."""
    start = max(0, min(centre - length // 2, end - length)) // step * step
    return slice(start, min(end, start + length))


def _pixels(grid: slice) -> slice:
    """Return the pixels of positions of the grid."""
    return slice(grid.start * STRIDE, grid.stop * STRIDE)


def _run(light: Array, weights: str) -> Array:
    """Run the network on one picture."""
    (raw,) = session(weights).run(None, {"picture": light[None, None]})
    return np.asarray(raw[0], np.float32)


def _cells(one: Pass) -> Found:
    """Return the cells of one pass in the file's pixels."""
    found = _decode(one.raw).scaled(1 / one.scale)
    return replace(found, source=one)


def traces(found: Found, least: float) -> Found:
    """Return what its pass saw with a heat above `least`, which is less than makes a cell.

    Of cells that were moved, and have no pass any more, only themselves.
    """
    one = found.source
    return found if one is None else _decode(one.raw, least).scaled(1 / one.scale)


def _decode(raw: Array, least: float = _HEAT) -> Found:
    """Return the peaks of the heat above the threshold as cells, without overlaps."""
    heat = _sigmoid(raw[0])
    rows, columns = np.nonzero(_peaks(heat) & (heat > least))
    values = raw[:, rows, columns].T
    grid = np.stack([columns, rows], 1).astype(np.float32)
    centres = (grid + 0.5 + values[:, 7:9]) * STRIDE
    sizes = np.exp(np.clip(values[:, 9:11], -2, 2)) * np.array(BASE_SIZE, np.float32)
    found = Found(
        centres, np.asarray(sizes, np.float32), _sigmoid(values[:, 1:7]), heat[rows, columns]
    )
    return _without_overlaps(found)


def _sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^−x), without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _without_overlaps(found: Found) -> Found:
    """Drop the weaker of two boxes that overlap by more than 0.15 of their union."""
    found = found.chosen(np.argsort(-found.heat, kind="stable"))
    low = found.centres - found.sizes / 2
    high = found.centres + found.sizes / 2
    area = found.sizes.prod(1)
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    shared = np.clip(common, 0, None).prod(2)
    rival = np.triu(shared > _OVERLAP * (area[:, None] + area[None] - shared), 1)
    keep = np.ones(len(area), bool)
    for i in np.flatnonzero(rival.any(1)):
        if keep[i]:
            keep &= ~rival[i]
    return found.chosen(keep)


def calibrate(heat: float, p: Array) -> float:
    """Return the confidence of one cell: how sure all six dots are, and its centre.

    The exponent is chosen on the validation pages: between 2 and 3 of 100 cells fall below the
    doubt limit of 0.8.
    """
    return float(min(1.0, heat / _SURE_HEAT) * np.maximum(p, 1 - p).prod() ** _DOUBT_EXPONENT)
