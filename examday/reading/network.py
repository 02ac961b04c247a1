"""The character network: frames in, logarithms of probabilities out.

One session a process, one thread, loaded late.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

import numpy as np
import onnxruntime

from examday.domain.errors import NoWeights
from examday.reading.glyph import CLASSES, CROSSED, CYRILLIC, DIACRITICS, DIGITS, LATIN, MARKS

MODELS = Path(__file__).with_name("models")
WEIGHTS = MODELS / "characters.onnx"
BATCH = 64  # frames a run; more at once only costs memory
NEVER = -1e4
"""Logarithm of no chance: minus infinity would become «not a number» in sums."""
NOT_MEASURED = 1.01
"""A bound that no chance reaches: every field is looked at one by one."""

GROUPS = {
    name: np.array([CLASSES.index(c) for c in characters])
    for name, characters in {
        "digits": DIGITS,
        "cyrillic": CYRILLIC,
        "latin": LATIN,
        "diacritics": DIACRITICS,
        "marks": MARKS,
        "crossed": CROSSED,
    }.items()
}


@cache
def session() -> onnxruntime.InferenceSession:
    """The network, loaded when first asked for: after a worker has forked, never before.

    Raises NoWeights.
    """
    options = onnxruntime.SessionOptions()
    # One thread, as the workers share the cores already.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # The arena would keep the memory of the largest page for the life of the worker.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(
            str(WEIGHTS), options, providers=["CPUExecutionProvider"]
        )
    except (MemoryError, OSError):
        raise  # the computer's trouble, which passes: nothing is to be installed anew
    # caught as a whole: the runtime has a class for each fault of a file and no common one
    except Exception as error:
        raise NoWeights(params={"file": WEIGHTS.name}) from error


class BoundOf(TypedDict):
    """The bound of one way of comparing, and what each bound did.

    Columns of `bounds`: bound, share of errors found, share of equal fields shown, errors missed in
    a thousand fields.
    """

    bound: float
    bounds: list[list[float]]


class Calibration(TypedDict):
    """What was measured with the weights: temperature, bound of agreement, effects of other bounds."""

    temperature: float
    """Divides the logits, fitted on writers held back: raw confidence is not accuracy."""
    same_bound: float
    bounds: NotRequired[list[list[float]]]
    settled: NotRequired[BoundOf]
    """Absent where it was not measured with these weights: then every field is looked at."""
    hands: NotRequired[BoundOf]


@cache
def calibration() -> Calibration:
    """Read what was measured with the weights (models/calibration.json)."""
    values: Calibration = json.loads((MODELS / "calibration.json").read_text())
    return values


def settled_bound(hands: bool) -> float:
    """Return the chance of showing the settled value below which a person is asked.

    With known hands or without. 1.01 where it was not measured: then everything is asked.
    """
    known = calibration()
    measured = known.get("hands") if hands else known.get("settled")
    return measured["bound"] if measured else NOT_MEASURED


@cache
def fingerprint() -> str:
    """Return the first 16 hex digits of the weights' SHA-256.

    They are kept with every reading, so that it can be told who read. Raises NoWeights where there are none.
    """
    try:
        return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:16]
    except FileNotFoundError as error:
        raise NoWeights(params={"file": WEIGHTS.name}) from error


def logits(frames: list[np.ndarray]) -> np.ndarray:
    """(n, classes) float32 for n frames of 32 x 32 uint8."""
    if not frames:
        return np.zeros((0, len(CLASSES)), np.float32)
    x = np.stack(frames).astype(np.float32)[:, None] / 255
    parts = [session().run(None, {"ink": x[i : i + BATCH]})[0] for i in range(0, len(x), BATCH)]
    return np.concatenate(parts)


def log_softmax(values: np.ndarray) -> np.ndarray:
    """Logarithms of probabilities along the last axis."""
    shifted = values - values.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
