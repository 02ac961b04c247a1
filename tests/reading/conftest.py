"""Sheets made by our own generator, lettered in type: no collected handwriting is needed to run
the tests."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from make_sheets import fill
from sheet_paper import Damage, font_hand, spoil

from examday.paper.layout import Layout, layouts
from examday.reading.page import PageReading, read_page
from tests.sheets import Chance

cv2.setNumThreads(1)
CODE = "261234567890"


@pytest.fixture(scope="session")
def form() -> Layout:
    return layouts()["answer-form-1.2022"]


@pytest.fixture(scope="session")
def sheet(form: Layout) -> Callable[..., np.ndarray]:
    """Makes a filled sheet: answers by task, `damage`, `scale` 1.4142 for A3."""

    def make(
        answers: dict[str, str] | None = None,
        damage: Damage | None = None,
        scale: float = 1.0,
        seed: int = 1,
        code: str = CODE,
        subject: str = "01",
        replacements: list[list[str]] | None = None,
    ) -> np.ndarray:
        rng = Chance(seed)
        content: dict[str, Any] = {
            "region": "77",
            "subject": subject,
            "name": "РУС",
            "answers": answers or {},
            "replacements": replacements or [],
        }
        return spoil(
            fill(form, content, code, font_hand, rng, scale), form, damage or Damage(), rng
        )

    return make


@pytest.fixture(scope="session")
def read_sheet(sheet: Callable[..., np.ndarray]) -> Callable[..., PageReading]:
    """Reads a filled sheet at 300 dpi, the same sheet once; takes what `sheet` takes."""
    known: dict[str, PageReading] = {}

    def read(answers: dict[str, str], **more: Any) -> PageReading:
        key = repr((sorted(answers.items()), sorted(more.items())))
        if key not in known:
            known[key] = read_page(sheet(answers, **more), 300)
        return known[key]

    return read
