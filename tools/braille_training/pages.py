"""Labelled pages: a grey picture and one row a cell."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

CACHE_WIDTH = 1024  # px; the network reads at 864 or so, larger pictures only cost time


@dataclass(frozen=True)
class LabelledPage:
    """A page with the boxes and labels of its cells.

    `grey` H×W; `boxes` N×4 px (left, top, right, bottom); `labels` N, sum of 2^(dot−1); `weight` of
    drawing it.
    """

    name: str
    grey: npt.NDArray[np.uint8]
    boxes: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    weight: float

    @property
    def cell_height(self) -> float:
        """Median height of a cell in px; 33 for a page without cells."""
        return float(np.median(self.boxes[:, 3] - self.boxes[:, 1])) if len(self.boxes) else 33.0


def read_page(picture: Path, weight: float) -> LabelledPage:
    """NAME.jpg with NAME.csv beside it (`left;top;right;bottom;label`, relative 0–1, no header)."""
    grey = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(f"{picture} is not a picture")
    if grey.shape[1] > CACHE_WIDTH:
        height = round(grey.shape[0] * CACHE_WIDTH / grey.shape[1])
        grey = cv2.resize(grey, (CACHE_WIDTH, height), interpolation=cv2.INTER_AREA)
    rows = [line.split(";") for line in picture.with_suffix(".csv").read_text("utf-8").split()]
    table = np.array([[float(v) for v in row] for row in rows], dtype=np.float32).reshape(-1, 5)
    size = np.array([grey.shape[1], grey.shape[0]] * 2, dtype=np.float32)
    labels = table[:, 4].astype(np.int64)
    return LabelledPage(
        picture.stem, np.asarray(grey, np.uint8), table[:, :4] * size, labels, weight
    )


def read_folder(folder: Path, weight: float, leave_out: tuple[str, ...] = ()) -> list[LabelledPage]:
    """Every page of a folder; `leave_out`: prefixes of sources kept back for measuring."""
    pictures = sorted(p for p in folder.glob("*.jpg") if not p.name.startswith(leave_out))
    return [read_page(p, weight) for p in pictures]
