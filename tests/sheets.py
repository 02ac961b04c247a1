"""Sheets of the answer form as files for tests: the drawings of the rehearsal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from examday.domain.custody.paper_codes import check_digit
from examday.paper.trial import draw, kit_code

__all__ = ["Chance", "draw", "kit_code", "partner_of", "save"]


class Chance(np.random.Generator):
    """Chance for drawn sheets, by a seed. The noise of a whole page is drawn in single precision:
    it is a third of what a sheet costs in double."""

    def __init__(self, seed: int) -> None:
        super().__init__(np.random.PCG64(seed))

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Normally distributed numbers; arrays as float32."""
        if not isinstance(size, tuple):
            return super().normal(loc, scale, size)
        return self.standard_normal(size, np.float32) * np.float32(scale) + np.float32(loc)


def partner_of(code: str) -> str:
    """The number on the upright bar code of a real form with this number on the level one."""
    twelve = str(
        int(code[:12]) - 2_000_000_000 if code[2] > "7" else int(code[:12]) + 2_000_000_000
    )
    return twelve + check_digit(twelve)


def save(
    path: Path,
    code: str | None,
    size: str = "A4",
    dpi: int = 150,
    subject: str = "01",
    others: Mapping[str, str] | None = None,
) -> Path:
    """Write one sheet as a file; the ending decides the format."""
    draw(code, size, dpi, subject, others=others).save(path, dpi=(dpi, dpi))
    return path
