"""Signs of Braille cells as people meet them: drawings, dot numbers, letters."""

from dataclasses import dataclass

from examday.braille.cell_meanings import CAPITAL, DELETION, NUMBER_SIGN, SIGN_NAMES
from examday.braille.cells import FULL, dot_numbers, from_unicode, to_unicode
from examday.braille.languages import FOREIGN
from examday.braille.tables import (
    DECIMAL_COMMA,
    NUMBER,
    PUNCTUATION,
    RUSSIAN,
    THOUSANDS_POINT,
    UPPER,
)

SPOKEN_MARKS = {
    ",": "comma",
    ".": "full stop",
    "-": "hyphen",
    "?": "question mark",
    ":": "colon",
    ";": "semicolon",
    "!": "exclamation mark or plus",
    "«": "opening quotation mark",
    "»": "closing quotation mark",
    "(": "opening bracket",
    ")": "closing bracket",
}
"""Marks of Russian Braille → what they are called: a screen reader passes over most of them, so a
word is said. A cell that stands for two signs alike is called by both."""


def glyph(dots: int) -> str:
    """Return the drawing of one cell."""
    return to_unicode([dots])


def dots_apart(dots: int) -> str:
    """Return the dot numbers of one cell apart from each other, so that they are heard singly."""
    return " ".join(dot_numbers(dots))


def dots_in_words(cells: str) -> str:
    """Return Unicode Braille as dot numbers: what is read instead of a picture of dots."""
    return " ".join(dot_numbers(cell) or "·" for cell in from_unicode(cells)) if cells else ""


@dataclass(frozen=True)
class SpokenTables:
    """What single cells of a language are called while they are typed."""

    letters: dict[int, str]
    digits: dict[int, str]
    number: int
    """The number sign: after it the cells of a–j are digits, so they are spoken otherwise."""
    within: list[int]
    """Cells that stand inside a number without ending it, so that digits go on behind them."""
    roles: dict[int, str]
    """Cells without a letter → what they are («number», «ru-capital» …): silence would be taken for
    no cell."""


def spoken_tables(language: str) -> SpokenTables:
    """Return the tables of a language."""
    if language == "ru":
        table, number, digits = RUSSIAN, NUMBER, dict(UPPER)
        within = [DECIMAL_COMMA, THOUSANDS_POINT]
        marks = {PUNCTUATION[mark][0]: name for mark, name in SPOKEN_MARKS.items()}
        roles = {**marks, **SIGN_NAMES, NUMBER: NUMBER_SIGN, FULL: DELETION}
    else:
        tables = FOREIGN[language]
        table, number, digits = tables.letters, tables.number, dict(tables.digits)
        within = list(tables.within.values())
        roles = dict.fromkeys(tables.capital, CAPITAL) | {number: NUMBER_SIGN}
        roles |= {} if language == "fr" else {FULL: DELETION}
    letters = {cells[0]: letter for letter, cells in table.items() if len(cells) == 1}
    return SpokenTables(letters, {cell: d for d, cell in digits.items()}, number, within, roles)
