"""Quantise the trained network, fit its temperature, measure it, and write the model card.

This comes after training.

    python tools/calibrate_characters.py --data DIR --onnx FILE.onnx [--fp32]

Writes examday/reading/models/characters.onnx, calibration.json (temperature) and MODEL_CARD.md.
The hands kept for measuring are cut in two: one half fits the temperature, the other half gives
every figure of the card. The threshold of comparing is set by tools/bench_ink.py on whole sheets.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shutil
from pathlib import Path

import numpy as np

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the library is loaded: docs/security.md

import onnxruntime
from ink_data import Hands, frames, invented, load
from model_card import Figures, ScriptFigures, write_card

from examday.reading import network
from examday.reading.glyph import CLASSES

MODELS = network.MODELS
SCRIPTS = ("digits", "cyrillic", "latin")


def run(path: Path, x: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    parts = np.array_split(x.astype(np.float32)[:, None] / 255, max(1, len(x) // 64))
    return np.concatenate([session.run(None, {"ink": part})[0] for part in parts])


class Frames:
    """Feeds frames to the quantiser, 64 at a time."""

    def __init__(self, x: np.ndarray) -> None:
        self.parts = iter(np.array_split(x.astype(np.float32)[:, None] / 255, max(1, len(x) // 64)))

    def get_next(self) -> dict[str, np.ndarray] | None:
        part = next(self.parts, None)
        return None if part is None else {"ink": part}


def quantise(source: Path, target: Path, x: np.ndarray) -> None:
    """8-bit weights and activations, scales measured on frames of the training hands."""
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = source.with_suffix(".pre.onnx")
    quant_pre_process(str(source), str(prepared))
    quantize_static(
        str(prepared),
        str(target),
        Frames(x),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,  # processors without VNNI add products in 16 bits: full weights would overflow
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
    )


def scores(raw: np.ndarray, script: str, temperature: float) -> np.ndarray:
    """Log-probabilities within one script and the marks, as a field of that script would have them."""
    allowed = np.full(len(CLASSES), network.NEVER)
    allowed[network.GROUPS[script]] = 0
    return network.log_softmax(raw / temperature + allowed)


def fit_temperature(raw: np.ndarray, y: np.ndarray) -> float:
    """Temperature with the least negative log-likelihood over the three scripts."""

    def loss(t: float) -> float:
        return sum(
            -scores(raw[m], s, t)[np.arange(m.sum()), y[m]].sum()
            for s in SCRIPTS
            if (m := np.isin(y, network.GROUPS[s])).any()
        )

    return round(float(min(np.arange(0.6, 3.01, 0.05), key=loss)), 2)


def table(raw: np.ndarray, hands: Hands, temperature: float) -> dict[str, ScriptFigures]:
    """The figures of each script."""
    return {script: _script(raw, hands, script, temperature) for script in SCRIPTS}


BANDS = ((0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 0.99), (0.99, 1.01))
"""Of stated confidence: what lies in each is compared with what was right."""


def _script(
    raw: np.ndarray,
    hands: Hands,
    script: str,
    temperature: float,
) -> ScriptFigures:
    mask = np.isin(hands.y, network.GROUPS[script])
    probabilities = np.exp(scores(raw[mask], script, temperature))
    best, y, source = probabilities.argmax(1), hands.y[mask], hands.source[mask]
    right, sure = best == y, probabilities.max(1)
    bands = [(sure >= low) & (sure < high) for low, high in BANDS]
    return {
        "n": int(mask.sum()),
        "right": round(float(right.mean()), 4),
        "by_set": {str(name): _share(right[source == name], 4) for name in np.unique(source)},
        "by_class": {CLASSES[c]: _share(right[y == c], 3) for c in np.unique(y)},
        "curve": [
            (
                round(float(sure[band].mean()), 3),
                round(float(right[band].mean()), 3),
                int(band.sum()),
            )
            for band in bands
            if band.any()
        ],
        "confused": confusions(y, best),
    }


def _share(right: np.ndarray, digits: int) -> tuple[int, float]:
    """How many there are, and what share of them was read right."""
    return len(right), round(float(right.mean()), digits)


def confusions(y: np.ndarray, best: np.ndarray) -> list[str]:
    """The commonest mistakes, «written→read ×times»."""
    wrong = [f"{CLASSES[a]}→{CLASSES[b]}" for a, b in zip(y, best, strict=True) if a != b]
    names, times = np.unique(wrong, return_counts=True) if wrong else (np.array([]), np.array([]))
    order = np.argsort(-times)[:14]
    return [f"{names[i]} ×{times[i]}" for i in order]


def measure_only(folder: Path, path: Path, temperature: float) -> dict[str, tuple[int, float]]:
    """The two sets no weight was trained on."""
    out: dict[str, tuple[int, float]] = {}
    for name in ("stroke-tracks", "cyrillic-cursive"):
        file = folder / "measure-only" / f"{name}.npz"
        if not file.exists():
            continue
        data = np.load(file)
        y = np.array([CLASSES.index(c) for c in data["y"]])
        raw = run(path, frames(Hands(data["x"], y, y), np.random.default_rng(5)))
        for script in ("digits", "cyrillic"):
            mask = np.isin(y, network.GROUPS[script])
            if mask.any():
                right = scores(raw[mask], script, temperature).argmax(1) == y[mask]
                out[f"{name}, {script}"] = _share(right, 4)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--log", default="", help="one line on the training run for the card")
    parser.add_argument("--fp32", action="store_true", help="keep 32-bit weights")
    options = parser.parse_args()
    train, measure = load(options.data)
    target = MODELS / "characters.onnx"
    if options.fp32:
        shutil.copyfile(options.onnx, target)
    else:
        quantise(options.onnx, target, _frames_for_ranges(train))
    x = frames(measure, np.random.default_rng(7))
    first = np.random.default_rng(11).random(len(measure.y)) < 0.5
    full, small = run(options.onnx, x), run(target, x)
    temperature = fit_temperature(small[first], measure.y[first])
    other_half = measure.only(~first)
    full_table = table(full[~first], other_half, temperature)
    figures = Figures(
        table(small[~first], other_half, temperature),
        {script: full_table[script]["right"] for script in SCRIPTS},
        measure_only(options.data, target, temperature),
    )
    _keep_temperature(temperature)
    write_card(
        MODELS / "MODEL_CARD.md", figures, temperature, options.log, target.stat().st_size, measure
    )
    print(json.dumps(dataclasses.asdict(figures), ensure_ascii=False, indent=1))


def _frames_for_ranges(train: Hands) -> np.ndarray:
    """Frames of the training hands on which the quantiser measures the ranges of all layers."""
    rng = np.random.default_rng(11)
    some = rng.choice(len(train.y), 3000, replace=False)
    return np.concatenate([frames(train.only(some), rng), frames(invented(train, rng, 10), rng)])


def _keep_temperature(temperature: float) -> None:
    path = MODELS / "calibration.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, "temperature": temperature}, indent=1) + "\n")


if __name__ == "__main__":
    main()
