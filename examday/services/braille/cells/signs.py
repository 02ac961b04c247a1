"""Signs of Braille cells as people meet them: drawings, dot numbers, letters."""

from examday.braille.cells import Cell, dot_numbers, from_unicode, to_unicode
from examday.braille.tables import RUSSIAN


def glyph(dots: int) -> str:
    """Return the drawing of one cell."""
    return to_unicode([dots])


def dots_apart(dots: int) -> str:
    """Return the dot numbers of one cell apart from each other, so that they are heard singly."""
    return " ".join(dot_numbers(dots))


def numbers(dots: int) -> str:
    """Return the dot numbers of one cell, «·» for a blank."""
    return Cell(dots).numbers or "·"


def dots_in_words(cells: str) -> str:
    """Return Unicode Braille as dot numbers: what is read instead of a picture of dots."""
    return " ".join(dot_numbers(cell) or "·" for cell in from_unicode(cells)) if cells else ""


def letters(language: str) -> dict[int, str]:
    """Return dots → letter for what is spoken while Russian cells are typed; else empty."""
    if language != "ru":
        return {}
    return {sum(cells): letter for letter, cells in RUSSIAN.items() if len(cells) == 1}
