"""Sheets of the answer form as files for tests: the drawings of the rehearsal."""

from pathlib import Path

from examday.paper.trial import draw, kit_code

__all__ = ["draw", "kit_code", "save"]


def save(path: Path, code: str | None, size: str = "A4", dpi: int = 150, subject: str = "01") -> Path:
    """Write one sheet as a file; the ending decides the format."""
    draw(code, size, dpi, subject).save(path, dpi=(dpi, dpi))
    return path
