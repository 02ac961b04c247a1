"""Page network in 8 bits: a third of the time and of the size, and the same cells.

Measured in docs/benchmarks.md.
"""

import tempfile
from pathlib import Path

import numpy as np
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from tools.braille_training.crops import draw_crop
from tools.braille_training.pages import LabelledPage

CROPS, SEED = 120, 9


class Crops(CalibrationDataReader):
    """Crops of training pages, drawn as for training.

    On them the ranges of all layers are measured.
    """

    def __init__(self, pages: list[LabelledPage]) -> None:
        chance = np.array([page.weight for page in pages])
        self.pages, self.chance, self.number = pages, chance / chance.sum(), 0

    def get_next(self) -> dict[str, np.ndarray] | None:
        if self.number == CROPS:
            return None
        self.number += 1
        rng = np.random.default_rng([SEED, self.number])
        page = self.pages[rng.choice(len(self.pages), p=self.chance)]
        return {"picture": draw_crop(page, rng).picture[None]}


def quantise(source: Path, target: Path, pages: list[LabelledPage]) -> None:
    """Writes `target` from the 32-bit `source`.

    Weights use seven of their eight bits: processors without VNNI add products in 16 bits, which
    full weights would overflow.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Crops(pages),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
