"""Sheets of the answer form as files for tests: the drawings of the rehearsal."""

from collections.abc import Mapping
from pathlib import Path

from examday.domain.custody.paper_codes import check_digit
from examday.paper.trial import draw, kit_code

__all__ = ["draw", "kit_code", "partner_of", "save"]


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
